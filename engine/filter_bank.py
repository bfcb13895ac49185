"""Filters as wide as a voice and as long as a bar: the shape of musicnn, which its weights are read into as they are.

J. Pons et al., "End-to-end learning for music audio tagging at scale", ISMIR 2018: filters over many bands for timbre
and over many frames for rhythm, of whose answers the loudest band counts; then three layers over time, each of which
hears the ones before; mean and maximum over time; and a dense layer. Here the filters are sums of a few kernels, asked
at every second band: a fifth of the work.
"""

import math

import librosa
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.patches import HOP, PATCH_RATE, WINDOW

BANDS = 96
LEVEL = 0.18  # mean mel power that patches are brought to, as music mostly has: loudness is not to be heard
STEP = 2  # bands from one place to the next
FILTERS = (  # how many, each so many frames long and bands wide, and of how many kernels they are sums
    (204, 7, 38, 40),
    (204, 7, 67, 40),
    (51, 128, 1, 12),
    (51, 64, 1, 12),
    (51, 32, 1, 12),
)
LAYERS, WIDTH, TAPS = 3, 64, 7  # over time
HEARD = 200  # numbers a patch


class PatchMel(nn.Module):
    """Sound -> log-mel as musicnn wants it, but for the loudness. Always float32."""

    def __init__(self) -> None:
        super().__init__()
        bank = librosa.filters.mel(sr=PATCH_RATE, n_fft=WINDOW, n_mels=BANDS)
        self.register_buffer("bank", torch.from_numpy(bank), persistent=False)  # [96, 257]
        self.register_buffer("window", torch.hann_window(WINDOW), persistent=False)
        self.bank: Tensor
        self.window: Tensor

    def forward(self, sound: Tensor) -> Tensor:
        """Patches [n, 48128] -> [n, 187, 96]."""
        with torch.autocast(sound.device.type, enabled=False):
            spectrum = torch.fft.rfft(sound.float().unfold(1, WINDOW, HOP) * self.window)
            return self.log((spectrum.real.square() + spectrum.imag.square()) @ self.bank.T)

    @staticmethod
    def log(power: Tensor) -> Tensor:
        """Mel power [n, frames, 96] at one level, as log10(10,000 p + 1)."""
        return torch.log10(1e4 * LEVEL * power / (power.mean(dim=(1, 2), keepdim=True) + 1e-6) + 1)


class FilterBanks(nn.ModuleList):
    """One for each of a teacher's networks: log-mel [n, frames, 96] -> [n, 200 * banks]."""

    def __init__(self, banks: int) -> None:
        super().__init__(FilterBank() for _ in range(banks))

    def forward(self, mel: Tensor) -> Tensor:
        return torch.cat([bank(mel) for bank in self], dim=1)


class FilterBank(nn.Module):
    """Log-mel [n, frames, 96] -> [n, 200]. Without a teacher's weights it hears little of use."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("gain", torch.tensor(1.0))  # which learn nothing: what flows back to here costs the most
        self.register_buffer("offset", torch.tensor(0.0))
        self.gain: Tensor
        self.offset: Tensor
        self.front = nn.ModuleList([LoudestBand(*each) for each in FILTERS])
        front = sum(count for count, *_ in FILTERS)  # 561
        self.layers = nn.ModuleList([Layer(WIDTH if depth else front) for depth in range(LAYERS)])
        self.dense = nn.Linear(2 * (front + LAYERS * WIDTH), HEARD)
        self.scale = nn.Parameter(torch.ones(HEARD))
        self.shift = nn.Parameter(torch.zeros(HEARD))

    def forward(self, mel: Tensor) -> Tensor:
        """What the patches hold, as it was taught."""
        bands = mel * self.gain + self.offset
        levels = [torch.cat([filters(bands) for filters in self.front], dim=1)]  # [n, 561, frames]
        for depth, layer in enumerate(self.layers):
            levels.append(layer(levels[-1]) + (levels[-1] if depth else 0))
        channels = torch.cat(levels, dim=1)  # [n, 753, frames]
        pooled = torch.cat([channels.amax(2), channels.mean(2)], dim=1)  # [n, 1506]
        return F.relu(self.dense(pooled)) * self.scale + self.shift


class LoudestBand(nn.Module):
    """Filters that are sums of a few kernels, ReLU, one factor and summand each, and the maximum over the bands.

    The maximum goes first, since what follows is monotone: where a factor is negative, the filter is turned over.
    """

    def __init__(self, count: int, frames: int, wide: int, kernels: int) -> None:
        super().__init__()
        self.kernel = nn.Parameter(torch.randn(kernels, frames, wide) / math.sqrt(frames * wide))
        self.mix = nn.Parameter(torch.randn(count, kernels) / math.sqrt(kernels))
        self.bias = nn.Parameter(torch.zeros(count))
        self.scale = nn.Parameter(torch.ones(count))
        self.shift = nn.Parameter(torch.zeros(count))

    def forward(self, bands: Tensor) -> Tensor:
        """[n, frames, 96] -> [n, count, frames]."""
        frames = self.kernel.shape[1]
        x = F.pad(bands.transpose(1, 2), ((frames - 1) // 2, frames // 2)).unsqueeze(1)  # [n, 1, 96, frames]
        sign = torch.where(self.scale < 0, -1.0, 1.0).detach()
        kernel, mix = self.kernel.transpose(1, 2).unsqueeze(1), (self.mix * sign[:, None])[:, :, None, None]
        parts = F.conv2d(x, kernel, stride=(STEP, 1))  # [n, kernels, places among bands, frames]
        # Then channels last and a row for every place among the bands: what is mixed and the maximum over rows are read
        # in the order in which they lie, in half of the time. Not before: oneDNN 3.12 writes past the end of what it is
        # given where a single channel comes last (AVX-512, 12 kernels of 1 x 64, stride 2 x 1).
        rows = parts.permute(0, 2, 3, 1).contiguous()
        mixed = F.conv2d(rows.flatten(0, 1).unsqueeze(1).permute(0, 3, 1, 2), mix)
        answers = mixed.permute(0, 2, 3, 1).reshape(*rows.shape[:3], -1)
        # The same number: amax is the faster, but its gradient is slow.
        loudest = (answers.max(1).values if answers.requires_grad else answers.amax(1)).transpose(1, 2)
        return F.relu(loudest * sign[:, None] + self.bias[:, None]) * self.scale[:, None] + self.shift[:, None]


class Layer(nn.Module):
    """A convolution over time, ReLU, one factor and summand each: [n, inward, frames] -> [n, 64, frames]."""

    def __init__(self, inward: int) -> None:
        super().__init__()
        self.kernel = nn.Parameter(torch.randn(WIDTH, inward, TAPS) / math.sqrt(inward * TAPS))
        self.bias = nn.Parameter(torch.zeros(WIDTH))
        self.scale = nn.Parameter(torch.ones(WIDTH, 1))
        self.shift = nn.Parameter(torch.zeros(WIDTH, 1))

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(F.conv1d(x, self.kernel, self.bias, padding=TAPS // 2)) * self.scale + self.shift
