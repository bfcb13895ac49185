"""The banks of filters: what a teacher's kernels become on our mel bands, and what learns in them."""

import math

import librosa
import numpy as np
import pytest
import torch
from teachers import random_weights
from torch.nn import functional as F

from engine.banks import fit_narrow, with_banks
from engine.filter_bank import HEARD, FilterBank, LoudestBand
from engine.model import LogMel, ModelConfig, SegmentCNN, SongEncoder
from engine.teacher.inherit import LEVEL, inherit, resampled
from engine.teacher.musicnn import Musicnn

PLAIN = torch.zeros(HEARD), torch.ones(HEARD)


@pytest.mark.parametrize("step", [1.5625, 2.3, 4.6875])
def test_a_kernel_carried_over_answers_as_before_where_sound_changes_evenly(step):
    kernel, centre = torch.randn(3, 18, 2, generator=torch.manual_seed(0)), 8
    ours = resampled(kernel, 1, step, centre)
    first = math.floor(-centre / step)  # the place of its first tap, where `centre` is 0
    theirs = (torch.arange(18) - centre) / step
    for level, slope in ((1.0, 0.0), (0.3, 0.7)):
        before = torch.einsum("ckb,k->cb", kernel, level + slope * theirs)
        after = torch.einsum("ckb,k->cb", ours, level + slope * (first + torch.arange(ours.shape[1])))
        assert torch.allclose(before, after, atol=1e-5)


def test_the_maximum_over_the_bands_may_go_first():
    filters = LoudestBand(4, 5, 6, 32, 1)
    filters.scale.data.copy_(torch.tensor([1.0, -2.0, 0.5, -0.1]))
    filters.bias.data.fill_(0.3)
    bands = torch.randn(2, 30, 32, generator=torch.manual_seed(0))
    padded = F.pad(bands, (0, 0, 2, 2)).unsqueeze(1)
    answers = F.relu(F.conv2d(padded, filters.kernel.unsqueeze(1), filters.bias, stride=(6, 1)))
    expected = (answers * filters.scale[:, None, None]).amax(3)
    assert torch.allclose(filters(bands), expected, atol=1e-5)


def picture(seed: int, frames: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
    """Some slow swell of sound, log10 of power [frames, places], at these seconds and places between 0 and 1."""
    generator = torch.Generator().manual_seed(seed)
    swell = torch.zeros(len(frames), len(places))
    for _ in range(6):
        slow, across, phase, depth = torch.rand(4, generator=generator).tolist()
        wave = 2 * math.pi * (0.8 * slow * frames[:, None] + 1.5 * across * places[None] + phase)
        swell += (depth - 0.3) * torch.sin(wave)
    return swell - 1


def test_a_bank_hears_in_a_slow_swell_what_the_network_hears_that_it_comes_from():
    weights = random_weights(seed=1)
    bank = FilterBank().eval()
    inherit(bank, weights, *PLAIN)
    mels = librosa.hz_to_mel(np.array([0.0, 8000.0, 30.0, 4000.0]))
    theirs = torch.from_numpy(np.linspace(mels[0], mels[1], 98)[1:-1]).float()
    ours = torch.from_numpy(np.linspace(mels[2], mels[3], 98)[1:-1]).float()
    low, wide = float(mels[0]), float(mels[1] - mels[0])
    told, expected = [], []
    for seed in range(24):
        power = 10 ** picture(seed, torch.arange(120) * 0.025, (ours - low) / wide)
        told.append(bank(LogMel.log(power.T[None])).detach())
        loudness = LEVEL / power.mean()
        power = 10 ** picture(seed, torch.arange(187) * 0.016, (theirs - low) / wide) * loudness
        power[:, theirs > mels[3]] = 0  # nothing above what we hear
        expected.append(Musicnn(weights)(torch.log10(10_000 * power + 1)[None]).penultimate)
    told, expected = torch.cat(told), torch.cat(expected)
    moves = (expected.std(0) > 1e-3) & (told.std(0) > 1e-3)
    alike = [float(np.corrcoef(a, b)[0, 1]) for a, b in zip(told.T[moves], expected.T[moves], strict=True)]
    assert len(alike) > 100 and np.median(alike) > 0.6


def test_a_bank_tells_its_numbers_by_mean_and_spread():
    weights, mel = random_weights(seed=1), torch.randn(3, 96, 150)
    plain, scaled = FilterBank(), FilterBank()
    inherit(plain, weights, *PLAIN)
    inherit(scaled, weights, torch.full((HEARD,), 2.0), torch.full((HEARD,), 4.0))
    assert torch.allclose(scaled(mel), (plain(mel) - 2) / 4, atol=1e-4)


def test_what_the_banks_hear_stands_last_among_a_segments_numbers():
    cnn = SegmentCNN(ModelConfig(banks=2)).eval()
    mel = torch.randn(2, 96, 150)
    heard = cnn.features(mel)
    assert heard.shape == (2, 1024)
    assert torch.equal(heard[:, -HEARD:], cnn.banks[1](mel))


def test_an_ear_given_banks_hears_with_its_convolutions_what_it_heard() -> None:
    torch.manual_seed(0)
    ear = SongEncoder(ModelConfig()).eval()
    more = with_banks(ear, [random_weights(1), random_weights(2)], torch.zeros(2 * HEARD), torch.ones(2 * HEARD)).eval()
    mel = torch.randn(2, 96, 150)
    assert more.config.banks == 2 and torch.equal(more.cnn.convolved(mel), ear.cnn.features(mel))


def test_both_kinds_of_hearing_share_a_song_as_they_are_told_to() -> None:
    torch.manual_seed(0)
    ear = SongEncoder(ModelConfig(banks=2))
    few = torch.randn(40, 1024)  # directions in which there is anything
    convolved = [5 + (torch.randn(6, 40) + 3 * torch.randn(40)) @ few for _ in range(30)]
    told = [0.1 * torch.randn(1, 400) + 0.01 * torch.randn(6, 400) for _ in range(30)]
    fit_narrow(ear, list(zip(convolved, told, strict=True)), 0.5)
    songs = torch.stack([ear.cnn.narrow(song).mean(0) for song in convolved])  # [30, 624]
    spread = torch.stack([song.mean(0) for song in told]).var(0).sum() / songs.var(0).sum()
    assert float(spread.sqrt()) == pytest.approx(0.5, rel=1e-3)
    before, after = (torch.pdist(x) for x in (torch.cat(convolved), ear.cnn.narrow(torch.cat(convolved))))
    assert torch.allclose(after / before, (after / before).mean(), rtol=1e-2)  # nothing was lost
