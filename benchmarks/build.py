"""Where the time of a build goes, beside two limits of the same run: decoding alone, and the cores' arithmetic.

python -m benchmarks.build SONGS --out DIR [--rounds 3]
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # as the entry points set it

import multiprocessing
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any

import click
import numpy as np
import torch

from benchmarks.whole_build import whole_build
from engine.audio import AudioError, clips
from engine.descriptors import describe
from engine.embed import Embedder
from engine.hearing import middle_minute
from engine.patches import PATCH_RATE, halved, patches
from engine.segments import segment
from index.journal import Journal
from index.songs import read_tags, scan


def decode(path: Path) -> float:
    """Decode one file and do nothing else; seconds of sound."""
    try:
        return sum(len(clip) for clip in clips(path, PATCH_RATE)) / PATCH_RATE
    except AudioError:
        return 0.0


def decode_all(paths: list[Path], workers: int) -> tuple[float, float]:
    """Wall seconds of decoding all files in worker processes that are already there, and the seconds of sound."""
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        list(pool.map(_wake, range(4 * workers)))  # starting them is not decoding
        began = time.perf_counter()
        sound = sum(pool.map(decode, paths))
        return time.perf_counter() - began, sound


def _wake(_: int) -> int:
    time.sleep(0.05)
    return os.getpid()


def parts(paths: list[Path], embedder: Embedder, folder: Path) -> dict[str, float]:
    """Core-seconds of each part of a song's way, one after the other in this process on one thread."""
    spent: dict[str, float] = {}

    def timed(name: str, work: Callable[..., Any], *given: Any) -> Any:
        began = time.process_time()
        result = work(*given)
        spent[name] = spent.get(name, 0.0) + time.process_time() - began
        return result

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    encoder = embedder._encoder
    with Journal(folder / "parts.sqlite") as journal, torch.inference_mode():
        for path in paths:
            try:
                heard = timed("decode", lambda path: list(clips(path, PATCH_RATE)), path)
                wide, starts, _ = timed("cut", lambda heard: segment(iter(heard), PATCH_RATE), heard)
                segments = timed("to 8 kHz", halved, wide)
            except AudioError:
                continue
            timed("tempo, key and the like", lambda *cut: describe(middle_minute(*cut)), segments, starts)
            timed("hash", journal.content_hash, path)
            timed("tags", read_tags, path, path.parent)
            rows = []
            for part in torch.from_numpy(segments).split(16):
                mel = timed("log-mel", encoder.cnn.mel, part.float() / 32767)
                rows.append(timed("CNN", encoder.cnn.features, mel))
            song = torch.cat(rows)  # [segments, 1024]
            timed("compact", encoder.compact, song)
            timed("Transformer", encoder.pool, song[None], torch.ones(1, len(song), dtype=torch.bool))
            for part in torch.from_numpy(patches(wide)).split(4) if encoder.banks else ():
                timed("the teacher's filters", encoder.tell, part)
            spent["segments"] = spent.get("segments", 0) + len(segments)
    torch.set_num_threads(threads)
    return spent


def peak(threads: int) -> float:
    """GFLOP/s that matrix products of 1,024 by 1,024 reach on so many threads."""
    torch.set_num_threads(threads)
    a, b = torch.randn(1024, 1024), torch.randn(1024, 1024)
    best = np.inf
    for _ in range(30):
        began = time.perf_counter()
        a @ b
        best = min(best, time.perf_counter() - began)
    return 2 * 1024**3 / best / 1e9


def report(rows: Iterable[tuple[str, str]]) -> str:
    """A Markdown table of two columns."""
    return "\n".join(["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows)])


@click.command()
@click.argument("songs", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="A folder for the libraries.")
@click.option("--rounds", default=3, show_default=True, help="Each measured so often, in turn; the median counts.")
def main(songs: Path, out: Path, rounds: int) -> None:
    """Build a library of SONGS from nothing, beside decoding the same files and doing nothing else."""
    out.mkdir(parents=True, exist_ok=True)
    paths, workers = scan(songs), os.cpu_count() or 1
    embedder = Embedder()
    alone, whole = [], []
    for _ in range(rounds):  # in turn, so that a busy minute strikes both
        seconds, sound = decode_all(paths, workers)
        alone.append(seconds)
        whole.append(whole_build(songs.resolve(), (out / "library").resolve()))
    spent = parts(paths, embedder, out)
    segments = spent.pop("segments")
    total = sum(spent.values())
    ratio = median(each["whole"] / limit for each, limit in zip(whole, alone, strict=True))
    steps = {name: median(each[name] for each in whole) for name in whole[0]}
    memory = steps.pop("MB")
    network = spent["log-mel"] + spent["CNN"]
    flops = 92e6 * segments
    rows = [
        ("songs, hours", f"{len(paths)}, {sound / 3600:.1f}"),
        ("**build / decoding alone**", f"**{ratio:.2f}**"),
        ("decoding alone, wall s", f"{median(alone):.1f} ({sound / median(alone):.0f} × real time on {workers} cores)"),
        ("build, wall s", f"{steps.pop('whole'):.1f}"),
        *((f"… {name}", f"{seconds:.1f}") for name, seconds in steps.items()),
        ("one song after the other, core-s", f"{total:.1f}"),
        *((f"… {name}", f"{seconds:.2f} ({seconds / total:.0%})") for name, seconds in spent.items()),
        ("segments a core-second", f"{segments / network:.0f}"),
        ("CNN, share of the cores' matrix products", f"{flops / spent['CNN'] / 1e9 / peak(1):.0%}"),
        ("memory, MB at most", f"{memory:.0f}"),
    ]
    click.echo(report(rows))


if __name__ == "__main__":
    main()
