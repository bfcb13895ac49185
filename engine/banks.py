"""The filters that an ear is given by its teacher: how it comes by them, what they learn, and what they weigh."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import librosa
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.descent import Loss
from engine.filter_bank import BANDS, HEARD, FilterBank, PatchMel
from engine.lessons import Learning, Lessons
from engine.memory import backward_in_chunks
from engine.model import SongEncoder
from engine.patches import PATCH_RATE
from engine.recipe import TrainConfig
from engine.teacher.inherit import inherit

_SETTLED_ON = 400  # patches
_AT_ONCE = 8  # patches; more are slower on a CPU


def with_banks(
    encoder: SongEncoder, inherited: Sequence[Mapping[str, np.ndarray]], learning: Learning, lessons: Lessons
) -> SongEncoder:
    """The same ear with a bank for each of the teacher's networks, which tells its penultimate layer as lessons do."""
    device = learning.mean.device
    ear = SongEncoder(replace(encoder.config, banks=len(inherited))).to(device)
    ear.load_state_dict(encoder.state_dict() | {"bank_scale": torch.ones(1)}, strict=False)
    mel = PatchMel.log(power_of(_sample(torch.cat(lessons.mel)))).cpu()
    parts = zip(ear.banks, inherited, learning.mean.split(HEARD), learning.spread.split(HEARD), strict=True)
    for bank, network, mean, spread in parts:
        assert isinstance(bank, FilterBank)
        inherit(bank, network, mean, spread, mel)
    return ear.eval()


def bank_stage(
    encoder: SongEncoder, learning: Learning, lessons: Lessons, config: TrainConfig
) -> tuple[nn.Module, Loss]:
    """What learns, and its loss: to tell what the teacher heard, from fewer places and through noise and dull sound.

    The mean squared error to its penultimate layers at unit variance; some patches are blended, and their lessons, too.
    """
    heard, targets = torch.cat(lessons.mel), learning.target(torch.cat(lessons.penultimate))
    _settle(encoder, PatchMel.log(power_of(_sample(heard))), _sample(targets))
    banks, chunk = encoder.banks, config.chunk

    def loss(rng: np.random.Generator) -> Tensor:
        nonlocal chunk
        rows = torch.as_tensor(rng.integers(0, len(heard), config.bank_patches), device=heard.device)
        power, target = power_of(heard[rows]), targets[rows]
        share = 0.5 * torch.rand(len(rows), 1, device=power.device) * _some(config.bank_blend, power)
        other = torch.randperm(len(rows), device=power.device)
        power = torch.lerp(power, power[other], share.unsqueeze(2))
        target = torch.lerp(target, target[other], share)
        mel = PatchMel.log(spoiled(power, config))
        value, chunk = backward_in_chunks(banks, mel, lambda told: F.mse_loss(told, target), chunk)
        return value

    return banks, loss


def power_of(mel: Tensor) -> Tensor:
    """The mel power of what a lesson keeps, brought to a mean of 1: [n, 187, 96]."""
    power = torch.pow(10.0, mel.float()) - 1
    return power / (power.mean(dim=(1, 2), keepdim=True) + 1e-6)


def spoiled(power: Tensor, config: TrainConfig) -> Tensor:
    """Mel power of mean 1 [n, 187, 96] with white noise in some patches, and some without what is high."""
    n = len(power)
    decibels = torch.empty(n, 1, 1, device=power.device).uniform_(*config.bank_noise_db)
    grain = torch.empty(2, *power.shape, device=power.device).exponential_().mean(0)  # a band holds some bins
    noise = torch.pow(10.0, -decibels / 10) * grain
    power = power + _some(config.bank_noise, power).unsqueeze(2) * noise
    hertz = torch.as_tensor(librosa.mel_frequencies(BANDS + 2, fmin=0, fmax=PATCH_RATE / 2)[1:-1], device=power.device)
    ceiling = torch.empty(n, 1, 1, device=power.device).uniform_(*config.bank_ceiling)
    dull = (_some(config.bank_dull, power).unsqueeze(2) > 0) & (hertz > ceiling)
    return power.masked_fill(dull, 0.0)


@torch.no_grad()
def tell_lessons(encoder: SongEncoder, lessons: Lessons) -> list[Tensor]:
    """What the banks hear in each song's taught patches: [cells, 400] a song."""
    told = [[encoder.banks(PatchMel.log(power_of(part))) for part in mel.split(_AT_ONCE)] for mel in lessons.mel]
    return [torch.cat(parts) for parts in told]


def explained(told: list[Tensor], learning: Learning, lessons: Lessons) -> list[float]:
    """R^2 of each of the teacher's penultimate layers over the patches of songs."""
    heard, target = torch.cat(told), learning.target(torch.cat(lessons.penultimate))
    missed, spread = (heard - target).square().sum(0), (target - target.mean(0)).square().sum(0)
    layers = zip(missed.split(HEARD), spread.split(HEARD), strict=True)
    return [round(1 - float(wrong.sum() / all_.sum()), 3) for wrong, all_ in layers]


@torch.no_grad()
def fit_share(encoder: SongEncoder, pooled: Tensor, told: Tensor, share: float) -> None:
    """Over songs, have what the banks tell [songs, 400] spread `share` as far as what segments give [songs, 1024]."""
    encoder.bank_scale.fill_(share * (pooled.var(0).sum() / told.var(0).sum()).sqrt())


@torch.no_grad()
def _settle(encoder: SongEncoder, mel: Tensor, targets: Tensor) -> None:
    """Bring each number to its target by a line: a maximum over fewer places is smaller, and told too faintly."""
    told = torch.cat([encoder.banks(part) for part in mel.split(32)])
    away = told - told.mean(0)
    slope = (away * (targets - targets.mean(0))).mean(0) / (away.square().mean(0) + 0.01)
    parts = (x.split(HEARD) for x in (slope, told.mean(0), targets.mean(0)))
    for bank, factor, before, after in zip(encoder.banks, *parts, strict=True):
        bank.shift.copy_((bank.shift - before) * factor + after)
        bank.scale.mul_(factor)


def _sample(patches: Tensor) -> Tensor:
    return patches[:: max(1, len(patches) // _SETTLED_ON)]


def _some(share: float, like: Tensor) -> Tensor:
    return (torch.rand(len(like), 1, device=like.device) < share).float()  # [n, 1]
