"""Groups of songs that sound alike."""

import faiss
import numpy as np

SEED = 0
STARTS = 10  # k-means from so many starts; the tightest result is kept
TRIED_ON = 2000  # songs at most on which numbers of clusters are compared
NUMBERS = (2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 18, 21, 24, 27, 30)  # of clusters, compared when none is given
SMALLEST = 5  # songs a cluster on average, in these comparisons
STRUCTURE = 0.25  # silhouettes below it mean "no substantial structure" (Kaufman and Rousseeuw 1990)
HANDFUL = 5  # groups to divide music without structure into; the silhouette alone would nearly always say two


class ClustersError(Exception):
    """A number of clusters that cannot be."""


def cluster(vectors: np.ndarray, n: int | None = None) -> np.ndarray:
    """Divide songs into n groups by spherical k-means: int64 [songs], 0 for the largest group, then 1, and so on.

    `vectors` [songs, dim] are unit rows. More groups than songs, or than different songs, become as many as there are.
    None chooses the number whose groups are best separated by silhouette (Rousseeuw 1987): at most 30, five songs each
    on average. Where nothing separates them, at least a handful is made. Raises ClustersError for n < 1.
    """
    if n is not None and n < 1:
        raise ClustersError(f"songs cannot be divided into {n} clusters: ask for 1 or more")
    vectors = np.ascontiguousarray(vectors, np.float32)
    labels = _divide(vectors, _best_number(vectors) if n is None else n)
    values, first, members, sizes = np.unique(labels, return_index=True, return_inverse=True, return_counts=True)
    number = np.empty(len(values), np.int64)
    number[np.lexsort((first, -sizes))] = np.arange(len(values))
    return number[members]


def _divide(vectors: np.ndarray, n: int) -> np.ndarray:
    """The cluster of each song by k-means on the sphere, int64 [songs]; some of the n clusters may be empty."""
    n = min(n, len(vectors))
    if n < 2:
        return np.zeros(len(vectors), np.int64)
    kmeans = faiss.Kmeans(
        vectors.shape[1],
        n,
        spherical=True,
        nredo=STARTS,
        seed=SEED,
        min_points_per_centroid=1,
        init_method=faiss.ClusteringInitMethod_KMEANS_PLUS_PLUS,  # random starts put two into one of many small groups
    )
    kmeans.train(vectors)
    return kmeans.assign(vectors)[1]


def _best_number(vectors: np.ndarray) -> int:
    """The number of clusters with the best mean silhouette by cosine distance, found on a sample."""
    from sklearn.metrics import silhouette_score

    if len(vectors) < 4:
        return 1
    sample = vectors[np.linspace(0, len(vectors) - 1, min(len(vectors), TRIED_ON)).astype(int)]
    distances = np.clip(1 - sample @ sample.T, 0, 2)
    np.fill_diagonal(distances, 0)
    silhouettes = {}
    for n in [n for n in NUMBERS if n <= max(2, len(sample) // SMALLEST)]:
        labels = _divide(sample, n)
        if len(np.unique(labels)) > 1:
            silhouettes[n] = silhouette_score(distances, labels, metric="precomputed")
    if not silhouettes:  # all are the same song
        return 1
    if max(silhouettes.values()) < STRUCTURE:
        silhouettes = {n: s for n, s in silhouettes.items() if n >= min(HANDFUL, max(silhouettes))}
    return max(silhouettes, key=lambda n: silhouettes[n])
