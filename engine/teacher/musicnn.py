"""musicnn, which learned tags from 19,000 and 200,000 labelled songs: its arithmetic in torch, for its own weights.

J. Pons and X. Serra, "musicnn: pre-trained convolutional neural networks for music audio tagging", ISMIR 2019
late-breaking; the network: J. Pons et al., "End-to-end learning for music audio tagging at scale", ISMIR 2018.
Weights: Music Technology Group, Universitat Pompeu Fabra, ISC licence.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

PATCH_FRAMES = 187
BANDS = 96
_FRONT = 5  # convolutions beside each other: two over bands, for timbre, three over time, for rhythm
_MIDDLE = 3  # convolutions after each other
_EPSILON = 1e-3  # of TensorFlow's batch normalisation


class Heard(NamedTuple):
    """What one network makes of n patches."""

    tags: Tensor  # [n, 50] probabilities
    penultimate: Tensor  # [n, 200]
    mean_pool: Tensor  # [n, 753], over time
    max_pool: Tensor  # [n, 753], over time


class Musicnn:
    """One of the two networks, made of its checkpoint's tensors by their TensorFlow names. Raises KeyError."""

    def __init__(self, weights: Mapping[str, np.ndarray], device: str = "cpu") -> None:
        w = {name: torch.tensor(value, device=device) for name, value in weights.items()}
        self._input_norm, *norms, self._pool_norm, self._dense_norm = [
            _Norm.of(w, _nth("batch_normalization", i)) for i in range(_FRONT + _MIDDLE + 3)
        ]
        layers = [_nth("conv2d", i) for i in range(_FRONT + _MIDDLE)]
        convolutions = [
            (w[f"{layer}/kernel"].squeeze(2), w[f"{layer}/bias"], norm)
            for layer, norm in zip(layers, norms, strict=True)
        ]
        self._front = [_LoudestBand(*each) for each in convolutions[:_FRONT]]
        self._middle = [(kernel.permute(2, 1, 0), bias, norm) for kernel, bias, norm in convolutions[_FRONT:]]
        self._dense = w["dense/kernel"], w["dense/bias"]
        self._tags = w["dense_1/kernel"], w["dense_1/bias"]

    @torch.inference_mode()
    def __call__(self, patches: Tensor) -> Heard:
        """Hear log-mel patches [n, 187, 96]."""
        x = self._input_norm(patches.unsqueeze(-1)).squeeze(-1)
        front = torch.cat([branch(x) for branch in self._front], dim=2)  # [n, 187, 561]
        levels = [front]
        for kernel, bias, norm in self._middle:
            heard = F.conv1d(levels[-1].transpose(1, 2), kernel, bias, padding=kernel.shape[2] // 2).transpose(1, 2)
            heard = norm(F.relu(heard))  # [n, 187, 64]
            levels.append(heard if levels[-1] is front else heard + levels[-1])
        channels = torch.cat(levels, dim=2)  # [n, 187, 753]
        most, mean = channels.amax(1), channels.mean(1)
        pooled = self._pool_norm(torch.stack([most, mean], dim=2).flatten(1))  # the two take turns: [n, 1506]
        kernel, bias = self._dense
        penultimate = self._dense_norm(F.relu(pooled @ kernel + bias))
        kernel, bias = self._tags
        return Heard(torch.sigmoid(penultimate @ kernel + bias), penultimate, mean, most)


class _Norm(NamedTuple):
    """Batch normalisation that has stopped learning: one factor and one summand a channel, channels last."""

    scale: Tensor
    shift: Tensor

    @classmethod
    def of(cls, w: Mapping[str, Tensor], name: str) -> "_Norm":
        scale = w[f"{name}/gamma"] / torch.sqrt(w[f"{name}/moving_variance"] + _EPSILON)
        return cls(scale, w[f"{name}/beta"] - w[f"{name}/moving_mean"] * scale)

    def __call__(self, x: Tensor) -> Tensor:
        return x * self.scale + self.shift


class _LoudestBand:
    """Convolution, ReLU, batch normalisation, maximum over bands: [n, 187, 96] -> [n, 187, c].

    A convolution of a single channel is slow on a processor. Its kernel [frames, bands, c], written into a Toeplitz
    matrix, answers a block of neighbouring places in one product, about twice as fast. And the maximum goes first,
    since what follows is monotone: where the norm turns a channel upside down, so is the kernel.
    """

    def __init__(self, kernel: Tensor, bias: Tensor, norm: _Norm) -> None:
        frames, bands, _ = kernel.shape
        self._block = (1, 10) if bands > 1 else (17, 1)  # places by frame and by band; 187 is 11 times 17
        self._window = frames + self._block[0] - 1, bands + self._block[1] - 1
        self._pad = (frames - 1) // 2, frames // 2
        places = BANDS - bands + 1
        self._places = torch.arange(0, places, self._block[1], device=kernel.device).clamp(max=places - self._block[1])
        self._sign = torch.where(norm.scale < 0, -1.0, 1.0)
        self._matrix = _toeplitz(kernel * self._sign, *self._block)
        self._bias, self._norm = bias, norm

    def __call__(self, x: Tensor) -> Tensor:
        x = F.pad(x, (0, 0, *self._pad))
        windows = x.unfold(1, self._window[0], self._block[0]).unfold(2, self._window[1], 1)[:, :, self._places]
        answers = windows.flatten(3) @ self._matrix  # [n, 187 / frames, places / bands, frames * bands * c]
        answers = answers.unflatten(3, (*self._block, -1))
        loudest = answers.amax((2, 4)).flatten(1, 2)  # [n, 187, c]
        return self._norm(F.relu(loudest * self._sign + self._bias))


def _toeplitz(kernel: Tensor, frames: int, bands: int) -> Tensor:
    """A kernel [kt, kb, c] at neighbouring places: [(kt + frames - 1) * (kb + bands - 1), frames * bands * c]."""
    height, width, channels = kernel.shape
    matrix = kernel.new_zeros(height + frames - 1, width + bands - 1, frames, bands, channels)
    for t in range(frames):
        for b in range(bands):
            matrix[t : t + height, b : b + width, t, b] = kernel
    return matrix.flatten(2).flatten(0, 1)


def _nth(name: str, i: int) -> str:
    """TensorFlow's name of the i-th layer of a kind: conv2d, conv2d_1, ..."""
    return f"{name}_{i}" if i else name
