"""A path from one song to another in small steps: the music turns into something else, and one hardly notices."""

from collections import Counter
from itertools import pairwise

import numpy as np

from index.filters import EVERYTHING, Sieve
from index.ranking import SAME_RECORDING, Rules
from index.vectors import VectorIndex

NEAR = 64  # songs looked at around each place on the way
HARSH = 4  # power of the angle of a step: the higher, the more the largest step alone decides
FORBIDDEN = 1e3  # what two songs by one artist in a row cost: more than any way around it
WORN = 1e2  # what a song of an earlier route costs


def find_path(
    a: int, b: int, index: VectorIndex, sieve: Sieve, rules: Rules, steps: int = 8, route: int = 0
) -> list[int]:
    """Songs from a to b, both included: `steps` of them, or fewer where there are too few songs.

    On the great circle from a to b stand steps - 2 places at even distances, and the songs nearest to them, as far as
    the rules allow, are those the path may take. In order of how far they are on the way they are dealt into as many
    layers, and of each layer the path takes one: so it always goes on towards b. Of all such paths it is the one with
    the smallest sum of its steps' angles to the fourth power, found by dynamic programming: one large step costs more
    than many small ones. No recording is played twice, and no artist twice in a row unless there is no other way.
    Route 0 is the best, 1 the best of other songs as far as there are any, and so on.
    """
    if a == b:
        return [a]
    layers = _layers(a, b, index, sieve, rules, steps - 2)
    worn: set[int] = set()
    for _ in range(route + 1):
        path = _within_limits(a, b, layers, worn, index, sieve, rules)
        worn |= set(path[1:-1])
    return path


def _layers(a: int, b: int, index: VectorIndex, sieve: Sieve, rules: Rules, count: int) -> list[np.ndarray]:
    """At most `count` layers of songs, those of each farther on the way from a to b than those of the one before."""
    ends = index.vectors(np.array([a, b]))
    if count < 1:
        return []
    share = np.linspace(0, 1, count + 2)[1:-1, None]
    angle = np.arccos(np.clip(ends[0] @ ends[1], -1, 1))
    places = np.sin((1 - share) * angle) * ends[0] + np.sin(share * angle) * ends[1]  # [count, dim], by slerp
    length = np.linalg.norm(places, axis=1, keepdims=True)
    places = np.divide(places, length, out=np.tile(ends[:1], (count, 1)), where=length > 1e-6)
    among = None if rules.filter == EVERYTHING else sieve.mask(rules.filter)
    near = np.unique(index.search(places, NEAR, among)[0])
    near = near[(near >= 0) & (near != a) & (near != b)]
    vectors = index.vectors(near)
    if rules.hide_duplicates:
        twins = np.triu(vectors @ vectors.T > SAME_RECORDING, 1).any(axis=0) | (vectors @ ends.T > SAME_RECORDING).any(
            axis=1
        )
        near, vectors = near[~twins], vectors[~twins]
    onward = vectors @ (ends[1] - ends[0])  # the same order as that of the angle along the great circle
    between = np.abs(onward) < 1 - ends[0] @ ends[1]  # which is how far on b is, and how far back a
    if between.sum() >= count:
        near, onward = near[between], onward[between]
    ordered = near[np.argsort(onward, kind="stable")]
    return [layer for layer in np.array_split(ordered, count) if len(layer)]


def _within_limits(
    a: int, b: int, layers: list[np.ndarray], worn: set[int], index: VectorIndex, sieve: Sieve, rules: Rules
) -> list[int]:
    """The smoothest path through the layers in which no artist stands more often than the rules allow."""
    while True:
        path = _smoothest(a, b, layers, worn, index, sieve, rules)
        if rules.per_artist is None:
            return path
        played = Counter(sieve.artists[song] for song in path if sieve.artists[song] >= 0)
        often = [artist for artist, times in played.items() if times > rules.per_artist]
        surplus = [song for song in path[1:-1] if sieve.artists[song] in often]
        if not surplus:
            return path
        # The layers lose this song and not its artist, who may stand better elsewhere on the way.
        layers = [layer[layer != surplus[-1]] for layer in layers]
        layers = [layer for layer in layers if len(layer)]


def _smoothest(
    a: int, b: int, layers: list[np.ndarray], worn: set[int], index: VectorIndex, sieve: Sieve, rules: Rules
) -> list[int]:
    """One song of each layer, between a and b, such that the steps cost least (Viterbi)."""
    stations = [np.array([a]), *layers, np.array([b])]
    cost, came = np.zeros(1), []
    for before, after in pairwise(stations):
        cosines = index.vectors(before) @ index.vectors(after).T
        step = np.arccos(np.clip(cosines, -1, 1)) ** HARSH  # [before, after]
        step += FORBIDDEN * _same(sieve.artists, before, after)
        if not rules.same_album:
            step += FORBIDDEN * _same(sieve.albums, before, after)
        step += WORN * np.isin(after, list(worn))
        total = cost[:, None] + step
        came.append(total.argmin(axis=0))
        cost = total.min(axis=0)
    at, path = 0, [b]
    for station, origin in zip(stations[-2::-1], came[::-1], strict=True):
        at = origin[at]
        path.append(int(station[at]))
    return path[::-1]


def _same(codes: np.ndarray, before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Which pairs have the same known code, bool [before, after]."""
    return (codes[before][:, None] == codes[after]) & (codes[after] >= 0)
