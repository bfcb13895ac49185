"""Training on the command line: songs, and perhaps a teacher and an ear to begin with, become a file of weights."""

import sys
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from engine.checkpoint import SHIPPED, load_checkpoint, save_checkpoint
from engine.choice import BEFORE
from engine.cluster import address_of
from engine.dataset import decode_songs
from engine.device import pick_device
from engine.lessons import take_lessons
from engine.ranks import first_then_others, rank, together
from engine.recipe import TrainConfig, for_own_songs
from engine.remix import remix
from engine.teacher.teach import Teacher
from engine.train import train
from index.songs import scan
from progress import ProgressLine, Silence


def train_ear(
    songs: Path,
    out: Path,
    device: str = "auto",
    start: str = "shipped",
    teacher: Path | None = None,
    chosen: Mapping[str, Any] = {},
    engine: str = "local",
) -> tuple[str, str]:
    """Train an ear on a folder of songs: (what --encoder calls it, a sentence that says which it is and why).

    It begins with the ear `start`: shipped, nothing, or a file of weights. Where that stays the better on songs held
    out, it is the answer, and nothing is written. `teacher` is the wheel of musicnn; `chosen` is of the recipe. On the
    engine ray[:HOST:PORT] the nodes of a cluster train it together, as do processes that torchrun started, of which all
    but the first end here. Raises the exceptions of engine and index.
    """
    address = address_of(engine)
    if address is not None:
        from engine.ranks_on_ray import train_on

        songs, out, teacher = songs.absolute(), out.absolute(), teacher and teacher.absolute()
        start = str(Path(start).absolute()) if start.endswith(".safetensors") else start
        work = partial(_train_ear, songs, out, start, teacher, chosen)
        with ProgressLine("Ray") as line:
            return train_on(address, device, work, out, line)
    device = pick_device(device)
    with together(device), ProgressLine(device) as line:
        trained = _train_ear(songs, out, start, teacher, chosen, device, line)
        if rank() > 0:
            sys.exit()
    return trained


def _train_ear(
    songs: Path, out: Path, start: str, teacher: Path | None, chosen: Mapping[str, Any], device: str, line: ProgressLine
) -> tuple[str, str]:
    line = Silence() if rank() > 0 else line
    before = None if start == "nothing" else load_checkpoint(SHIPPED if start == "shipped" else Path(start), device)
    config = TrainConfig(model=before.encoder.config) if before else TrainConfig()
    lessons, remixes, inherited = None, None, []
    with first_then_others():
        dataset, skipped = decode_songs(scan(songs), out / "cache", config.model, line.decoded)
        for path, reason in skipped:
            line.say(f"skipped: {path} {reason}")
        config = replace(for_own_songs(config, len(dataset)) if before else config, **chosen)
        if teacher:
            musicnn, cache = Teacher(teacher, device), out / "lessons"
            inherited = musicnn.weights
            dataset, lessons = take_lessons(dataset, config.model, musicnn, cache, on_progress=line.taught)
            learn, _ = dataset.split(config.held_out, config.seed)
            if config.lesson_steps:
                remixes = remix(dataset.subset(learn).songs, config.model, musicnn, cache, on_progress=line.remixed)
    checkpoint = train(dataset, config, out, device, line.trained, lessons, remixes, before, inherited)
    kept, why = checkpoint.measured["kept"], checkpoint.measured["why"]
    if before and kept == BEFORE:
        return "songboard" if start == "shipped" else start, f"The ear stays as it was: {why}."
    path = out / "songboard.safetensors"
    if rank() == 0:
        save_checkpoint(checkpoint, path)
    return str(path), f"The ear is {path}, trained ({kept}): {why}."
