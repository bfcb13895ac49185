"""A moment looked for in every other song: milliseconds, and what is found beside an exact search, on made-up songs.

python -m benchmarks.passages --songs 100000 --out DIR
"""

import time
from pathlib import Path

import click
import numpy as np

from index import passages
from index.generation import write_rows
from index.passages import Passages

SEGMENTS, DIMENSIONS, SECONDS = 64, 128, 3.75  # of a song of four minutes, as the shipped ear hears it
SHARES = {"style": 0.12, "song": 0.23, "section": 0.28, "segment": 0.37}  # of a segment's variance
MOMENTS = (1, 2, 4, 8)  # segments
ASKED = 20  # moments of each length
K = 20


def songs(count: int, folder: Path, seed: int = 0) -> np.ndarray:
    """Segments float16 [count * 64, 128], mapped: songs of four sections that come again, in styles of some 50 songs.

    The shares are such that the cosines of a song's segments to each other and to the nearest of other songs are about
    those of real ones: .6 for the next segment, .35 to .5 for any of the song, about .5 for the nearest of another.
    """
    rng = np.random.default_rng(seed)
    scale = (1 / np.sqrt(1 + np.arange(DIMENSIONS) / 12)).astype(np.float32)  # some sixty dimensions matter
    drawn = {part: np.sqrt(share) * scale for part, share in SHARES.items()}
    styles = rng.standard_normal((max(1, count // 50), DIMENSIONS), np.float32) * drawn["style"]

    def parts():
        for start in range(0, count, 2000):
            n = min(2000, count - start)
            middle = styles[rng.integers(len(styles), size=n)]
            middle = middle + drawn["song"] * rng.standard_normal((n, DIMENSIONS), np.float32)
            sections = drawn["section"] * rng.standard_normal((n, 4, DIMENSIONS), np.float32)
            changes = np.sort(rng.integers(SEGMENTS, size=(n, 7)), axis=1)
            now = (np.arange(SEGMENTS)[:, None] >= changes[:, None]).sum(axis=2)  # [n, 64], of eight stretches
            now = np.take_along_axis(rng.integers(4, size=(n, 8)), now, axis=1)
            rows = middle[:, None] + sections[np.arange(n)[:, None], now]
            rows += drawn["segment"] * rng.standard_normal(rows.shape, np.float32)
            yield (rows / np.linalg.norm(rows, axis=2, keepdims=True)).reshape(-1, DIMENSIONS)

    return write_rows(folder / "segments.npy", (count * SEGMENTS, DIMENSIONS), parts())


@click.command()
@click.option("--songs", "count", default=100_000, show_default=True)
@click.option("--out", required=True, type=click.Path(path_type=Path), help="A folder for what is written meanwhile.")
def main(count: int, out: Path) -> None:
    """Ask for moments of one to eight segments, and print one table."""
    out.mkdir(parents=True, exist_ok=True)
    segments = songs(count, out)
    starts = np.tile(np.arange(SEGMENTS, dtype=np.float32) * SECONDS, count)
    held = Passages(segments, starts, np.full(count, SEGMENTS), SECONDS)
    began = time.perf_counter()
    held.find(segments[:1].astype(np.float32), np.zeros(1), np.arange(count), K)
    click.echo(f"{count:,} songs, {len(segments):,} segments; the first question {time.perf_counter() - began:.1f} s")
    click.echo(
        "| segments of the moment | median ms | 90 % ms | exact ms | recall@10 | recall@20 |\n" + "|---" * 6 + "|"
    )
    rng, scanned = np.random.default_rng(1), passages.SCANNED
    for length in MOMENTS:
        took, exact, recall = [], [], []
        for song, at in zip(rng.integers(count, size=ASKED), rng.integers(SEGMENTS - length, size=ASKED), strict=True):
            row = song * SEGMENTS + at
            moment, offsets = segments[row : row + length].astype(np.float32), np.arange(length) * SECONDS
            asked = moment, offsets, np.delete(np.arange(count), song)
            passages.SCANNED = count  # which is all of them
            began = time.perf_counter()
            truth, _, _ = held.find(*asked, K)
            exact.append(1000 * (time.perf_counter() - began))
            passages.SCANNED = scanned
            held.find(*asked, 10 * K)  # pages in
            began = time.perf_counter()
            found, _, _ = held.find(*asked, 10 * K)
            took.append(1000 * (time.perf_counter() - began))
            recall.append([np.isin(truth[:k], found).mean() for k in (10, K)])
        ten, twenty = np.mean(recall, axis=0)
        click.echo(
            f"| {length} | {np.median(took):.1f} | {np.percentile(took, 90):.1f} | {np.median(exact):.0f} "
            f"| {ten:.3f} | {twenty:.3f} |"
        )
    (out / "segments.npy").unlink()


if __name__ == "__main__":
    main()
