"""One rival listens, song by song: this runs in the rival's own environment, and knows NumPy and nothing of ours.

PYTHON -m benchmarks.listen RIVAL SONGS OUT.npz [ARGUMENT OF THE RIVAL ...] < paths below SONGS, one a line
"""

import importlib
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

Heard = dict[str, np.ndarray]  # what a rival makes of one song: vectors [dim] by name

PATHS, SECONDS = "paths", "seconds"  # the other arrays of OUT.npz are vectors [songs, dim] by name


def listen(rival: str, songs: Path, out: Path, paths: Sequence[str], arguments: Sequence[str] = ()) -> None:
    """Write what a rival hears into OUT.npz after each song, and go on from what stands there.

    A song that fails is named in OUT.failed.json with the reason, and is not tried again. Each path is printed before
    it is heard, so that who started this process knows which song ended it. A rival that compares songs itself instead
    of giving vectors also writes OUT.distances.npz, of the songs asked for.
    """
    module = importlib.import_module(f"benchmarks.rivals.{rival}")
    done = read(out).keys() | read_failed(out).keys()
    if waiting := [path for path in paths if path not in done]:
        _hear(module.ear(*arguments), songs, out, waiting)
    if hasattr(module, "distances"):
        heard = read(out)
        asked = [path for path in paths if path in heard]
        distances = module.distances([heard[path] for path in asked], *arguments)
        _write(distances_of(out), {PATHS: np.array(asked), "distances": distances})


def _hear(ear: Callable[[Path], Heard], songs: Path, out: Path, paths: Sequence[str]) -> None:
    heard, failed = read(out), read_failed(out)
    for path in paths:
        print(path, flush=True)
        began = _core_seconds()
        try:
            vectors = {name: np.atleast_1d(vector) for name, vector in ear(songs / path).items()}
            _check(vectors, next(iter(heard.values()), vectors))
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # a rival written in Rust panics with what is no Exception
            failed[path] = " ".join(f"{type(error).__name__}: {error}".split())[:200]
            write_failed(out, failed)
            continue
        heard[path] = {**vectors, SECONDS: np.array(_core_seconds() - began)}
        _write(out, stacked(heard))


def read(out: Path) -> dict[str, Heard]:
    """What a rival has heard so far: by song its named vectors and the core-seconds it took."""
    if not out.exists():
        return {}
    with np.load(out, allow_pickle=False) as arrays:
        tables = {name: arrays[name] for name in arrays.files}
    paths = tables.pop(PATHS)
    return {str(path): {name: table[i] for name, table in tables.items()} for i, path in enumerate(paths)}


def stacked(heard: Mapping[str, Heard]) -> dict[str, np.ndarray]:
    """The same as one table [songs, dim] a name, under PATHS the songs in the order of the rows."""
    names = next(iter(heard.values()), {})
    return {PATHS: np.array(list(heard))} | {name: np.stack([song[name] for song in heard.values()]) for name in names}


def read_failed(out: Path) -> dict[str, str]:
    """The songs that failed so far, and why."""
    file = out.with_suffix(".failed.json")
    return json.loads(file.read_text()) if file.exists() else {}


def write_failed(out: Path, failed: Mapping[str, str]) -> None:
    """Remember songs as failed, so that they are not tried again."""
    file = out.with_suffix(".failed.json")
    partial = file.with_suffix(".partial")
    partial.write_text(json.dumps(failed, indent=1, ensure_ascii=False))
    partial.replace(file)


def distances_of(out: Path) -> Path:
    """Where a rival that compares songs itself writes how far apart they are."""
    return out.with_suffix(".distances.npz")


def _write(out: Path, arrays: Mapping[str, np.ndarray]) -> None:
    partial = out.with_suffix(".partial.npz")
    np.savez(partial, **arrays)
    partial.replace(out)


def _check(vectors: Mapping[str, np.ndarray], before: Mapping[str, np.ndarray]) -> None:
    for name, vector in vectors.items():
        if vector.shape != before[name].shape:
            raise ValueError(f"{name} holds {len(vector)} numbers and held {len(before[name])} of an earlier song")
        if not np.isfinite(vector).all():
            raise ValueError(f"{name} holds a value that is not a finite number")


def _core_seconds() -> float:
    """Processor time of this process and of its children that have ended: a busy machine changes it little."""
    return sum(os.times()[:4])


if __name__ == "__main__":
    listen(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), sys.stdin.read().splitlines(), sys.argv[4:])
