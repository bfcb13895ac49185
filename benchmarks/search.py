"""Our index beside usearch and hnswlib: recall, latency, build time and bytes, on the same made-up songs, in one run.

python -m benchmarks.search --songs 1000000 --out DIR          needs: pip install usearch hnswlib
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click
import faiss
import numpy as np

from index.faiss_index import FaissIndex

DIMENSIONS = 256
SONGS_PER_STYLE = 50  # songs that were made around one point
SPREAD = 1.0  # of a song around its style, as a multiple of the style's own length: neighbours at a cosine of about .5
K = 10


@dataclass(frozen=True)
class Opened:
    """An index on disk, opened: search(query [dim]) gives the ids [k] of the nearest, nearest first."""

    search: Callable[[np.ndarray], np.ndarray]
    seconds: float  # to open it


@dataclass(frozen=True)
class Row:
    """What was measured of one index."""

    name: str
    recall: float  # share of the exact ten nearest that are among its ten
    median: float  # ms a query, one at a time
    slowest: float  # ms, 99th percentile
    opened: float  # ms to open it from disk
    built: float  # core-seconds
    size: int  # bytes on disk


def songs(count: int, seed: int = 0) -> np.ndarray:
    """Unit vectors [count, 256] as a library holds them: styles of some 50 songs, and styles that lie near others."""
    rng = np.random.default_rng(seed)
    styles = rng.standard_normal((max(1, count // SONGS_PER_STYLE), DIMENSIONS), np.float32)
    families = rng.standard_normal((max(1, len(styles) // 40), DIMENSIONS), np.float32)
    styles += families[rng.integers(len(families), size=len(styles))]
    made = np.empty((count, DIMENSIONS), np.float32)
    for start in range(0, count, 100_000):
        block = made[start : start + 100_000]
        block[:] = styles[rng.integers(len(styles), size=len(block))] / np.sqrt(2)
        block += SPREAD * rng.standard_normal(block.shape, np.float32)
        block /= np.linalg.norm(block, axis=1, keepdims=True)
    return made


def ours(vectors: np.ndarray, path: Path) -> Callable[[], Opened]:
    """The index of a library: exact while small, lists of eight-bit numbers when large; opened by memory map."""
    FaissIndex.build(vectors).save(path)

    def opened() -> Opened:
        began = time.perf_counter()
        index = FaissIndex.load(path)
        return Opened(lambda query: index.search(query[None], K)[0][0], time.perf_counter() - began)

    return opened


def exact(vectors: np.ndarray, path: Path) -> Callable[[], Opened]:
    """FAISS' plain product with every vector: the limit of what can be found."""
    index = faiss.IndexFlatIP(DIMENSIONS)
    index.add(vectors)
    faiss.write_index(index, str(path))

    def opened() -> Opened:
        began = time.perf_counter()
        loaded = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
        return Opened(lambda query: loaded.search(query[None], K)[1][0], time.perf_counter() - began)

    return opened


def usearch(vectors: np.ndarray, path: Path) -> Callable[[], Opened]:
    """A graph of half-precision vectors, with the settings its authors give."""
    from usearch.index import Index

    index = Index(ndim=DIMENSIONS, metric="ip", dtype="f16")
    index.add(np.arange(len(vectors)), vectors)
    index.save(str(path))

    def opened() -> Opened:
        began = time.perf_counter()
        viewed = Index.restore(str(path), view=True)
        assert viewed is not None
        return Opened(lambda query: viewed.search(query, K).keys, time.perf_counter() - began)

    return opened


def hnswlib(vectors: np.ndarray, path: Path) -> Callable[[], Opened]:
    """A graph of single-precision vectors: M 16, ef 200 while it is built and 100 while it is searched."""
    import hnswlib as library

    index = library.Index("ip", DIMENSIONS)
    index.init_index(len(vectors), ef_construction=200, M=16)
    index.add_items(vectors)
    index.save_index(str(path))

    def opened() -> Opened:
        began = time.perf_counter()
        loaded = library.Index("ip", DIMENSIONS)
        loaded.load_index(str(path))
        loaded.set_ef(100)
        return Opened(lambda query: loaded.knn_query(query[None], K)[0][0], time.perf_counter() - began)

    return opened


INDEXES = {"exact": exact, "ours": ours, "usearch": usearch, "hnswlib": hnswlib}


def measure(name: str, vectors: np.ndarray, queries: np.ndarray, truth: np.ndarray, folder: Path) -> Row:
    """Build, save, open and ask one index."""
    path = folder / f"{name}.index"
    began = time.process_time()
    reopen = INDEXES[name](vectors, path)
    built = time.process_time() - began
    opened = reopen()
    for query in queries[:20]:  # the first pages in
        opened.search(query)
    found, took = [], []
    for query in queries:
        began = time.perf_counter()
        found.append(opened.search(query))
        took.append(1000 * (time.perf_counter() - began))
    recall = float(
        np.mean([len(set(a) & set(b)) / K for a, b in zip(np.array(found).tolist(), truth.tolist(), strict=True)])
    )
    size = path.stat().st_size
    path.unlink()
    return Row(name, recall, float(np.median(took)), float(np.percentile(took, 99)), 1000 * opened.seconds, built, size)


def table(rows: list[Row]) -> str:
    """The rows as Markdown; milliseconds a query also as a ratio to the exact search of the same run."""
    limit = next((row.median for row in rows if row.name == "exact"), rows[0].median)
    lines = [
        "| | recall@10 | median ms | × exact | 99 % ms | opened ms | built core-s | bytes a song |",
        "|---" * 8 + "|",
    ]
    songs = rows[0].size / (4 * DIMENSIONS)
    return "\n".join(
        lines
        + [
            f"| {row.name} | {row.recall:.3f} | {row.median:.2f} | {row.median / limit:.3f} | {row.slowest:.2f} "
            f"| {row.opened:.0f} | {row.built:.0f} | {row.size / songs:.0f} |"
            for row in rows
        ]
    )


@click.command()
@click.option("--songs", "count", default=1_000_000, show_default=True)
@click.option("--queries", "asked", default=500, show_default=True)
@click.option("--only", default=",".join(INDEXES), show_default=True, help="Some of them, exact first.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="A folder for what is written meanwhile.")
def main(count: int, asked: int, only: str, out: Path) -> None:
    """Build each index of the same songs, ask each the same questions one at a time, and print one table."""
    out.mkdir(parents=True, exist_ok=True)
    made = songs(count + asked)
    vectors, queries = made[:count], made[count:]
    flat = faiss.IndexFlatIP(DIMENSIONS)
    flat.add(vectors)
    _, truth = flat.search(queries, K)  # [queries, k]
    del flat
    rows = []
    for name in only.split(","):
        click.echo(f"{name} …", err=True)
        rows.append(measure(name, vectors, queries, truth, out))
        click.echo(table(rows) if name == only.split(",")[-1] else f"{rows[-1]}", err=name != only.split(",")[-1])


if __name__ == "__main__":
    main()
