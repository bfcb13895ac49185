"""The training loop. Stage A teaches the CNN that segments of one song belong together; stage B, with the CNN frozen,
teaches the Transformer that halves of one song do. What was not better on songs held out is not kept."""

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from engine.audio import SAMPLE_RATE
from engine.augment import augment
from engine.checkpoint import Checkpoint, fit_compact
from engine.dataset import DatasetError, SongDataset
from engine.descent import Loss, TrainProgress, descend
from engine.device import half_precision
from engine.loss import decoupled_infonce, masked_segment_infonce
from engine.memory import backward_in_chunks, in_chunks
from engine.model import SongEncoder
from engine.recall import measure
from engine.recipe import TrainConfig
from engine.segments import SEGMENT_SAMPLES, spread


def train(
    songs: SongDataset, config: TrainConfig, out: Path, device: str, on_progress: Callable[[TrainProgress], None]
) -> Checkpoint:
    """Train an ear on songs. Killed at any time, the same call goes on from out/training.pt.

    Raises DatasetError when the songs are too few to learn from and measure on.
    """
    learn, held = songs.to(device).split(config.held_out, config.seed)
    if len(set(learn.albums.tolist())) < 2 or len(held) < 2:
        raise DatasetError(f"{len(songs)} songs are too few to train on; give at least 4 folders with music in them")
    torch.manual_seed(config.seed)
    encoder = SongEncoder(config.model).to(device)
    measured = {"random": measure(encoder, held)}
    on_progress(TrainProgress("random weights", 0, 0, math.nan, measured["random"]))

    head = _head(config.model.embedding).to(device)
    segment_loss = _stage_a(encoder, head, learn, config, device)
    stage_a = nn.ModuleList([encoder.cnn, head])
    descend("segments", stage_a, config.segment_steps, segment_loss, config, out, on_progress)
    measured["mean_pooling"] = measure(encoder, held)
    on_progress(TrainProgress("mean pooling", 0, 0, math.nan, measured["mean_pooling"]))

    heads = nn.ModuleList([_head(config.model.embedding), _head(config.model.embedding)]).to(device)
    heard = _heard(encoder, learn, config)
    song_loss = _stage_b(encoder, heads, heard, learn.albums, config)
    stage_b = nn.ModuleList([encoder.transformer, heads])
    descend("songs", stage_b, config.song_steps, song_loss, config, out, on_progress)
    measured["transformer"] = measure(encoder, held)
    on_progress(TrainProgress("transformer", 0, 0, math.nan, measured["transformer"]))

    kept = max(("mean_pooling", "transformer"), key=lambda name: sum(measured[name].values()))
    if kept == "mean_pooling":
        nn.init.zeros_(encoder.transformer.outward.weight)
        nn.init.zeros_(encoder.transformer.outward.bias)
    encoder.eval()
    fit_compact(encoder, torch.cat([clean for clean, _ in heard]))
    with torch.no_grad():
        reference = torch.cat([encoder.pool(clean[None], _all(clean[None])) for clean, _ in heard])
    trained_on = {
        "songs": len(learn),
        "hours": round(sum(song.samples for song in learn.songs) / SAMPLE_RATE / 3600, 2),
        "albums": sorted({Path(song.album).name for song in learn.songs}),
        "held_out_songs": len(held),
        "held_out_albums": sorted({Path(song.album).name for song in held.songs}),
        "recipe": asdict(config),
    }
    return Checkpoint(encoder, reference.cpu(), trained_on, {**measured, "kept": kept})


