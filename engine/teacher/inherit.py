"""A teacher's filters made ours: what musicnn heard every 16 ms is asked for at fewer places."""

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from engine.filter_bank import FILTERS, LAYERS, STRIDE, TAPS, FilterBank, Layer, LoudestBand

_EPSILON = 1e-3  # of TensorFlow's batch normalisation


@torch.no_grad()
def inherit(bank: FilterBank, weights: Mapping[str, np.ndarray], mean: Tensor, spread: Tensor) -> None:
    """Give a bank the weights of one of musicnn's two networks, by their TensorFlow names.

    What it hears is told as how far each number is from its `mean` [200], in units of its `spread` [200].
    """
    w = {name: torch.tensor(value) for name, value in weights.items() if "Adam" not in name}
    norms = [_norm(w, _nth("batch_normalization", i)) for i in range(len(FILTERS) + LAYERS + 3)]
    (gain, offset), (pool_scale, pool_shift) = norms[0], norms[-2]
    bank.gain.copy_(gain.squeeze())
    bank.offset.copy_(offset.squeeze())
    for i, filters in enumerate(bank.front):
        assert isinstance(filters, LoudestBand)
        filters.kernel.copy_(w[f"{_nth('conv2d', i)}/kernel"].squeeze(2).permute(2, 0, 1))  # [count, frames, bands]
        _give(filters, w[f"{_nth('conv2d', i)}/bias"], norms[1 + i])
    for i, layer in enumerate(bank.layers, start=len(FILTERS)):
        assert isinstance(layer, Layer)
        kernel = w[f"{_nth('conv2d', i)}/kernel"].flatten(1, 2).permute(2, 1, 0)  # [64, inward, 7 frames]
        layer.kernel.copy_(coarser(kernel))
        _give(layer, w[f"{_nth('conv2d', i)}/bias"], norms[1 + i])
    dense = pool_scale[:, None] * w["dense/kernel"]  # its rows take turns: a channel's maximum, then its mean
    bank.dense.weight.copy_(torch.cat([dense[::2], dense[1::2]]).T)
    bank.dense.bias.copy_(w["dense/bias"] + pool_shift @ w["dense/kernel"])
    bank.scale.copy_(norms[-1][0] / spread)
    bank.shift.copy_((norms[-1][1] - mean) / spread)


def coarser(kernel: Tensor) -> Tensor:
    """A kernel over seven neighbouring frames for places eight frames apart: [..., 7] -> [..., 3].

    Each tap is shared out to the two nearest places (the adjoint of linear interpolation): what changes slowly is
    answered as before.
    """
    at = (torch.arange(kernel.shape[-1]) - kernel.shape[-1] // 2) / STRIDE
    share = (1 - (at - (torch.arange(TAPS) - TAPS // 2)[:, None]).abs()).clamp(min=0)  # [3, 7]
    return kernel @ share.T


def _norm(w: Mapping[str, Tensor], name: str) -> tuple[Tensor, Tensor]:
    scale = w[f"{name}/gamma"] / torch.sqrt(w[f"{name}/moving_variance"] + _EPSILON)
    return scale, w[f"{name}/beta"] - w[f"{name}/moving_mean"] * scale


def _give(layer: LoudestBand | Layer, bias: Tensor, norm: tuple[Tensor, Tensor]) -> None:
    for parameter, value in ((layer.bias, bias), (layer.scale, norm[0]), (layer.shift, norm[1])):
        parameter.copy_(value.view_as(parameter))


def _nth(name: str, i: int) -> str:
    return f"{name}_{i}" if i else name
