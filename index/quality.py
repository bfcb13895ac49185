"""How good vectors are, in figures: their neighbours, hubs, map and clusters. It measures, and never listens."""

from dataclasses import dataclass
from itertools import combinations
from typing import Self

import numpy as np
import pandas as pd

from index.clusters import cluster
from index.faiss_index import FaissIndex
from index.ranking import NEIGHBOURS, SAME_RECORDING, neighbourhood

MOST_ASKED = 10_000  # songs, evenly spread: ten thousand answers say what a million would
MOST_ON_MAP = 4000  # songs, evenly spread: trustworthiness ranks all pairs at once
BLOCK = 512  # songs ranked at once, so that memory does not grow with the library
SUBSAMPLES = 10  # clusterings compared with each other
SHARE = 0.8  # of the songs in each of them


@dataclass(frozen=True)
class Space:
    """Songs as a library ranks them."""

    vectors: np.ndarray  # [songs, dim] whitened, unit rows
    crowding: np.ndarray  # [songs], by ranking.neighbourhood()

    @classmethod
    def of(cls, vectors: np.ndarray) -> Self:
        """The space of whitened vectors [songs, dim]."""
        return cls(vectors, neighbourhood(vectors, FaissIndex.build(vectors)))

    def __len__(self) -> int:
        return len(self.vectors)

    def similarities(self, queries: np.ndarray) -> np.ndarray:
        """Of each query [q, dim] with each song, hubs held back as in ranking.rank() (CSLS): [q, songs]."""
        return queries @ self.vectors.T - (self.crowding - self.crowding.mean()) / 2


def distinct(vectors: np.ndarray) -> np.ndarray:
    """Which songs are not the recording of an earlier one, bool [songs]: neighbours so easy to find prove nothing."""
    new = np.ones(len(vectors), bool)
    for start in range(0, len(vectors), BLOCK):
        rows = np.arange(start, min(start + BLOCK, len(vectors)))
        same = vectors[rows] @ vectors.T > SAME_RECORDING
        new[rows] = ~(same & (np.arange(len(vectors)) < rows[:, None])).any(axis=1)
    return new


def chance(groups: np.ndarray) -> float:
    """The P@1 of neighbours drawn by lot, over the songs that have mates in their group [songs]."""
    _, members, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    mates = sizes[members] - 1
    return float(mates[mates > 0].mean() / (len(groups) - 1)) if mates.any() else 0.0


def retrieval(space: Space, groups: np.ndarray, albums: np.ndarray | None = None) -> pd.DataFrame:
    """How well each song's ranking of all others brings its own group [songs] to the top: a row a song asked.

    p1 and p5: the share of the first 1 and 5 that are of its group; mean_ap: the average precision of the whole
    ranking. The index holds the rows of the songs asked; a song without mates is not asked, yet stands in the others'
    way. With `albums` [songs], songs of the asked one's own album are left out; "" is no album.
    """
    _, groups = np.unique(groups, return_inverse=True)
    asked = np.flatnonzero(np.bincount(groups)[groups] > 1)
    asked = asked[np.linspace(0, len(asked) - 1, min(len(asked), MOST_ASKED)).astype(int)]
    parts = []
    for start in range(0, len(asked), BLOCK):
        rows = asked[start : start + BLOCK]
        similarity = space.similarities(space.vectors[rows])  # [block, songs]
        barred = np.arange(len(space)) == rows[:, None]
        if albums is not None:
            barred |= (albums == albums[rows, None]) & (albums[rows, None] != "")
        similarity[barred] = -np.inf
        mates = (groups == groups[rows, None]) & ~barred
        hits = np.take_along_axis(mates, np.argsort(-similarity, axis=1, kind="stable"), axis=1)
        precision = hits.cumsum(axis=1) / np.arange(1, len(space) + 1)
        with_mates = hits.any(axis=1)
        figures = {
            "p1": hits[:, 0].astype(float),
            "p5": hits[:, :5].sum(axis=1) / 5,
            "mean_ap": (hits * precision).sum(axis=1) / np.maximum(hits.sum(axis=1), 1),
        }
        parts.append(pd.DataFrame(figures, rows)[with_mates])
    return pd.concat(parts) if parts else pd.DataFrame(columns=["p1", "p5", "mean_ap"], dtype=float)


