"""Two different hearings of the same music: what changes here is what a neighbour may differ in.

All in the mel domain, on the device, a fresh draw for each segment: mixed with another song, noise, room, time-stretch,
pitch, equaliser, band limit, and gaps in time and frequency (SpecAugment, Park et al. 2019).
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from engine.model import LogMel


@dataclass(frozen=True)
class AugmentConfig:
    """How often (a share of segments) and how much."""

    mix: float = 0.3
    mix_db: tuple[float, float] = (10.0, 20.0)  # the other song is this much quieter
    noise: float = 0.2
    noise_db: tuple[float, float] = (10.0, 30.0)
    room: float = 0.2
    room_frames: float = 12.0  # longest decay, in frames of 25 ms
    stretch: float = 0.5
    stretch_by: float = 0.18
    pitch: float = 0.3
    pitch_semitones: float = 2.0
    equalise: float = 0.8
    equalise_db: float = 9.0
    band_limit: float = 0.4
    gaps: float = 0.7
    gap_bands: int = 12
    gap_frames: int = 20


GENTLE = AugmentConfig(  # for lessons: what the teacher heard must still be there
    mix=0.1, noise=0.1, room=0.1, stretch=0.3, pitch=0.1, equalise_db=5.0, band_limit=0.1, gaps=0.3
)


def augment(power: Tensor, frames: int, config: AugmentConfig = AugmentConfig()) -> Tensor:
    """Mel power [n, bands, more than frames] -> augmented log-mel [n, bands, frames], ready for SegmentCNN.features."""
    n, bands, _ = power.shape
    power = LogMel.level(power)

    quieter = _decibels(_uniform(n, *config.mix_db, like=power))
    power = power + _some(n, config.mix, power) * quieter * power.roll(n // 2 + 1, 0)
    quieter = _decibels(_uniform(n, *config.noise_db, like=power))
    power = power + _some(n, config.noise, power) * quieter * torch.empty_like(power).exponential_()
    power = torch.where(_some(n, config.room, power) > 0, _room(power, config.room_frames), power)
    power = _warp(power, frames, config)

    mel = LogMel.log(power)
    mel = mel + _some(n, config.equalise, mel) * _curve(n, bands, config.equalise_db, mel)
    return mel * _kept(n, bands, frames, config, mel)


def _some(n: int, share: float, like: Tensor) -> Tensor:
    """1 for about `share` of n segments, else 0: [n, 1, 1]."""
    return (torch.rand(n, 1, 1, device=like.device) < share).to(like.dtype)


def _uniform(n: int, low: float, high: float, like: Tensor) -> Tensor:
    return low + (high - low) * torch.rand(n, 1, 1, device=like.device)


def _decibels(below: Tensor) -> Tensor:
    return 10 ** (-below / 10)


def _room(power: Tensor, longest: float) -> Tensor:
    """Energy that dies away exponentially after each frame, as in a room."""
    n = len(power)
    decay = torch.arange(30, device=power.device) / (1 + longest * torch.rand(n, 1, device=power.device))
    kernel = torch.exp(-decay.flip(1)) * 0.5  # [n, 30], the direct sound last
    kernel[:, -1] = 1.0
    padded = F.pad(power, (29, 0)).transpose(0, 1)  # [bands, n, frames + 29]: one kernel a segment
    return F.conv1d(padded, kernel.unsqueeze(1), groups=n).transpose(0, 1)


def _warp(power: Tensor, frames: int, config: AugmentConfig) -> Tensor:
    """Crop to `frames` at random, faster or slower, a little higher or lower: one resampling of the picture."""
    n, bands, available = power.shape
    factor = 1 + config.stretch_by * (2 * torch.rand(n, 1, 1, device=power.device) - 1)
    rate = torch.where(_some(n, config.stretch, power) > 0, factor, torch.ones_like(factor))
    rate = rate.clamp(max=(available - 1) / frames)
    first = torch.rand_like(rate) * (available - 1 - rate * (frames - 1)).clamp(min=0)
    time = first + rate * torch.arange(frames, device=power.device)  # [n, 1, frames], in frames

    semitones = config.pitch_semitones * (2 * torch.rand(n, 1, 1, device=power.device) - 1)
    semitones = semitones * _some(n, config.pitch, power)
    band = torch.arange(bands, device=power.device).reshape(1, bands, 1)
    band = band * 2 ** (semitones / 12)  # librosa's mel scale is linear below 1 kHz: a share of the frequency

    grid = torch.stack(
        [
            (2 * time / (available - 1) - 1).expand(n, bands, frames),
            (2 * band / (bands - 1) - 1).expand(n, bands, frames),
        ],
        dim=3,
    )
    return F.grid_sample(power.unsqueeze(1), grid, align_corners=True, padding_mode="border").squeeze(1)


def _curve(n: int, bands: int, most_db: float, like: Tensor) -> Tensor:
    """A smooth random equaliser in the log-mel domain's own unit: [n, bands, 1]."""
    knots = (2 * torch.rand(n, 1, 6, device=like.device) - 1) * most_db
    curve = F.interpolate(knots, size=bands, mode="linear", align_corners=True)
    return curve.transpose(1, 2) * (0.2303 / 3.0)  # dB -> natural logarithm of power -> LogMel.log's scale


def _kept(n: int, bands: int, frames: int, config: AugmentConfig, like: Tensor) -> Tensor:
    """1 where the picture stays, 0 in the gaps: two in frequency, two in time, and above or below a band limit."""
    band = torch.arange(bands, device=like.device).reshape(1, bands, 1)
    frame = torch.arange(frames, device=like.device).reshape(1, 1, frames)
    keep = torch.ones(n, bands, frames, device=like.device)
    for axis, size, widest in ((band, bands, config.gap_bands), (frame, frames, config.gap_frames)) * 2:
        width = torch.rand(n, 1, 1, device=like.device) * widest * _some(n, config.gaps, like)
        begin = torch.rand(n, 1, 1, device=like.device) * (size - width)
        keep = keep * ((axis < begin) | (axis >= begin + width))
    limited = _some(n, config.band_limit, like)
    highest = bands - limited * torch.rand(n, 1, 1, device=like.device) * bands * 0.35
    return keep * (band < highest)
