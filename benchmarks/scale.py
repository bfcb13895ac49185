"""What a song costs in cores, and how many songs a second one driver can take in from a Ray cluster.

python -m benchmarks.scale SONGS [--count 5000]
"""

import math
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import click
import numpy as np

from engine.embed import Embedder
from engine.embedding import Embedding
from engine.hearing import hear
from index.journal import Journal
from index.songs import scan


class Instant:
    """An encoder that hears nothing and answers at once: what is left is what Ray and the journal cost."""

    name, fingerprint, device, segment_seconds, words = "instant", "0" * 16, "cpu", 3.75, None
    reference = np.zeros((0, 1024), np.float32)

    def embed(self, paths: Iterable[Path], longest: float = math.inf) -> Iterator[Embedding]:
        """A song of four minutes for each path."""
        rng = np.random.default_rng(0)
        vector, segments = rng.random(1024, np.float32), rng.random((64, 128), np.float32).astype(np.float16)
        named, peaks = {"bpm": 120.0, "initial_key": "Am"}, np.zeros(1200, np.uint8)
        for path in paths:
            yield Embedding(path, vector, np.arange(64, dtype=np.float32), segments, 240.0, named, peaks)

    def waveforms(self, paths: Iterable[Path]) -> Iterator[tuple[Path, np.ndarray]]:
        """None."""
        return iter(())


def instant(device: str, workers: int) -> Instant:
    """What the nodes open."""
    return Instant()


@click.command()
@click.argument("songs", type=click.Path(path_type=Path))
@click.option("--count", default=5000, show_default=True, help="Songs that the driver takes in.")
def main(songs: Path, count: int) -> None:
    """Print three figures: core-seconds to decode and describe, to listen as well, and songs a second of a driver."""
    paths = scan(songs)
    decode, seconds = cores(lambda: [heard.length for heard in hear(paths, 1) if hasattr(heard, "length")])
    ear = Embedder("cpu", workers=1)
    listen, _ = cores(lambda: [song.length for song in ear.embed(paths) if hasattr(song, "length")])
    each = 240 / seconds
    print(f"{len(paths)} songs, {seconds / 3600:.2f} h; of four minutes of music, in core-seconds:")
    print(f"decoded and described {decode * each:.2f} ({seconds / decode:.0f} x real time a core)")
    print(f"listened to as well {listen * each:.2f}")
    print(f"one driver takes in {taken_in(count):.0f} songs a second from two nodes on these {os.cpu_count()} cores")


def cores(work: Callable[[], list[float]]) -> tuple[float, float]:
    """Core-seconds that work took, its processes included, and the seconds of audio that it heard."""
    before, heard, after = os.times(), sum(work()), os.times()
    return sum(after[:4]) - sum(before[:4]), heard


def taken_in(count: int) -> float:
    """Songs a second from the nodes of a cluster into a journal, once the nodes are at it."""
    from tests.ray_nodes import Nodes

    nodes = Nodes()
    os.environ.update(nodes.environment)
    from engine.listeners import RayEmbedder

    nodes.start()
    try:
        with tempfile.TemporaryDirectory() as folder, Journal(Path(folder) / "journal.sqlite") as journal:
            began = 0.0
            results = RayEmbedder(instant, nodes.address).embed(Path(f"/{number}") for number in range(count))
            for number, result in enumerate(results):
                began = began or time.monotonic()
                journal.put(f"{number:040x}", Instant.fingerprint, result)
            return (count - 1) / (time.monotonic() - began)
    finally:
        nodes.stop()


if __name__ == "__main__":
    main()