def found_first(space: Space, queries: np.ndarray, songs: np.ndarray) -> np.ndarray:
    """Whether the song that ranks first for each query [q, dim] is the right one, songs [q]: bool [q]."""
    right = np.zeros(len(queries), bool)
    for start in range(0, len(queries), BLOCK):
        block = slice(start, start + BLOCK)
        right[block] = space.similarities(queries[block]).argmax(axis=1) == songs[block]
    return right


def hubness(space: Space, k: int = NEIGHBOURS) -> dict[str, float]:
    """Over N_k, how often a song stands in the others' first k: its skewness, its largest, and the share of zeros.

    Radovanovic et al. 2010, "Hubs in space". Without hubs the skewness is near 0.
    """
    from scipy.stats import skew

    k = min(k, len(space) - 1)
    times = np.zeros(len(space), np.int64)
    for start in range(0, len(space), BLOCK):
        rows = np.arange(start, min(start + BLOCK, len(space)))
        similarity = space.similarities(space.vectors[rows])
        similarity[np.arange(len(rows)), rows] = -np.inf
        nearest = np.argpartition(-similarity, k - 1, axis=1)[:, :k]
        times += np.bincount(nearest.ravel(), minlength=len(space))
    skewness = float(skew(times)) if np.ptp(times) else 0.0
    return {"n10_skew": skewness, "n10_largest": float(times.max()), "n10_orphans": float((times == 0).mean())}


def on_map(vectors: np.ndarray, coordinates: np.ndarray, k: int = NEIGHBOURS) -> tuple[float, np.ndarray, np.ndarray]:
    """What a map [songs, 3] keeps of vectors [songs, dim]: trustworthiness; share of k neighbours kept, and whose.

    Trustworthiness (Venna and Kaski 2001) falls when songs stand together that do not sound alike. The share is given
    for each of the rows in the last array. Three songs or more are needed.
    """
    from sklearn.manifold import trustworthiness
    from sklearn.neighbors import NearestNeighbors

    rows = np.linspace(0, len(vectors) - 1, min(len(vectors), MOST_ON_MAP)).astype(int)
    vectors, coordinates = vectors[rows], coordinates[rows]
    k = min(k, (len(rows) - 1) // 2)
    heard, shown = (NearestNeighbors(n_neighbors=k).fit(space).kneighbors()[1] for space in (vectors, coordinates))
    kept = (heard[:, :, None] == shown[:, None, :]).any(axis=2).mean(axis=1)
    return float(trustworthiness(vectors, coordinates, n_neighbors=k)), kept, rows


def agreement(clusters: np.ndarray, groups: np.ndarray) -> float:
    """Adjusted mutual information of clusters with groups, both [songs]: 0 by chance, 1 when they are the same."""
    from sklearn.metrics import adjusted_mutual_info_score

    return float(adjusted_mutual_info_score(groups, clusters))


def stability(vectors: np.ndarray, n: int, seed: int = 0) -> float:
    """Whether n clusters would be the same with other songs: the mean adjusted Rand index between subsamples.

    Each clusters four fifths of vectors [songs, dim], and two are compared on the songs they share (Ben-Hur et al.
    2002, "A stability based method for discovering structure in clustered data"). 0 by chance, 1 when always the same.
    """
    from sklearn.metrics import adjusted_rand_score

    rng = np.random.default_rng(seed)
    labels = np.full((SUBSAMPLES, len(vectors)), -1)
    for row in labels:
        chosen = rng.permutation(len(vectors))[: max(1, int(SHARE * len(vectors)))]
        row[chosen] = cluster(vectors[chosen], n)
    pairs = [(a[both], b[both]) for a, b in combinations(labels, 2) if (both := (a >= 0) & (b >= 0)).any()]
    return float(np.mean([adjusted_rand_score(a, b) for a, b in pairs]))
