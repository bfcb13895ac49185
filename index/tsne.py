"""t-SNE in three dimensions with exact repulsion between every pair of points, compiled by numba.

Barnes-Hut trees approximate the repulsion, and in three dimensions cost more than they save below some 20,000 points:
the plain sum over all pairs fills the processor's vector units and leaves nothing to approximate.

van der Maaten and Hinton 2008, "Visualizing data using t-SNE" (the method, its gradient, momentum and gains);
van der Maaten 2014, "Accelerating t-SNE using tree-based algorithms" (affinities among 3 x perplexity neighbours);
Kobak and Berens 2019, "The art of using t-SNE for single-cell transcriptomics" (a start from PCA);
Belkina et al. 2019, "Automated optimized parameters for t-SNE" (a learning rate that grows with the number of points).
"""

from collections.abc import Callable
from typing import Any

import faiss
import numba
import numpy as np

from index.faiss_index import FaissIndex

STEPS = 750
EARLY_STEPS = 250  # of these, in which the attraction is exaggerated, so that clusters find together
EXAGGERATION = 12.0
MOMENTUM_EARLY, MOMENTUM = 0.5, 0.8
SMALLEST_RATE = 50.0  # learning rate; otherwise points / EXAGGERATION
SMALLEST_GAIN = 0.01
BISECTIONS = 60  # halvings of the search for each point's bandwidth


def tsne(
    vectors: np.ndarray,
    start: np.ndarray,
    perplexity: float,
    steps: int = STEPS,
    early_steps: int = EARLY_STEPS,
    landmarks: np.ndarray | None = None,
) -> np.ndarray:
    """Lay out `vectors` [n, dim] from the coordinates `start` [n, 3] so that near neighbours stay near: float32 [n, 3].

    A start whose third coordinate is zero stays in that plane: nothing pulls or pushes out of it, and the layout is
    one in two dimensions. In the early ones of the steps attraction is exaggerated. The perplexity is the number of
    neighbours each point holds on to; it must lie above 1 and at or below (n - 1) / 3. Every sum over points is taken
    in order by one thread, so the result does not depend on the number of threads.
    Of many points some `landmarks`, rows evenly spread, may stand for all in pushing the others away: the cost is then
    that of their number times n, and the neighbours of unit vectors are found approximately.
    """
    nearest = _nearest if landmarks is None else _nearly_nearest
    neighbours, distances = nearest(np.ascontiguousarray(vectors, np.float32), round(3 * perplexity))
    first, other, affinity = _symmetric(neighbours, _affinities(distances, perplexity))
    position = np.ascontiguousarray(start.T, np.float32)  # [3, n]
    pull, push, weight = np.empty_like(position), np.empty_like(position), np.empty(position.shape[1], np.float32)
    step, gain = np.zeros_like(position), np.ones_like(position)
    rate = max(position.shape[1] / EXAGGERATION, SMALLEST_RATE)
    for iteration in range(steps):
        early = iteration < early_steps
        _attract(position, first, other, affinity, pull)
        pushing = position if landmarks is None else np.ascontiguousarray(position[:, landmarks])
        _repel(position, pushing, push, weight)
        total = weight.sum(dtype=np.float64) - pushing.shape[1]  # without the weight of each against itself
        gradient = 4 * ((EXAGGERATION if early else 1.0) * pull - push / total)
        gain = np.maximum(np.where(step * gradient > 0, gain * 0.8, gain + 0.2), SMALLEST_GAIN)
        step = (MOMENTUM_EARLY if early else MOMENTUM) * step - rate * gain * gradient
        position += step.astype(np.float32)
    return position.T.copy()


