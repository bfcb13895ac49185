"""Files heard at 48 kHz in windows of ten seconds, for encoders that want more than the 8 kHz of our own."""

import math
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from engine.audio import AudioError, clips
from engine.embedding import Skipped
from engine.hearing import Heard, crew, hear_one
from engine.segments import SILENCE, spread
from engine.workers import Failure, run

RATE = 48_000  # Hz
WINDOW_SECONDS = 10.0
MOST_WINDOWS = 20  # of a song, spread over it: the network takes far longer than decoding
_WINDOW = int(WINDOW_SECONDS * RATE)
_SHORTEST = _WINDOW // 4  # a last window of less says too little, unless there is no other


@dataclass(frozen=True)
class Wide:
    """One decoded song: windows int16 [n, 480000] at 48 kHz that begin at starts [n] seconds.

    `heard` is the same song at 8 kHz: its length, peaks and descriptors.
    """

    heard: Heard
    windows: np.ndarray
    starts: np.ndarray


def hear_wide(paths: Iterable[Path | str], workers: int = 0, longest: float = math.inf) -> Iterator[Wide | Skipped]:
    """Decode files side by side: one result a path, as they come. A file of more than `longest` seconds is skipped."""
    if isinstance(paths, str | Path):
        paths = [paths]
    with closing(run(partial(_wide, longest=longest), map(Path, paths), crew(paths, workers))) as results:
        for path, outcome in results:
            yield Skipped(path, outcome.reason) if isinstance(outcome, Failure) else outcome


def _wide(path: Path, longest: float) -> Wide | Skipped:
    """Decode one file in this process, once for what every encoder tells of it and once at 48 kHz."""
    heard = hear_one(path, longest)
    if isinstance(heard, Skipped):
        return heard
    begins = np.arange(math.ceil(heard.length / WINDOW_SECONDS))
    chosen = set(begins[spread(len(begins), MOST_WINDOWS)].tolist())
    try:
        windows = {at: sound for at, sound in enumerate(_windows(path)) if at in chosen}
    except AudioError as error:
        return Skipped(path, str(error))
    except OSError as error:
        return Skipped(path, f"cannot be read ({error.strerror})")
    loud = {at: sound for at, sound in windows.items() if np.sqrt(np.mean(sound**2)) > SILENCE} or windows
    kept = {at: sound for at, sound in loud.items() if len(sound) >= _SHORTEST} or loud
    filled = [np.round(np.resize(sound, _WINDOW) * 32767).astype(np.int16) for sound in kept.values()]
    return Wide(heard, np.stack(filled), np.array([*kept], np.float32) * np.float32(WINDOW_SECONDS))


def _windows(path: Path) -> Iterator[np.ndarray]:
    """Ten seconds after ten seconds of a file, float32 [480000] in [-1, 1], the last shorter. Clips hold three."""
    for clip in clips(path, RATE):
        for begin in range(0, len(clip), _WINDOW):
            yield clip[begin : begin + _WINDOW]
