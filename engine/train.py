"""The training loop. Where there is a teacher, its lessons come first. Stage A teaches the CNN that segments of a song
belong together; stage B, with the CNN frozen, teaches the Transformer that halves of a song do. What was not better on
songs held out is not kept."""

import copy
import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from engine.augment import augment
from engine.banks import bank_stage, with_banks
from engine.checkpoint import Checkpoint
from engine.choice import BEFORE, choose
from engine.dataset import DatasetError, SongDataset
from engine.descent import TrainProgress, descend
from engine.device import half_precision
from engine.fitting import Taught, fit_ear, weigh_banks
from engine.lessons import Learning, Lessons
from engine.memory import in_chunks
from engine.model import SongEncoder
from engine.recall import hear_power, measure
from engine.recipe import TrainConfig
from engine.remix import Remixes
from engine.stages import lesson_stage, segment_stage, song_stage

WITH_BANKS = "with the teacher's filters"


def train(
    songs: SongDataset,
    config: TrainConfig,
    out: Path,
    device: str,
    on_progress: Callable[[TrainProgress], None],
    lessons: Lessons | None = None,
    remixes: Remixes | None = None,
    start: Checkpoint | None = None,
    inherited: Sequence[Mapping[str, np.ndarray]] = (),
) -> Checkpoint:
    """Train an ear on songs, from random weights or going on from `start`, with a teacher's lessons or without.

    At the end an ear without them is given a bank of filters for each of the teacher's networks that is `inherited`.

    Killed at any time, the same call goes on from what it left in the folder `out`. Raises DatasetError when the songs
    are too few to learn from and measure on.
    """
    learn_ids, held_ids = songs.split(config.held_out, config.seed)
    songs = songs.to(device)
    learn, held = songs.subset(learn_ids), songs.subset(held_ids)
    if len(set(learn.albums.tolist())) < 2 or len(held) < 2:
        raise DatasetError(f"{len(songs)} songs are too few to train on; give at least 4 folders with music in them")
    both = [lessons.subset(ids).to(device) for ids in (learn_ids, held_ids)] if lessons else []
    learned = both[0] if both else None
    torch.manual_seed(config.seed)
    encoder = copy.deepcopy(start.encoder).to(device) if start else SongEncoder(config.model).to(device)
    identity = _identity(config, songs, lessons, remixes, start)
    measured: dict[str, dict[str, float]] = {}
    weights: dict[str, dict[str, Tensor]] = {}

    def judge(name: str) -> None:
        measured[name] = measure(encoder, held)
        weights[name] = copy.deepcopy(encoder.state_dict())
        on_progress(TrainProgress(name, 0, 0, math.nan, measured[name]))

    judge(BEFORE if start else "random weights")
    learning = Learning(config.model.embedding, learned).to(device) if learned else None
    if learned and learning and remixes and config.lesson_steps:
        module, loss = lesson_stage(encoder, learning, learned, remixes, config)
        rated = replace(config, rate=config.lesson_rate)
        descend("lessons", module, config.lesson_steps, loss, rated, identity, out, on_progress)
        judge("lessons alone")
    if config.segment_steps:
        module, loss = segment_stage(encoder, learning, learn, learned, config)
        descend("segments", module, config.segment_steps, loss, config, identity, out, on_progress)
        judge("mean pooling")
    if config.song_steps:
        module, loss = song_stage(encoder, _heard(encoder, learn, config), learn.albums, config)
        descend("songs", module, config.song_steps, loss, config, identity, out, on_progress)
        judge("transformer")
    kept, why = choose(measured)
    encoder.load_state_dict(weights[kept])
    encoder.eval()
    banks: dict[str, Any] = {}
    inherits = bool(inherited and lessons) and not encoder.banks
    if inherits and learning and learned:
        encoder = with_banks(encoder, inherited, learning, learned)
        module, loss = bank_stage(encoder, learning, learned, config)
        rated = replace(config, rate=config.bank_rate)
        descend("banks", module, config.bank_steps, loss, rated, identity, out, on_progress)
    elif start and kept == BEFORE:
        return replace(start, measured={**start.measured, "kept": kept, "why": why, "here": measured})
    taught = [Taught.by(encoder, each, config) for each in both]
    if inherits and learning:
        banks = weigh_banks(encoder, learning, taught[0], taught[1], both[1], config.bank_share)
        kept, why = WITH_BANKS, f"{why}; songs held out, without and with the teacher's filters: {_told(banks)}"
    reference, words, audible = fit_ear(encoder, learn, both, taught, start, config)
    trained_on = {
        "songs": len(learn),
        "hours": round(sum(song.seconds for song in learn.songs) / 3600, 2),
        "albums": sorted({Path(song.album).name for song in learn.songs}),
        "held_out_songs": len(held),
        "held_out_albums": sorted({Path(song.album).name for song in held.songs}),
        "began_with": start.trained_on if start else "random weights",
        "taught": lessons is not None,
        "recipe": asdict(config),
    }
    told = {**measured, "kept": kept, "why": why, "words": audible} | banks
    return Checkpoint(encoder, reference, trained_on, told, words)


def _told(banks: dict[str, Any]) -> str:
    before, after = banks["without_banks"], banks["with_banks"]
    return ", ".join(f"{name.replace('_', ' ')} {before[name]:.2f} -> {after[name]:.2f}" for name in before)


def _identity(
    config: TrainConfig, songs: SongDataset, lessons: Lessons | None, remixes: Remixes | None, start: Checkpoint | None
) -> str:
    """Names all that a training depends on, so that none goes on with the state of another."""
    digest = hashlib.sha256(repr((config, [(song.path, song.changed, song.cells) for song in songs.songs])).encode())
    for said in (*(lessons.penultimate if lessons else ()), *((remixes.penultimate,) if remixes else ())):
        digest.update(np.ascontiguousarray(said).tobytes())
    for tensor in start.encoder.state_dict().values() if start else ():
        digest.update(tensor.cpu().numpy().tobytes())
    return digest.hexdigest()


@torch.no_grad()
def _heard(encoder: SongEncoder, songs: SongDataset, config: TrainConfig) -> list[tuple[Tensor, Tensor]]:
    """Each song's segments through the frozen CNN, as they are and augmented: two of [segments, 1024] a song."""
    songs, frames, heard = songs.thinned(config.song_segments), songs.segment_frames, []
    for i in range(len(songs)):
        power = songs.segments(i, int(config.room * frames))
        with half_precision(power.device.type):
            altered, _ = in_chunks(encoder.cnn.features, augment(power, frames, config.augment), config.chunk)
        heard.append((hear_power(encoder, power[..., :frames], config.chunk), altered.float()))
    return heard