def _nearest(vectors: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """The k nearest other points of each, [n, k], and their squared distances [n, k], nearest first."""
    index = faiss.IndexFlatL2(vectors.shape[1])
    index.add(vectors)
    distances, neighbours = index.search(vectors, k + 1)
    # The first is the point itself, or a twin in its stead: then the point stays in the list, and does not pull itself.
    return neighbours[:, 1:], np.maximum(distances[:, 1:], 0).astype(np.float64)


def _nearly_nearest(vectors: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """The same of many unit vectors, all but a few of them the nearest."""
    neighbours, cosines = FaissIndex.build(vectors, exact=False).search(vectors, k + 1)
    missing, itself = neighbours < 0, np.arange(len(vectors))[:, None]
    distances = np.where(missing, 4, 2 - 2 * cosines)
    return np.where(missing, itself, neighbours)[:, 1:], np.maximum(distances[:, 1:], 0).astype(np.float64)


def _affinities(distances: np.ndarray, perplexity: float) -> np.ndarray:
    """p(j|i) of each point's neighbours, [n, k]: a Gaussian as wide as gives it the perplexity asked for."""
    excess = distances - distances[:, :1]  # the nearest neighbour weighs 1: nothing underflows
    precision = 1 / np.maximum(excess.mean(axis=1), np.finfo(np.float32).tiny)
    lowest, highest = np.zeros_like(precision), np.full_like(precision, np.inf)
    for _ in range(BISECTIONS):
        weights = np.exp(-excess * precision[:, None])
        total = weights.sum(axis=1)
        entropy = np.log(total) + precision * (excess * weights).sum(axis=1) / total
        too_wide = entropy > np.log(perplexity)
        lowest, highest = np.where(too_wide, precision, lowest), np.where(too_wide, highest, precision)
        precision = np.where(np.isinf(highest), lowest * 2, (lowest + highest) / 2)
    return weights / total[:, None]


def _symmetric(neighbours: np.ndarray, conditional: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The pairs that attract, sorted by point: where each point's begin [n + 1], the other points, and p(i, j).

    A pair of mutual neighbours stands there twice, once for p(j|i) and once for p(i|j): the sum is what counts.
    """
    n, k = neighbours.shape
    mine, theirs = np.repeat(np.arange(n), k), neighbours.ravel()
    point, other = np.concatenate([mine, theirs]), np.concatenate([theirs, mine])
    affinity = np.concatenate([conditional.ravel(), conditional.ravel()]) / (2 * n)
    order = np.lexsort((other, point))
    first = np.searchsorted(point[order], np.arange(n + 1))
    return first, other[order].astype(np.int32), affinity[order].astype(np.float32)


def _compiled(function: Callable[..., None]) -> Any:
    """The function compiled, and kept compiled on disk where there is a place that may be written."""
    try:
        return numba.njit(parallel=True, fastmath=True, cache=True)(function)
    except RuntimeError:  # neither the package's folder nor the user's cache can be written
        return numba.njit(parallel=True, fastmath=True)(function)


@_compiled
def _attract(
    position: np.ndarray, first: np.ndarray, other: np.ndarray, affinity: np.ndarray, pull: np.ndarray
) -> None:
    """Sum over the pairs of each point i p(i, j) (y_i - y_j) / (1 + |y_i - y_j|^2), into `pull` [3, n]."""
    x, y, z = position[0], position[1], position[2]  # numba vectorises this, not an unpacking
    zero, one = np.float32(0), np.float32(1)
    for i in numba.prange(len(x)):
        pull_x, pull_y, pull_z = zero, zero, zero
        for pair in range(first[i], first[i + 1]):
            j = other[pair]
            dx, dy, dz = x[i] - x[j], y[i] - y[j], z[i] - z[j]
            w = affinity[pair] / (one + dx * dx + dy * dy + dz * dz)
            pull_x += w * dx
            pull_y += w * dy
            pull_z += w * dz
        pull[0, i], pull[1, i], pull[2, i] = pull_x, pull_y, pull_z


@_compiled
def _repel(position: np.ndarray, pushing: np.ndarray, push: np.ndarray, weight: np.ndarray) -> None:
    """Sum over the points `pushing` [3, m] w^2 (y_i - y_j) into `push` [3, n] and w into `weight` [n].

    w = 1 / (1 + |y_i - y_j|^2).
    """
    x, y, z = position[0], position[1], position[2]  # numba vectorises this, not an unpacking
    away_x, away_y, away_z = pushing[0], pushing[1], pushing[2]
    zero, one = np.float32(0), np.float32(1)
    for i in numba.prange(len(x)):
        xi, yi, zi = x[i], y[i], z[i]
        push_x, push_y, push_z, total = zero, zero, zero, zero
        for j in range(len(away_x)):
            dx, dy, dz = xi - away_x[j], yi - away_y[j], zi - away_z[j]
            w = one / (one + dx * dx + dy * dy + dz * dz)
            total += w
            w *= w
            push_x += w * dx
            push_y += w * dy
            push_z += w * dz
        push[0, i], push[1, i], push[2, i] = push_x, push_y, push_z
        weight[i] = total
