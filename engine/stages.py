"""The stages of training, each a loss that draws its own batch: segments for the CNN, songs for the Transformer."""

import copy
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor, nn

from engine.augment import augment
from engine.dataset import SongDataset
from engine.descent import Loss
from engine.device import half_precision
from engine.lessons import Learning, Lessons
from engine.loss import decoupled_infonce, masked_segment_infonce
from engine.memory import backward_in_chunks
from engine.model import SegmentCNN, SongEncoder
from engine.recipe import TrainConfig


def segment_stage(
    encoder: SongEncoder, songs: SongDataset, lessons: Lessons | None, config: TrainConfig
) -> tuple[nn.Module, Loss]:
    """Stage A: what learns, and its loss.

    Segments of one song under different augmentations against those of other albums; beside it, where there are
    lessons, what the teacher made of each segment, and, where there is an anchor, what the CNN made of it at first.
    """
    songs, device = lessons.songs if lessons else songs, songs.power.device
    heads = nn.ModuleDict({"contrast": head(config.model.embedding)})
    if lessons:
        heads["learning"] = Learning(config.model.embedding, lessons)
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
            value = heard.new_zeros(())
            if config.contrast or not lessons:
                apart = decoupled_infonce(heads["contrast"](heard), song, songs.albums[song], config.temperature)
                value = (config.contrast if lessons else 1.0) * apart
            if lessons:
                pairs = list(zip(song.tolist(), cells.tolist(), strict=True))
                penultimate = torch.stack([lessons.penultimate[i][cell] for i, cell in pairs])
                tags = torch.stack([lessons.tags[i][cell] for i, cell in pairs])
                value = value + heads["learning"](heard, penultimate, tags)
            if before is not None:
                value = value + config.anchor * (heard - before).square().mean()
            return value

        value, chunk = backward_in_chunks(features, mel, loss_of, chunk)  # the heads see the batch at once: BatchNorm
        return value

    return nn.ModuleList([encoder.cnn, heads]), loss


def lesson_stage(
    encoder: SongEncoder, songs: SongDataset, lessons: Lessons, config: TrainConfig
) -> tuple[nn.Module, Loss]:
    """What comes before stage A where there is a teacher: its lessons alone, in many small steps on gentle hearings."""
    alone = replace(
        config, contrast=0.0, anchor=0.0, segment_songs=config.lesson_songs, segments_per_song=2,
        augment=config.lesson_augment,
    )  # fmt: skip
    return segment_stage(encoder, songs, lessons, alone)


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


def _halves(song: tuple[Tensor, Tensor], count: int, rng: np.random.Generator) -> list[Tensor]:
    """Two disjoint sets of segments in their order, each as it is or augmented: [count, 1024] twice."""
    order = rng.permutation(len(song[0]))
    return [song[rng.integers(2)][np.sort(order[i * count : (i + 1) * count])] for i in range(2)]
