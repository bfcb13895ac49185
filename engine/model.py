"""The ear: a CNN that hears 3.75 s, a Transformer that hears how those follow each other, one vector for the song."""

import math
from dataclasses import dataclass

import librosa
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.audio import SAMPLE_RATE
from engine.embedding import Part
from engine.filter_bank import HEARD, FilterBanks, PatchMel
from engine.segments import N_SEGMENTS


@dataclass(frozen=True)
class ModelConfig:
    """The shape of the network; saved with its weights."""

    n_fft: int = 1024
    hop: int = 200  # samples: 150 frames a segment
    bands: int = 96
    lowest: float = 30.0  # Hz
    highest: float = 4000.0  # Hz
    channels: tuple[int, ...] = (32, 64, 128)
    blocks: int = 1  # residual blocks a stage
    embedding: int = 1024
    banks: int = 0  # of filters that a teacher gave
    width: int = 256  # of the Transformer
    layers: int = 4
    heads: int = 4
    dropout: float = 0.1
    segment_dim: int = 128  # of the segment vectors that a library keeps

    @property
    def vector(self) -> int:
        """How many numbers a song becomes: what its segments are, and what the banks tell of its patches."""
        return self.embedding + HEARD * self.banks

    @property
    def parts(self) -> tuple[Part, ...]:
        """What those numbers are where there are banks: found on songs held out, see docs/ear.md."""
        return (Part(self.embedding, 0.625, 1.0), Part(HEARD * self.banks, 0.2, 0.6)) if self.banks else ()


class LogMel(nn.Module):
    """Layer 0: the fixed first thing an ear does. Always float32: STFT and logarithm do not survive half precision."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.n_fft, self.hop = config.n_fft, config.hop
        bank = librosa.filters.mel(
            sr=SAMPLE_RATE, n_fft=config.n_fft, n_mels=config.bands, fmin=config.lowest, fmax=config.highest
        )
        self.register_buffer("bank", torch.from_numpy(bank), persistent=False)  # [bands, n_fft / 2 + 1]
        self.register_buffer("window", torch.hann_window(config.n_fft), persistent=False)
        self.bank: Tensor
        self.window: Tensor

    def power(self, sound: Tensor) -> Tensor:
        """Mel power: [n, samples] -> [n, bands, samples / hop]."""
        with torch.autocast(sound.device.type, enabled=False):
            padded = F.pad(sound.float().unsqueeze(1), (self.n_fft // 2, self.n_fft // 2), mode="reflect").squeeze(1)
            frames = padded.unfold(1, self.n_fft, self.hop)[:, : sound.shape[1] // self.hop] * self.window
            spectrum = torch.fft.rfft(frames)  # [n, frames, bins]; the same as torch.stft, in less than half the time
            power = spectrum.real.square() + spectrum.imag.square()
            return (power @ self.bank.T).transpose(1, 2).contiguous()

    @staticmethod
    def level(power: Tensor) -> Tensor:
        """Each segment's power brought to a mean of 1, so that loudness is not heard; same shape."""
        return power / (power.mean(dim=(1, 2), keepdim=True) + 1e-6)

    @staticmethod
    def log(power: Tensor) -> Tensor:
        """Mel power as the CNN sees it, about zero mean and unit variance, down to 40 dB below the mean; same shape."""
        return (torch.log(LogMel.level(power.float()) + 1e-4) + 3.5) / 3.0

    def forward(self, sound: Tensor) -> Tensor:
        return self.log(self.power(sound))


class Residual(nn.Module):
    """Two 3 x 3 convolutions beside a short cut; GroupNorm, so that no segment depends on its batch mates."""

    def __init__(self, inward: int, outward: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inward, outward, 3, stride, 1, bias=False)
        self.norm1 = nn.GroupNorm(8, outward)
        self.conv2 = nn.Conv2d(outward, outward, 3, 1, 1, bias=False)
        self.norm2 = nn.GroupNorm(8, outward)
        changes = stride != 1 or inward != outward
        self.shortcut = nn.Conv2d(inward, outward, 1, stride, bias=False) if changes else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        y = F.relu(self.norm1(self.conv1(x)))
        return F.relu(self.norm2(self.conv2(y)) + self.shortcut(x))


