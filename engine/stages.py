"""The stages of training, each a loss that draws its own batch: segments for the CNN, songs for the Transformer."""

import copy
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.augment import augment
from engine.dataset import SongDataset
from engine.descent import Loss
from engine.device import half_precision
from engine.lessons import Learning, Lessons
from engine.loss import decoupled_infonce, masked_segment_infonce
from engine.memory import backward_in_chunks
from engine.model import LogMel, SegmentCNN, SongEncoder
from engine.recipe import TrainConfig
from engine.remix import Remixes


def lesson_stage(
    encoder: SongEncoder, learning: Learning, lessons: Lessons, remixes: Remixes, config: TrainConfig
) -> tuple[nn.Module, Loss]:
    """What comes first where there is a teacher: its lessons alone, in many small steps on gentle hearings.

    A step holds segments of songs and as many remixes, most of them blended with one another, and the lessons as well:
    on so little music the teacher is otherwise known by heart.
    """
    device, frames = lessons.songs.power.device, lessons.songs.segment_frames
    features, chunk = _Features(encoder.cnn, device.type), config.chunk
    remixed = [torch.from_numpy(part) for part in (remixes.power, remixes.penultimate, remixes.tags)]

    def loss(rng: np.random.Generator) -> Tensor:
        nonlocal chunk
        count = min(config.lesson_songs, len(lessons.tags))
        chosen = rng.choice(len(lessons.tags), count, replace=False)
        begun = remixed[0].shape[2]
        power, cells = lessons.songs.draw(list(chosen), 1, begun, rng)
        rows = torch.as_tensor(rng.integers(0, len(remixed[0]), count))
        others = [part[rows].float().to(device) for part in remixed]
        given = [torch.cat(pair) for pair in zip((power, *lessons.of(chosen, cells)), others, strict=True)]
        given[0][count:] = given[0][count:].exp()
        power, penultimate, tags = _blend(given, config.blend)
        with torch.no_grad():
            mel = augment(power, frames, config.lesson_augment)

        def loss_of(heard: Tensor) -> Tensor:
            return learning(F.dropout(heard, config.forget), penultimate, tags)

        value, chunk = backward_in_chunks(features, mel, loss_of, chunk)
        return value

    return nn.ModuleList([encoder.cnn, learning]), loss


def segment_stage(
    encoder: SongEncoder, learning: Learning | None, songs: SongDataset, lessons: Lessons | None, config: TrainConfig
) -> tuple[nn.Module, Loss]:
    """Stage A: what learns, and its loss.

    Segments of one song under different augmentations against those of other albums; beside it, where there are
    lessons, what the teacher made of each segment, and, where there is an anchor, what the CNN made of it at first.
    """
    songs, device = lessons.songs if lessons else songs, songs.power.device
    heads = nn.ModuleDict({"contrast": head(config.model.embedding)})
    if learning:
        heads["learning"] = learning
    heads.to(device)
    features = _Features(encoder.cnn, device.type)
    first = _Features(copy.deepcopy(encoder.cnn), device.type) if config.anchor else None
    chunk = config.chunk

    def loss(rng: np.random.Generator) -> Tensor:
        nonlocal chunk
        chosen = rng.choice(len(songs), min(config.segment_songs, len(songs)), replace=False)
        frames = int(config.room * songs.segment_frames)
        power, cells = songs.draw(list(chosen), config.segments_per_song, frames, rng)
        song = torch.as_tensor(chosen, device=device).repeat_interleave(config.segments_per_song)
        with torch.no_grad():
            mel = augment(power, songs.segment_frames, config.augment)
            before = first(mel) if first else None

        def loss_of(heard: Tensor) -> Tensor:
            heads.zero_grad(set_to_none=True)
            told = heads["contrast"](heard)
            value = decoupled_infonce(told, song, songs.albums[song], config.temperature)
            if lessons and learning:
                value = config.contrast * value + learning(heard, *lessons.of(song, cells))
            if before is not None:
                value = value + config.anchor * (heard - before).square().mean()
            return value

        value, chunk = backward_in_chunks(features, mel, loss_of, chunk)  # the heads see the batch at once: BatchNorm
        return value

    return nn.ModuleList([encoder.cnn, heads]), loss


def song_stage(
    encoder: SongEncoder, heard: Sequence[tuple[Tensor, Tensor]], albums: Tensor, config: TrainConfig
) -> tuple[nn.Module, Loss]:
    """Stage B, with the CNN frozen: what learns, and its loss.

    Disjoint halves of one song against other songs, and each hidden segment against all others. heard are each song's
    segments as they are and augmented: two of [segments, 1024] a song.
    """
    transformer, width = encoder.transformer, config.model.embedding
    heads = nn.ModuleList([head(width), head(width)]).to(albums.device)
    song_head, segment_head = heads

    def loss(rng: np.random.Generator) -> Tensor:
        chosen = rng.choice(len(heard), min(config.song_songs, len(heard)), replace=False)
        shortest = min(len(heard[i][0]) for i in chosen) // 2
        count = int(np.clip(rng.integers(*config.song_tokens), 1, max(1, shortest)))
        views = [half for i in chosen for half in _halves(heard[i], count, rng)]
        truth = torch.stack(views)  # [2 * songs, count, 1024], equal counts: length gives nothing away
        hidden = torch.as_tensor(rng.random(truth.shape[:2]) < config.hide, device=truth.device)
        seen = torch.where(hidden[..., None], transformer.unheard, truth)
        told = transformer(seen, torch.ones_like(hidden))
        song = torch.as_tensor(chosen, device=truth.device).repeat_interleave(2)
        value = decoupled_infonce(song_head(told.mean(1)), song, albums[song], config.temperature)
        if hidden.any():
            value = value + 0.5 * masked_segment_infonce(segment_head(told[hidden]), segment_head(truth[hidden]))
        value.backward()
        return value.detach()

    return nn.ModuleList([transformer, heads]), loss


def head(width: int) -> nn.Module:
    """What the contrastive losses look through, and nobody keeps; without its BatchNorm little is learned."""
    return nn.Sequential(nn.Linear(width, 512, bias=False), nn.BatchNorm1d(512), nn.GELU(), nn.Linear(512, 128))


class _Features(nn.Module):
    def __init__(self, cnn: SegmentCNN, device: str) -> None:
        super().__init__()
        self.cnn, self.device = cnn, device

    def forward(self, mel: Tensor) -> Tensor:
        with half_precision(self.device):
            return self.cnn.features(mel).float()


def _blend(given: list[Tensor], share: float) -> list[Tensor]:
    """Power [n, bands, frames] and what was said of it, [n, d] each, mixed with half as much of another's at most.

    H. Zhang et al., "mixup: Beyond empirical risk minimization", ICLR 2018: what is said of both is said of the mix.
    """
    power, *said = given
    n = len(power)
    other = torch.rand(n, 1, device=power.device) * 0.5 * (torch.rand(n, 1, device=power.device) < share)
    blended = [each * (1 - other) + each.roll(n // 2, 0) * other for each in said]
    level, other = LogMel.level(power), other.unsqueeze(2)
    return [level * (1 - other) + level.roll(n // 2, 0) * other, *blended]


def _halves(song: tuple[Tensor, Tensor], count: int, rng: np.random.Generator) -> list[Tensor]:
    """Two disjoint sets of segments in their order, each as it is or augmented: [count, 1024] twice."""
    order = rng.permutation(len(song[0]))
    return [song[rng.integers(2)][np.sort(order[i * count : (i + 1) * count])] for i in range(2)]
