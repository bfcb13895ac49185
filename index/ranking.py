"""From the nearest vectors to the list a person wants: hubs held back, a recording once, the album and artist rules."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from index.filters import EVERYTHING, Filter, Sieve
from index.surprise import POOL, surprising
from index.vectors import VectorIndex

NEIGHBOURS = 10  # songs whose mean cosine says how crowded a place is; CSLS uses 10 too
SAME_RECORDING = 0.9995  # above this cosine two files hold the same recording
FIRST_LOOK = 200  # candidates of the first search; it widens when the rules leave too few
AHEAD = 64  # songs whose vectors are fetched at a time, as a list is drawn up
BLOCK = 4096  # songs searched at once, so that memory does not grow with the library


@dataclass(frozen=True)
class Match:
    """A song found, and how similar it is to what was asked."""

    id: int
    similarity: float  # -1..1; the cosine, with hubs held back unless the rules say otherwise


@dataclass(frozen=True)
class Rules:
    """What may stand in the list."""

    csls: bool = True  # hold back hubs: songs that are near to everything
    same_album: bool = True  # allow songs of the query's own album
    per_artist: int | None = None  # at most so many songs by one artist; None is no limit
    hide_duplicates: bool = True  # the same recording is listed once, and never beside its own query
    surprise: float = 0.0  # 0 lists the closest, 1 songs that are like it and yet from elsewhere: see surprise.py
    filter: Filter = EVERYTHING  # only songs that pass


def neighbourhood(vectors: np.ndarray, index: VectorIndex, k: int = NEIGHBOURS) -> np.ndarray:
    """How crowded the place of each song is: its mean cosine to its k nearest songs, itself left out.

    `vectors` [songs, dim] are the unit rows the index holds under the ids 0..songs-1. Gives float32 [songs], the r(x)
    of CSLS (Conneau et al. 2018, "Word translation without parallel data", section 2.3); 0 for a song that is alone.
    """
    crowding = np.zeros(len(vectors), np.float32)
    for start in range(0, len(vectors), BLOCK):
        block = vectors[start : start + BLOCK]
        ids, cosines = index.search(block, k + 1)  # [block, k + 1]
        itself = ids == np.arange(start, start + len(block))[:, None]
        order = np.argsort(itself, axis=1, kind="stable")[:, :k]  # itself goes last and falls out, or else the farthest
        found = np.take_along_axis((ids >= 0) & ~itself, order, axis=1)
        cosines = np.where(found, np.take_along_axis(cosines, order, axis=1), 0)
        crowding[start : start + len(block)] = cosines.sum(axis=1) / np.maximum(found.sum(axis=1), 1)
    return crowding


def rank(
    query: np.ndarray,
    index: VectorIndex,
    sieve: Sieve,
    neighbourhoods: np.ndarray,
    rules: Rules = Rules(),
    k: int = 20,
    asked: Sequence[int] = (),
    unwanted: Sequence[int] = (),
) -> list[Match]:
    """The k songs most like the query that the rules allow, best first; fewer where the library holds fewer.

    `query` [dim] is a unit row of the index's space. `neighbourhoods` [songs] comes from neighbourhood(). `asked` are
    the songs of the library that the query was made from, and `unwanted` those it was steered away from; neither are
    listed. The order is that of CSLS, 2 cos(q, x) - r(q) - r(x). People read the similarity beside the order, so it is
    the same thing on the cosine's scale: cos(q, x) - (r(x) - mean r) / 2, and 1 for the same recording. r(q) is the
    same for every candidate, so it is not computed.
    """
    among = None if rules.filter == EVERYTHING else sieve.mask(rules.filter)
    most = len(index) if among is None else int(among.sum())
    looked_at = max(FIRST_LOOK, 10 * k)
    while True:
        ids, cosines = index.search(query[None], looked_at, among)
        found = (ids[0] >= 0) & ~np.isin(ids[0], [*asked, *unwanted])
        ids, cosines = ids[0][found], cosines[0][found]
        similarity = cosines
        if rules.csls:
            crowding = neighbourhoods[ids] - neighbourhoods.mean()
            similarity = np.where(cosines > SAME_RECORDING, 1, cosines - crowding / 2)
        matches = choose(ids, similarity, index, sieve, rules, k, asked, unwanted)
        if len(matches) == k or looked_at >= most:
            return matches
        looked_at *= 8


def choose(
    ids: np.ndarray,
    similarity: np.ndarray,
    index: VectorIndex,
    sieve: Sieve,
    rules: Rules = Rules(),
    k: int = 20,
    asked: Sequence[int] = (),
    unwanted: Sequence[int] = (),
) -> list[Match]:
    """Of the songs `ids` [n], as similar as `similarity` [n] says, the k best that the rules allow, best first.

    `asked` and `unwanted` are as in rank(); here it is the caller who does not name them among the ids.
    """
    order = np.argsort(-similarity, kind="stable")
    order = order[_allowed(ids, sieve, rules, asked)[order]]
    known = index.vectors(np.array([*asked, *unwanted], int))
    if not rules.surprise:
        return _listed(ids[order], similarity[order], index, sieve.artists, rules, k, known)
    pool = _listed(ids[order], similarity[order], index, sieve.artists, rules, POOL * k, known)
    songs, likeness = np.array([match.id for match in pool], int), np.array([match.similarity for match in pool])
    home = sieve.shared(songs, list(asked) or songs[:1].tolist())
    passing = int(sieve.mask(rules.filter).sum())
    return [pool[at] for at in surprising(index.vectors(songs), likeness, home, rules.surprise, k, passing)]


def _allowed(ids: np.ndarray, sieve: Sieve, rules: Rules, asked: Sequence[int]) -> np.ndarray:
    """Which songs the rules about one song alone let through, bool [songs]."""
    allowed = np.ones(len(ids), bool) if rules.filter == EVERYTHING else sieve.mask(rules.filter)[ids]
    if not rules.same_album:
        albums = sieve.albums[list(asked)]
        allowed &= ~np.isin(sieve.albums[ids], albums[albums >= 0])
    return allowed


def _listed(
    ids: np.ndarray,
    similarities: np.ndarray,
    index: VectorIndex,
    artists: np.ndarray,
    rules: Rules,
    k: int,
    known: np.ndarray,
) -> list[Match]:
    """The first k songs, best first, that the rules let stand beside those already listed and the recordings known."""
    matches: list[Match] = []
    recordings = np.concatenate([known, np.empty((k, index.dimensions), np.float32)])
    held = len(known)
    by_artist: Counter[int] = Counter()
    vectors = chain.from_iterable(index.vectors(ids[at : at + AHEAD]) for at in range(0, len(ids), AHEAD))
    for candidate, similarity, vector in zip(ids.tolist(), similarities.tolist(), vectors, strict=True):
        if len(matches) == k:
            break
        artist = int(artists[candidate])
        if rules.per_artist is not None and artist >= 0 and by_artist[artist] >= rules.per_artist:
            continue
        if rules.hide_duplicates:
            if held and (recordings[:held] @ vector).max() > SAME_RECORDING:
                continue
            recordings[held], held = vector, held + 1
        by_artist[artist] += 1
        matches.append(Match(candidate, min(1.0, max(-1.0, similarity))))
    return matches
