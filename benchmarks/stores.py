"""What 100,000 song vectors cost in each store: memory, disk, building and asking; and what a million would."""

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import numpy as np

from benchmarks.search import songs as made_up
from index.faiss_index import FaissIndex
from index.milvus_index import MilvusIndex
from index.milvus_server import LONG, TOKEN, MilvusServer
from index.store import StoreError
from index.vectors import VectorIndex
from tests.milvus_server import PASSWORD, Server, binaries

SONGS, K, QUERIES = 100_000, 200, 200
MEGABYTE = 1e6


class Graph(MilvusIndex):
    """The same vectors under HNSW, which the product does not use."""

    def _nearest(
        self, queries: np.ndarray, k: int, share: float = 1.0, **options: Any
    ) -> tuple[np.ndarray, np.ndarray]:
        hits = self._ask("search", list(queries), limit=k, search_params={"params": {"ef": max(64, k)}})
        return np.array([each.ids for each in hits]), np.array([each.distances for each in hits])


def in_milvus(kind: str, vectors: np.ndarray, folder: Path) -> Iterator[tuple[str, float | VectorIndex]]:
    """Figures by name, and the index, of a server that holds nothing else."""
    server = Server(folder, binaries())
    server.start()
    try:
        asked = MilvusServer("127.0.0.1", server.port)
        asked.ask("list_collections")
        empty, bare = server.memory, size(folder)
        began = time.monotonic()
        index = MilvusIndex.build(asked, "songs", FaissIndex.build(vectors), "ear")
        yield "written and under IVF_FLAT in s", time.monotonic() - began
        if kind == "HNSW":
            began, before = time.monotonic(), size(folder)
            rebuilt(asked)
            yield "under HNSW in s", time.monotonic() - began
            yield "disk of the graph MB", (size(folder) - before) / MEGABYTE
            index = Graph(asked, "songs", len(vectors), vectors.shape[1], "ear")
        server.kill()
        began = time.monotonic()
        server.start()
        until(lambda: index.search(vectors[:1], 10))
        yield "back after kill -9 in s", time.monotonic() - began
        time.sleep(5)
        yield "memory MB", (server.memory - empty) / MEGABYTE
        yield "disk MB", (size(folder) - bare) / MEGABYTE
        yield "index", index
    finally:
        server.remove()


def rebuilt(asked: MilvusServer) -> None:
    """A graph in place of the lists."""
    from pymilvus import MilvusClient

    asked.ask("release_collection", "songs", timeout=LONG)
    asked.ask("drop_index", "songs", "vector", timeout=LONG)
    params = MilvusClient.prepare_index_params()
    params.add_index("vector", index_type="HNSW", metric_type="IP", params={"M": 16, "efConstruction": 200})
    asked.ask("create_index", "songs", params, timeout=LONG)
    asked.ask("load_collection", "songs", timeout=LONG)


def in_files(vectors: np.ndarray, folder: Path) -> Iterator[tuple[str, float | VectorIndex]]:
    """The same of FAISS, in this process: what is mapped of the file counts as its memory."""
    began = time.monotonic()
    FaissIndex.build(vectors).save(folder / "songs.faiss")
    yield "built in s", time.monotonic() - began
    index = FaissIndex.load(folder / "songs.faiss")
    yield "memory MB", (folder / "songs.faiss").stat().st_size / MEGABYTE
    yield "disk MB", (folder / "songs.faiss").stat().st_size / MEGABYTE
    yield "index", index


def asked_of(index: VectorIndex, vectors: np.ndarray) -> Iterator[tuple[str, float]]:
    """How long an answer takes, and how good it is."""
    queries = vectors[np.random.default_rng(1).integers(len(vectors), size=QUERIES)]
    best = np.argpartition(-(queries @ vectors.T), 10, axis=1)[:, :10]
    found = [index.search(query[None], 10)[0][0] for query in queries]
    yield "recall of 10", float(np.mean([len(set(a) & set(b)) / 10 for a, b in zip(found, best.tolist(), strict=True)]))
    half, tenth = np.arange(len(vectors)) % 2 == 0, np.arange(len(vectors)) < len(vectors) // 10
    yield f"{K} nearest in ms", milliseconds(lambda query: index.search(query, K), queries)
    yield "64 vectors in ms", milliseconds(lambda query: index.vectors(np.arange(64) * 1000), queries)
    yield f"{K} among every other song in ms", milliseconds(lambda query: index.search(query, K, half), queries)
    yield (
        f"{K} among one tenth, one group, in ms",
        milliseconds(lambda query: index.search(query, K, tenth), queries[:9]),
    )


def milliseconds(ask: Callable[[np.ndarray], object], queries: np.ndarray) -> float:
    """The median of what one takes."""
    spent = []
    for query in queries[:50]:
        began = time.perf_counter()
        ask(query[None])
        spent.append(time.perf_counter() - began)
    return float(np.median(spent) * 1000)


def until(done: Callable[[], object]) -> None:
    """Ask until there is an answer."""
    while True:
        try:
            done()
            return
        except StoreError:
            time.sleep(0.2)


def size(folder: Path) -> int:
    """Bytes of what a folder holds, logs aside."""
    files = [path for path in folder.rglob("*") if path.is_file() and "logs" not in path.parts]
    return sum(path.stat().st_blocks * 512 for path in files)


@click.command()
@click.argument("kinds", nargs=-1, type=click.Choice(["files", "IVF_FLAT", "HNSW"]))
def main(kinds: tuple[str, ...]) -> None:
    """Measure KINDS, one after the other."""
    os.environ[TOKEN] = PASSWORD
    vectors = made_up(SONGS)
    for kind in kinds:
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            (folder / kind).mkdir()
            told = in_files(vectors, folder) if kind == "files" else in_milvus(kind, vectors, folder / kind)
            for name, value in told:
                if isinstance(value, float | int):
                    a_million = f", a million songs: x 10 = {10 * value:,.0f}" if name.endswith("MB") else ""
                    click.echo(f"{kind}: {name} {value:.1f}{a_million}")
                else:
                    for what, figure in asked_of(value, vectors):
                        click.echo(f"{kind}: {what} {figure:.3f}")


if __name__ == "__main__":
    main()