def _stage_a(encoder: SongEncoder, head: nn.Module, learn: SongDataset, config: TrainConfig, device: str) -> Loss:
    """Segments of one song under different augmentations against those of other albums.

    The head sees the whole batch at once, for its BatchNorm; only the CNN is run in chunks.
    """
    chunk = config.chunk

    class Features(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.cnn = encoder.cnn

        def forward(self, mel: Tensor) -> Tensor:
            with half_precision(device):
                return self.cnn.features(mel).float()

    features = Features()

    def loss(rng: np.random.Generator) -> Tensor:
        nonlocal chunk
        chosen = rng.choice(len(learn), min(config.segment_songs, len(learn)), replace=False)
        sound = learn.draw(list(chosen), config.segments_per_song, config.window, rng)
        with torch.no_grad():
            mel = augment(encoder.cnn.mel.power(sound), SEGMENT_SAMPLES // config.model.hop, config.augment)
        song = torch.as_tensor(chosen, device=sound.device).repeat_interleave(config.segments_per_song)

        def loss_of(heard: Tensor) -> Tensor:
            head.zero_grad(set_to_none=True)
            return decoupled_infonce(head(heard), song, learn.albums[song], config.temperature)

        value, chunk = backward_in_chunks(features, mel, loss_of, chunk)
        return value

    return loss


def _stage_b(
    encoder: SongEncoder,
    heads: nn.ModuleList,
    heard: Sequence[tuple[Tensor, Tensor]],
    albums: Tensor,
    config: TrainConfig,
) -> Loss:
    """Disjoint halves of one song against other songs, and each hidden segment against all others."""
    transformer, (song_head, segment_head) = encoder.transformer, heads

    def loss(rng: np.random.Generator) -> Tensor:
        chosen = rng.choice(len(heard), min(config.song_songs, len(heard)), replace=False)
        shortest = min(len(heard[i][0]) for i in chosen) // 2
        count = int(np.clip(rng.integers(*config.song_tokens), 1, max(1, shortest)))
        views = [half for i in chosen for half in _halves(heard[i], count, rng)]
        truth = torch.stack(views)  # [2 * songs, count, 1024], equal counts: length gives nothing away
        hidden = torch.as_tensor(rng.random(truth.shape[:2]) < config.hide, device=truth.device)
        seen = torch.where(hidden[..., None], transformer.unheard, truth)
        told = transformer(seen, _all(seen))
        song = torch.as_tensor(chosen, device=truth.device).repeat_interleave(2)
        value = decoupled_infonce(song_head(told.mean(1)), song, albums[song], config.temperature)
        if hidden.any():
            value = value + 0.5 * masked_segment_infonce(segment_head(told[hidden]), segment_head(truth[hidden]))
        value.backward()
        return value.detach()

    return loss


@torch.no_grad()
def _heard(encoder: SongEncoder, songs: SongDataset, config: TrainConfig) -> list[tuple[Tensor, Tensor]]:
    """Each song's segments through the frozen CNN, as they are and augmented: two of [segments, 1024] a song."""
    frames, cnn = SEGMENT_SAMPLES // config.model.hop, encoder.cnn

    def hear(sound: Tensor) -> Tensor:
        with half_precision(sound.device.type):
            return cnn.features(sound).float()

    heard = []
    for i in range(len(songs)):
        cells = songs.cells[i][spread(len(songs.cells[i]), config.song_segments)]
        power = cnn.mel.power(songs.cut(list(songs.songs[i].offset + cells), config.window))
        clean, _ = in_chunks(hear, cnn.mel.log(power[..., :frames]), config.chunk)
        altered, _ = in_chunks(hear, augment(power, frames, config.augment), config.chunk)
        heard.append((clean, altered))
    return heard


def _halves(song: tuple[Tensor, Tensor], count: int, rng: np.random.Generator) -> list[Tensor]:
    """Two disjoint sets of segments in their order, each as it is or augmented: [count, 1024] twice."""
    order = rng.permutation(len(song[0]))
    return [song[rng.integers(2)][np.sort(order[i * count : (i + 1) * count])] for i in range(2)]


def _head(width: int) -> nn.Module:
    return nn.Sequential(nn.Linear(width, 512, bias=False), nn.BatchNorm1d(512), nn.GELU(), nn.Linear(512, 128))


def _all(x: Tensor) -> Tensor:
    return torch.ones(x.shape[:2], dtype=torch.bool, device=x.device)
