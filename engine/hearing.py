"""Files decoded, cut and described in worker processes: a file that hangs or crashes its decoder costs only itself."""

import math
import os
from collections.abc import Generator, Iterable, Iterator, Sized
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from engine.audio import SAMPLE_RATE, AudioError, clips
from engine.descriptors import describe
from engine.embedding import Skipped
from engine.patches import PATCH_RATE, halved, patches
from engine.segments import SEGMENT_SECONDS, segment
from engine.waveform import Waveform
from engine.workers import Failure, run

HEARING = 3  # raise it when decoding, segments or pooling change: then every vector does, and so do the fingerprints


@dataclass(frozen=True)
class Heard:
    """One decoded song: segments int16 [n, 30000] that begin at starts [n] seconds; length in seconds; descriptors.

    The peaks are its waveform, uint8 [<= 1200]; the patches are of it at 16 kHz, int16 [<= 6, 48128].
    """

    path: Path
    segments: np.ndarray
    starts: np.ndarray
    length: float
    descriptors: dict[str, float | str]
    peaks: np.ndarray
    patches: np.ndarray


def hear(paths: Iterable[Path | str], workers: int = 0, longest: float = math.inf) -> Generator[Heard | Skipped]:
    """Decode files side by side, 0 workers meaning one a core: one result a path, as they come, a few ahead at most.

    A file of more than `longest` seconds is skipped as soon as that is known. A path alone is heard alone.
    """
    if isinstance(paths, str | Path):  # one alone; letter by letter it would be nobody's wish
        paths = [paths]
    with closing(run(partial(hear_one, longest=longest), map(Path, paths), crew(paths, workers))) as results:
        for path, outcome in results:
            yield Skipped(path, outcome.reason) if isinstance(outcome, Failure) else outcome


def waveforms(paths: Iterable[Path]) -> Iterator[tuple[Path, np.ndarray]]:
    """The peaks of files, uint8 [<= 1200] each, as they come; decoded and not listened to. A bad file has none."""
    with closing(run(draw_one, paths, crew(paths))) as results:
        for path, outcome in results:
            yield path, np.zeros(0, np.uint8) if isinstance(outcome, Failure) else outcome


def draw_one(path: Path) -> np.ndarray:
    """Decode one file in this process for its peaks. Raises AudioError."""
    waveform = Waveform()
    for _ in waveform.watch(clips(path, PATCH_RATE)):
        pass
    return waveform.peaks()


def hear_one(path: Path, longest: float = math.inf) -> Heard | Skipped:
    """Decode, cut and describe one file in this process."""
    waveform = Waveform()
    try:
        sound = waveform.watch(within(clips(path, PATCH_RATE), longest))
        wide, starts, length = segment(sound, PATCH_RATE)
    except AudioError as error:
        return Skipped(path, str(error))
    except OSError as error:
        return Skipped(path, f"cannot be read ({error.strerror})")
    segments = halved(wide)
    described = describe(middle_minute(segments, starts))
    return Heard(path, segments, starts, length, described, waveform.peaks(), patches(wide))


def crew(paths: Iterable[Path | str], workers: int = 0) -> int:
    """How many processes are worth starting for these paths, 0 workers meaning one a core."""
    workers = workers or os.cpu_count() or 1
    return max(1, min(workers, len(paths))) if isinstance(paths, Sized) else workers  # starting one takes long


def within(sound: Iterable[np.ndarray], longest: float) -> Iterator[np.ndarray]:
    """The same clips at 16 kHz, float32 [samples] each. Raises AudioError once they are more than `longest` seconds.

    What a file's header says is not asked: it may be an estimate, and wrong.
    """
    seconds = 0.0
    for clip in sound:
        seconds += len(clip) / PATCH_RATE
        if seconds > longest:
            raise AudioError(f"is longer than {longest / 60:g} minutes")
        yield clip


def middle_minute(segments: np.ndarray, starts: np.ndarray, most: int = 16) -> np.ndarray:
    """The middle minute of a song as one sound, float32 [samples] in [-1, 1]; nan where segments were left out."""
    middle = slice(first := max(0, (len(segments) - most) // 2), first + most)
    steps = np.minimum(np.diff(starts[middle], prepend=starts[first]), 2 * SEGMENT_SECONDS)  # a longer gap says no more
    begins = np.round(np.cumsum(steps) * SAMPLE_RATE).astype(int)
    sound = np.full(begins[-1] + segments.shape[1], np.nan, np.float32)
    for begin, piece in zip(begins, segments[middle], strict=True):
        sound[begin : begin + len(piece)] = piece / np.float32(32767)
    return sound
