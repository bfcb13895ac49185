"""Files decoded, cut and described in worker processes: a file that hangs or crashes its decoder costs only itself."""

import multiprocessing
import os
from collections.abc import Iterable, Iterator, Sized
from concurrent.futures import FIRST_COMPLETED, Future, TimeoutError, wait
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pebble import ProcessExpired, ProcessPool

from engine.audio import SAMPLE_RATE, AudioError, clips
from engine.descriptors import describe
from engine.embedding import Skipped
from engine.segments import SEGMENT_SECONDS, segment

HEARING = 2  # raise it when decoding, segments or pooling change: then every vector does, and so do the fingerprints
SECONDS_PER_FILE = 600.0  # ten hours of music decode in about one minute; what takes longer hangs


@dataclass(frozen=True)
class Heard:
    """One decoded song: segments int16 [n, 30000] that begin at starts [n] seconds; length in seconds; descriptors."""

    path: Path
    segments: np.ndarray
    starts: np.ndarray
    length: float
    descriptors: dict[str, float | str]


def hear(paths: Iterable[Path], workers: int = 0) -> Iterator[Heard | Skipped]:
    """Decode files side by side, 0 workers meaning one a core: one result a path, as they come, a few ahead at most."""
    workers = workers or os.cpu_count() or 1
    if isinstance(paths, Sized):
        workers = max(1, min(workers, len(paths)))  # starting one takes longer than decoding a song
    ahead = 2 * workers
    queue = iter(paths)
    waiting: dict[Future, Path] = {}
    with ProcessPool(max_workers=workers, context=multiprocessing.get_context("spawn")) as pool:
        try:
            while True:
                while len(waiting) < ahead and (path := next(queue, None)) is not None:
                    try:
                        waiting[pool.schedule(hear_one, args=[path], timeout=SECONDS_PER_FILE)] = path
                    except RuntimeError:  # the pool itself is broken
                        yield Skipped(path, "could not be given to a decoder; run the same command again")
                if not waiting:
                    return
                done, _ = wait(waiting, return_when=FIRST_COMPLETED)
                for future in done:
                    yield _result(future, waiting.pop(future))
        finally:
            pool.stop()  # also when the listener walks away midway


def hear_one(path: Path) -> Heard | Skipped:
    """Decode, cut and describe one file in this process."""
    try:
        segments, starts, length = segment(clips(path))
    except AudioError as error:
        return Skipped(path, str(error))
    except OSError as error:
        return Skipped(path, f"cannot be read ({error.strerror})")
    return Heard(path, segments, starts, length, describe(middle_minute(segments, starts)))


def middle_minute(segments: np.ndarray, starts: np.ndarray, most: int = 16) -> np.ndarray:
    """The middle minute of a song as one sound, float32 [samples] in [-1, 1]; nan where segments were left out."""
    middle = slice(first := max(0, (len(segments) - most) // 2), first + most)
    steps = np.minimum(np.diff(starts[middle], prepend=starts[first]), 2 * SEGMENT_SECONDS)  # a longer gap says no more
    begins = np.round(np.cumsum(steps) * SAMPLE_RATE).astype(int)
    sound = np.full(begins[-1] + segments.shape[1], np.nan, np.float32)
    for begin, piece in zip(begins, segments[middle], strict=True):
        sound[begin : begin + len(piece)] = piece / np.float32(32767)
    return sound


def _result(future: Future, path: Path) -> Heard | Skipped:
    try:
        return future.result()
    except TimeoutError:
        return Skipped(path, f"kept its decoder busy for more than {SECONDS_PER_FILE:.0f} s")
    except (ProcessExpired, MemoryError):
        return Skipped(path, "crashed its decoder")
    except Exception as error:  # whatever one file does, the others are still to be heard
        return Skipped(path, f"could not be decoded ({type(error).__name__}: {error})")
