"""A teacher's filters made ours: as sums of a few kernels."""

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from engine.filter_bank import FILTERS, LAYERS, FilterBank, Layer, LoudestBand

_EPSILON = 1e-3  # of TensorFlow's batch normalisation


@torch.no_grad()
def inherit(bank: FilterBank, weights: Mapping[str, np.ndarray], mean: Tensor, spread: Tensor, mel: Tensor) -> None:
    """Give a bank the weights of one of musicnn's two networks, by their TensorFlow names.

    What it hears is told as how far each number is from its `mean` [200], in units of its `spread` [200]. On the
    log-mel of some patches [n, 187, 96] its filters become sums of a few.
    """
    w = {name: torch.tensor(value) for name, value in weights.items() if "Adam" not in name}
    norms = [_norm(w, _nth("batch_normalization", i)) for i in range(len(FILTERS) + LAYERS + 3)]
    (gain, offset), (pool_scale, pool_shift) = norms[0], norms[-2]
    bank.gain.copy_(gain.squeeze())
    bank.offset.copy_(offset.squeeze())
    bands = mel * gain.squeeze() + offset.squeeze()
    for i, filters in enumerate(bank.front):
        assert isinstance(filters, LoudestBand)
        full = w[f"{_nth('conv2d', i)}/kernel"].squeeze(2).permute(2, 0, 1)  # [count, frames, bands]
        kernel, mix, missing = summed(full, bands, len(filters.kernel))
        filters.kernel.copy_(kernel)
        filters.mix.copy_(mix)
        _give(filters, w[f"{_nth('conv2d', i)}/bias"] + missing, norms[1 + i])
    for i, layer in enumerate(bank.layers, start=len(FILTERS)):
        assert isinstance(layer, Layer)
        kernel = w[f"{_nth('conv2d', i)}/kernel"].flatten(1, 2).permute(2, 1, 0)  # [64, inward, 7 frames]
        layer.kernel.copy_(kernel)
        _give(layer, w[f"{_nth('conv2d', i)}/bias"], norms[1 + i])
    dense = pool_scale[:, None] * w["dense/kernel"]  # its rows take turns: a channel's maximum, then its mean
    bank.dense.weight.copy_(torch.cat([dense[::2], dense[1::2]]).T)
    bank.dense.bias.copy_(w["dense/bias"] + pool_shift @ w["dense/kernel"])
    bank.scale.copy_(norms[-1][0] / spread)
    bank.shift.copy_((norms[-1][1] - mean) / spread)


def summed(filters: Tensor, bands: Tensor, few: int) -> tuple[Tensor, Tensor, Tensor]:
    """Filters [count, frames, wide] as sums of a few kernels, which answer most nearly alike on bands [n, 187, 96].

    Their answers, each at unit variance, are projected onto their principal axes. Returns the kernels
    [few, frames, wide], how much of each a filter is [count, few], and what is then missing on average [count].
    """
    _, frames, wide = filters.shape
    windows = bands.unfold(1, frames, 8).unfold(2, wide, 5).flatten(3).flatten(0, 2)  # [many, frames * wide]
    full = filters.flatten(1)
    answers = windows @ full.T  # [many, count]
    spread = answers.std(0).clamp(min=1e-6)  # some filters are dead
    alike = torch.cov((answers / spread).T.double())
    axes = torch.linalg.eigh(alike).eigenvectors[:, -few:].float()  # [count, few]
    kernels, mix = axes.T @ (full / spread[:, None]), spread[:, None] * axes
    missing = answers.mean(0) - mix @ (kernels @ windows.mean(0))
    return kernels.view(few, frames, wide), mix, missing


def _norm(w: Mapping[str, Tensor], name: str) -> tuple[Tensor, Tensor]:
    scale = w[f"{name}/gamma"] / torch.sqrt(w[f"{name}/moving_variance"] + _EPSILON)
    return scale, w[f"{name}/beta"] - w[f"{name}/moving_mean"] * scale


def _give(layer: LoudestBand | Layer, bias: Tensor, norm: tuple[Tensor, Tensor]) -> None:
    for parameter, value in ((layer.bias, bias), (layer.scale, norm[0]), (layer.shift, norm[1])):
        parameter.copy_(value.view_as(parameter))


def _nth(name: str, i: int) -> str:
    return f"{name}_{i}" if i else name
