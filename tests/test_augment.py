"""Augmentation changes what it says, as much as it says, and nothing else."""

from dataclasses import replace

import torch

from engine.augment import AugmentConfig, augment
from engine.model import LogMel, ModelConfig

NONE = AugmentConfig(mix=0, noise=0, room=0, stretch=0, pitch=0, equalise=0, band_limit=0, gaps=0)


def steady(n: int = 8, bands: int = 96, frames: int = 180) -> torch.Tensor:
    """Power that is the same in each frame and peaks in band 40."""
    band = torch.arange(bands).reshape(1, bands, 1)
    return (1000 * torch.exp(-((band - 40.0) ** 2) / 20)).expand(n, bands, frames).contiguous()


def clicks(every: int, frames: int = 180) -> torch.Tensor:
    power = torch.full((8, 96, frames), 0.01)
    power[:, :, ::every] = 1000.0
    return power


def test_without_augmentation_only_a_crop_is_left() -> None:
    torch.testing.assert_close(augment(steady(), 150, NONE), LogMel.log(steady())[..., :150], atol=1e-3, rtol=1e-3)


def test_two_hearings_of_one_segment_differ_and_have_the_shape_of_a_segment() -> None:
    torch.manual_seed(0)
    first, second = augment(steady(), 150), augment(steady(), 150)
    assert first.shape == (8, 96, 150) and torch.isfinite(first).all()
    assert (first - second).abs().mean() > 0.05


def test_time_stretch_moves_clicks_apart_or_together() -> None:
    torch.manual_seed(0)
    mel = augment(clicks(15), 150, replace(NONE, stretch=1.0)).mean(1)  # [8, 150]
    counts = ((mel[:, 1:-1] > mel[:, :-2]) & (mel[:, 1:-1] >= mel[:, 2:]) & (mel[:, 1:-1] > 0)).sum(1)
    assert counts.min() < 10 < counts.max() + 1 and len(set(counts.tolist())) > 1


def test_pitch_moves_the_peak_and_keeps_the_time() -> None:
    torch.manual_seed(0)
    peaks = augment(steady(), 150, replace(NONE, pitch=1.0)).mean(2).argmax(1)
    assert len(set(peaks.tolist())) > 2 and (peaks - 40).abs().max() <= 6  # two semitones of band 40


def test_the_equaliser_stays_within_its_decibels() -> None:
    torch.manual_seed(0)
    change = augment(steady(), 150, replace(NONE, equalise=1.0)) - LogMel.log(steady())[..., :150]
    decibels = change * 3.0 / 0.2303
    assert 1 < decibels.abs().max() <= 9.1


def test_a_room_lets_clicks_ring() -> None:
    ringing = augment(clicks(50), 150, replace(NONE, room=1.0))
    assert ringing.mean() > augment(clicks(50), 150, NONE).mean() + 0.1


def test_gaps_and_band_limit_silence_parts() -> None:
    torch.manual_seed(0)
    loud = torch.full((8, 96, 180), 1000.0)
    assert (augment(loud, 150, replace(NONE, gaps=1.0)) == 0).float().mean() > 0.02
    limited = augment(loud, 150, replace(NONE, band_limit=1.0))
    assert (limited[:, -1] == 0).any() and (limited[:, :60] != 0).all()


def test_the_mel_front_end_gives_room_for_stretching() -> None:
    power = LogMel(ModelConfig()).power(0.1 * torch.randn(2, 36_000))
    assert power.shape == (2, 96, 180)
