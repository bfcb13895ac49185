"""The 3-D map beside openTSNE, UMAP and scikit-learn: core-seconds and neighbours kept, on the same songs, in one run.

python -m benchmarks.map --songs 5000 [--only ours,umap]      peers: pip install opentsne umap-learn
"""

import os
import time
from collections.abc import Callable

import click
import faiss
import numpy as np

from benchmarks.search import songs
from index.projection import project

K = 10


def ours(vectors: np.ndarray) -> np.ndarray:
    """The map of a library."""
    return project(vectors)


def opentsne(vectors: np.ndarray) -> np.ndarray:
    """openTSNE's Barnes-Hut trees; its Fourier transform knows no third dimension."""
    from openTSNE import TSNE

    return np.asarray(TSNE(3, negative_gradient_method="bh", n_jobs=os.cpu_count(), random_state=0).fit(vectors))


def umap(vectors: np.ndarray) -> np.ndarray:
    """umap-learn, fifteen neighbours, as it comes."""
    from umap import UMAP

    return UMAP(n_components=3, metric="cosine", random_state=0, n_jobs=1).fit_transform(vectors)


def sklearn(vectors: np.ndarray) -> np.ndarray:
    """scikit-learn's Barnes-Hut t-SNE."""
    from sklearn.manifold import TSNE

    return TSNE(3, init="pca", n_jobs=os.cpu_count(), random_state=0).fit_transform(vectors)


MAPS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "ours": ours, "opentsne": opentsne, "umap": umap, "sklearn": sklearn,
}  # fmt: skip


def kept(vectors: np.ndarray, layout: np.ndarray, asked: int = 2000) -> float:
    """The share of each song's ten nearest that are among its ten nearest on the map, over some songs."""
    rows = np.linspace(0, len(vectors) - 1, min(asked, len(vectors))).astype(int)
    near = [nearest(np.ascontiguousarray(space, np.float32), rows) for space in (vectors, layout)]
    return float(np.mean([len(set(a) & set(b)) / K for a, b in zip(*(found.tolist() for found in near), strict=True)]))


def nearest(space: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """The ten nearest others of some rows, [rows, 10]."""
    _, found = faiss.knn(space[rows], space, K + 1)
    return found[:, 1:]


@click.command()
@click.option("--songs", "count", default=5000, show_default=True)
@click.option("--only", default=",".join(MAPS), show_default=True)
def main(count: int, only: str) -> None:
    """Draw the same made-up songs with each, and print one table; ratios are to ours."""
    vectors = songs(count)
    ours(vectors[:200])  # compiled once, and kept
    rows = []
    for name in only.split(","):
        began, wall = time.process_time(), time.perf_counter()
        layout = MAPS[name](vectors)
        rows.append((name, time.process_time() - began, time.perf_counter() - wall, kept(vectors, layout)))
    click.echo(f"| {count:,} songs | core-s | × ours | wall s | 10-NN kept |\n|---|---|---|---|---|")
    for name, core, seconds, share in rows:
        click.echo(f"| {name} | {core:.0f} | {core / rows[0][1]:.1f} | {seconds:.0f} | {share:.2f} |")
    if len(rows) > 1 and rows[0][0] == "ours":
        again = np.array_equal(ours(vectors), ours(vectors)) if count <= 5000 else None
        click.echo("" if again is None else f"The same songs give the same map twice: {'yes' if again else 'NO'}.")


if __name__ == "__main__":
    main()
