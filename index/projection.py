"""The map: every song a point in three dimensions, and in two, near to the songs it sounds like."""

import faiss
import numpy as np

PERPLEXITY = 30.0  # neighbours a song holds on to; a third of the others when there are fewer
TOO_FEW = 8  # songs; below this neighbours mean nothing, and the songs lie along their principal axes
LANDMARKS = 10_000  # songs that make the map; it costs the square of their number
SETTLING_STEPS = 25  # of all songs around the landmarks: more of them, and islands come apart
SETTLING_PERPLEXITY = 10.0  # neighbours a song then holds on to: its place among them is all that it still lacks
SMALL = 1e-4  # spread of the points a map starts from, so that clusters are free to pass each other
FLAT_STEPS = 300  # to a map in two dimensions from one in three: what is near is together already
TWIN = 1 - 1e-5  # above this cosine a new song is the song itself


def project(vectors: np.ndarray, seed: int = 0, before: np.ndarray | None = None) -> np.ndarray:
    """Lay `vectors` [n, dim], unit rows, out as a map: float32 [n, 3].

    The map is centred, and 95 of 100 songs lie within a radius of 1. It is a t-SNE started from the principal
    components; the seed jitters that start, and the same seed gives the same map. Of more than 10,000 songs so many,
    evenly spread, make the map; the others are placed on it, and then all settle among their neighbours. Fewer than 8
    songs get the principal components alone. A map there was `before`, [n, 3], is what it starts from instead: without
    early exaggeration, so that islands stay where they were while the songs on them find better places.
    """
    return _framed(_laid_out(vectors, seed, before))


def _laid_out(vectors: np.ndarray, seed: int, before: np.ndarray | None) -> np.ndarray:
    """The map as it comes out of the t-SNE, [n, 3]."""
    n = len(vectors)
    if n < TOO_FEW:
        return _principal(vectors)
    if n > LANDMARKS:
        landmarks = _landmarks(n)
        start = None if before is None else before[landmarks]
        return _settled(vectors, landmarks, _laid_out(vectors[landmarks], seed, start))
    from index.tsne import EARLY_STEPS, tsne  # compiles; whoever only places songs need not wait for it

    start = _principal(vectors) if before is None else before.astype(np.float64)
    start *= SMALL / (start.std(axis=0).max() or 1.0)
    start += np.random.default_rng(seed).normal(scale=1e-6, size=start.shape)  # twins, and axes nobody uses, must part
    perplexity = min(PERPLEXITY, (n - 1) / 3)
    return tsne(vectors, start, perplexity, early_steps=EARLY_STEPS if before is None else 0)


def flatten(vectors: np.ndarray, coordinates: np.ndarray) -> np.ndarray:
    """The map of `vectors` [n, dim] in two dimensions, that of `coordinates` [n, 3] laid flat: float32 [n, 2].

    It is framed as project() frames, and drawn from as many songs. It is a t-SNE that starts from the plane in which
    the map is widest and has no early exaggeration, so that islands stay beside those they were beside.
    """
    return _framed(_laid_flat(vectors, coordinates)[:, :2])


def _laid_flat(vectors: np.ndarray, coordinates: np.ndarray) -> np.ndarray:
    """The flat map as it comes out of the t-SNE, [n, 3], the third all the same."""
    n = len(vectors)
    if n < TOO_FEW:
        return _principal(coordinates)
    if n > LANDMARKS:
        landmarks = _landmarks(n)
        return _settled(vectors, landmarks, _laid_flat(vectors[landmarks], coordinates[landmarks]))
    from index.tsne import tsne

    start = _principal(coordinates)
    start[:, 2] = 0  # and there it stays
    start *= SMALL / (start.std(axis=0).max() or 1.0)
    return tsne(vectors, start, min(PERPLEXITY, (n - 1) / 3), FLAT_STEPS, early_steps=0)


def _landmarks(n: int) -> np.ndarray:
    return np.linspace(0, n - 1, LANDMARKS).astype(int)


def _settled(vectors: np.ndarray, landmarks: np.ndarray, layout: np.ndarray) -> np.ndarray:
    """All songs, [n, 3], on the map `layout` [landmarks, 3] of some of them."""
    from index.tsne import tsne

    start = place(vectors, vectors[landmarks], layout)
    return tsne(vectors, start, SETTLING_PERPLEXITY, SETTLING_STEPS, early_steps=0, landmarks=landmarks)


def plane(coordinates: np.ndarray) -> np.ndarray:
    """The map `coordinates` [n, 3] seen from where it is widest, framed: float32 [n, 2]."""
    return _framed(_principal(coordinates)[:, :2])


def place(vectors: np.ndarray, known: np.ndarray, coordinates: np.ndarray, k: int = 5) -> np.ndarray:
    """Where new songs stand on a map that is not to move, whatever its dimensions: float32 [m, dimensions].

    A new song of `vectors` [m, dim] stands at the mean of its k nearest among `known` [n, dim], weighted by cosine; one
    that is the very same as a known song stands where that song does. All are unit rows of one space; `coordinates`
    [n, dimensions] is the map of the known. On an empty map everything stands in the middle.
    """
    if len(known) == 0 or len(vectors) == 0:
        return np.zeros((len(vectors), coordinates.shape[1]), np.float32)
    new, old = (np.ascontiguousarray(rows, np.float32) for rows in (vectors, known))
    cosines, nearest = faiss.knn(new, old, min(k, len(old)), metric=faiss.METRIC_INNER_PRODUCT)  # [m, k]
    weights = np.maximum(cosines, 1e-6)  # songs that are opposite hardly count; if all are, they count the same
    weights[cosines[:, 0] > TWIN, 1:] = 0
    weights /= weights.sum(axis=1, keepdims=True)
    return (coordinates[nearest] * weights[:, :, None]).sum(axis=1).astype(np.float32)


def _principal(vectors: np.ndarray) -> np.ndarray:
    """The first three principal components, [n, 3]; zero where there are fewer."""
    components = np.zeros((len(vectors), 3))
    if len(vectors) > 1:
        centred = vectors - np.mean(vectors, axis=0, dtype=np.float64)
        axes = np.linalg.eigh(centred.T @ centred).eigenvectors[:, :-4:-1]  # [dim, 3], widest first
        axes *= np.sign(np.take_along_axis(axes, np.abs(axes).argmax(axis=0)[None], axis=0))
        components[:, : axes.shape[1]] = centred @ axes
    return components


def _framed(layout: np.ndarray) -> np.ndarray:
    """The layout centred and scaled, so that the 95th percentile of the radius is 1."""
    if len(layout) == 0:
        return layout.astype(np.float32)
    centred = layout - layout.mean(axis=0)
    radius = np.percentile(np.linalg.norm(centred, axis=1), 95)
    return (centred / (radius or 1.0)).astype(np.float32)