class SegmentCNN(nn.Module):
    """3.75 s of sound -> 1024 numbers, unit variance each (LayerNorm)."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.mel = LogMel(config)
        self.stem = nn.Conv2d(1, config.channels[0], 7, 4, 3)
        stages: list[nn.Module] = []
        inward = config.channels[0]
        for depth, outward in enumerate(config.channels):
            for block in range(config.blocks):
                stages.append(Residual(inward, outward, 2 if depth and not block else 1))
                inward = outward
        self.stages = nn.Sequential(*stages)
        bands = config.bands // 2 ** (2 + len(config.channels) - 1)  # 6 frequency bands are left of 96
        self.project = nn.Linear(2 * inward * bands, config.embedding)
        self.norm = nn.LayerNorm(config.embedding)

    def features(self, mel: Tensor) -> Tensor:
        """Log-mel [n, bands, frames] -> [n, 1024]: per band, mean and maximum over time."""
        x = mel.unsqueeze(1).to(memory_format=torch.channels_last)
        x = self.stages(F.relu(self.stem(x)))  # [n, 128, 6, frames / 16]
        pooled = torch.cat([x.mean(3), x.amax(3)], dim=1).flatten(1)  # [n, 2 * 128 * 6]
        return self.norm(self.project(pooled))

    def forward(self, segments: Tensor) -> Tensor:
        """[n, 1, 30000] -> [n, 1024]."""
        return self.features(self.mel(segments.squeeze(1)))


class SongTransformer(nn.Module):
    """Segments in their song: [songs, 100, 1024] and mask -> the same shape, each segment knowing the others.

    Pre-norm encoder at a smaller width beside the identity; what it adds begins at zero, so that an untrained one
    changes nothing and its masked mean is plain mean pooling.
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.inward = nn.Linear(config.embedding, config.width)
        layer = nn.TransformerEncoderLayer(
            config.width, config.heads, 4 * config.width, config.dropout, "gelu", batch_first=True, norm_first=True
        )
        self.encoder = nn.TransformerEncoder(layer, config.layers, enable_nested_tensor=False)
        self.outward = nn.Linear(config.width, config.embedding)
        nn.init.zeros_(self.outward.weight)
        nn.init.zeros_(self.outward.bias)
        self.unheard = nn.Parameter(torch.randn(config.embedding) * 0.02)  # stands for a masked segment in training

    def forward(self, segments: Tensor, mask: Tensor) -> Tensor:
        """[songs, segments, 1024], mask [songs, segments] with True = music, at least one a song."""
        if not self.training and not self.outward.weight.any() and not self.outward.bias.any():
            return segments  # it has learned to add nothing, and need not be asked
        x = self.inward(segments) + self._positions(segments)
        x = self.encoder(x, src_key_padding_mask=~mask)
        return segments + self.outward(x)

    def _positions(self, segments: Tensor) -> Tensor:
        """Sinusoids (Vaswani 2017) by place in the sequence; jittered in training, so that no length is learned."""
        songs, count, _ = segments.shape
        width = self.inward.out_features
        place = torch.arange(count, device=segments.device, dtype=torch.float32).expand(songs, count)
        if self.training:
            place = place + torch.rand(songs, 1, device=segments.device) * N_SEGMENTS
        rates = torch.exp(torch.arange(0, width, 2, device=segments.device) * (-math.log(10_000.0) / width))
        angles = place.unsqueeze(2) * rates  # [songs, segments, width / 2]
        return torch.cat([angles.sin(), angles.cos()], dim=2).to(segments.dtype)


class SongEncoder(nn.Module):
    """The whole ear: [songs, 100, 1, 30000] and mask -> one vector a song [songs, 1024]."""

    def __init__(self, config: ModelConfig = ModelConfig()) -> None:
        super().__init__()
        self.config = config
        self.cnn = SegmentCNN(config)
        self.transformer = SongTransformer(config)
        basis = torch.linalg.qr(torch.randn(config.embedding, config.segment_dim, generator=_seeded())).Q
        self.register_buffer("segment_mean", torch.zeros(config.embedding))
        self.register_buffer("segment_basis", basis)  # [1024, segment_dim], fitted after training
        self.banks = FilterBanks(config.banks)
        self.patch_mel = PatchMel()
        if config.banks:
            self.register_buffer("bank_scale", torch.ones(1))  # fitted: their share of a song
        self.bank_scale: Tensor
        self.segment_mean: Tensor
        self.segment_basis: Tensor

    def hear(self, segments: Tensor) -> Tensor:
        """Segments of any songs, int16 or float [n, 30000] -> [n, 1024]. Only music comes here, never padding."""
        if segments.dtype == torch.int16:
            segments = segments.float() / 32767
        return self.cnn(segments.unsqueeze(1))

    def pool(self, heard: Tensor, mask: Tensor) -> Tensor:
        """Heard segments in their songs: [songs, most, 1024], mask [songs, most] -> [songs, 1024], the masked mean."""
        return masked_mean(self.transformer(heard, mask), mask)

    def tell(self, patches: Tensor) -> Tensor:
        """What the banks hear in patches of any songs, int16 or float [n, 48128] at 16 kHz -> [n, 200 * banks]."""
        return self.banks(self.patch_mel(patches.float() / 32767 if patches.dtype == torch.int16 else patches))

    def join(self, pooled: Tensor, told: Tensor) -> Tensor:
        """Song vectors: pooled [songs, 1024], and what the banks tell of each [songs, 200 * banks] on average."""
        return torch.cat([pooled, self.bank_scale * told], dim=1)

    def compact(self, heard: Tensor) -> Tensor:
        """Heard segments as a library keeps them: [n, 1024] -> unit length [n, segment_dim]."""
        return F.normalize((heard.float() - self.segment_mean) @ self.segment_basis, dim=1)

    def forward(self, songs: Tensor, mask: Tensor) -> Tensor:
        """[songs, 100, 1, 30000] -> flatten -> CNN -> un-flatten -> Transformer -> [songs, 1024]."""
        heard = songs.new_zeros(*mask.shape, self.config.embedding, dtype=torch.float32)
        heard[mask] = self.cnn(songs[mask]).float()  # [music, 1, 30000] -> [music, 1024] -> [songs, 100, 1024]
        return self.pool(heard, mask)


def masked_mean(x: Tensor, mask: Tensor) -> Tensor:
    """Mean over the segments that are music: [songs, segments, d], [songs, segments] -> [songs, d]."""
    weight = mask.unsqueeze(2).to(x.dtype)
    return (x * weight).sum(1) / weight.sum(1)


def _seeded() -> torch.Generator:
    return torch.Generator().manual_seed(0)
