"""From the nearest vectors to the list a person wants: hubs held back, a recording once, the album and artist rules."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd

from index.vectors import VectorIndex

NEIGHBOURS = 10  # songs whose mean cosine says how crowded a place is; CSLS uses 10 too
SAME_RECORDING = 0.9995  # above this cosine two files hold the same recording
FIRST_LOOK = 200  # candidates of the first search; it widens when the rules leave too few
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
    clusters: frozenset[int] | None = None  # only these clusters; None is all
    only: frozenset[int] | None = None  # only these songs; None is all


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
    songs: pd.DataFrame,
    neighbourhoods: np.ndarray,
    rules: Rules = Rules(),
    k: int = 20,
    song: int | None = None,
) -> list[Match]:
    """The k songs most like the query that the rules allow, best first; fewer where the library holds fewer.

    `query` [dim] is a unit row of the index's space. `songs` has one row a song in id order, with the columns artist,
    albumartist, album and cluster. `neighbourhoods` [songs] comes from neighbourhood(). `song` is the query's id where
    it stands in the library; it is never listed. The order is that of CSLS, 2 cos(q, x) - r(q) - r(x). People read the
    similarity beside the order, so it is the same thing on the cosine's scale: cos(q, x) - (r(x) - mean r) / 2, and 1
    for the same recording. r(q) is the same for every candidate, so it is not computed.
    """
    looked_at = max(FIRST_LOOK, 10 * k)
    while True:
        ids, cosines = index.search(query[None], looked_at)
        found = (ids[0] >= 0) & (ids[0] != song)
        ids, cosines = ids[0][found], cosines[0][found]
        similarity = cosines
        if rules.csls:
            crowding = neighbourhoods[ids] - neighbourhoods.mean()
            similarity = np.where(cosines > SAME_RECORDING, 1, cosines - crowding / 2)
        matches = choose(ids, similarity, index, songs, rules, k, song)
        if len(matches) == k or looked_at >= len(index):
            return matches
        looked_at *= 8


def choose(
    ids: np.ndarray,
    similarity: np.ndarray,
    index: VectorIndex,
    songs: pd.DataFrame,
    rules: Rules = Rules(),
    k: int = 20,
    song: int | None = None,
) -> list[Match]:
    """Of the songs `ids` [n], as similar as `similarity` [n] says, the k best that the rules allow, best first.

    `songs` and `song` are as in rank().
    """
    order = np.argsort(-similarity, kind="stable")
    order = order[_allowed(ids, songs, rules, song)[order]]
    known = [] if song is None else [index.vector(song)]
    return _listed(ids[order], similarity[order], index, songs["artist"], rules, k, known)


def _allowed(ids: np.ndarray, songs: pd.DataFrame, rules: Rules, song: int | None) -> np.ndarray:
    """Which songs the rules about one song alone let through, bool [songs]."""
    allowed = np.ones(len(ids), bool)
    if rules.clusters is not None:
        allowed &= songs["cluster"].take(ids).isin(rules.clusters).to_numpy()
    if rules.only is not None:
        allowed &= np.isin(ids, list(rules.only))
    if not rules.same_album and song is not None and songs["album"].iat[song]:
        asked_and_found = songs[["album", "artist", "albumartist"]].take([song, *ids])
        by = asked_and_found["albumartist"].where(asked_and_found["albumartist"] != "", asked_and_found["artist"])
        album = asked_and_found["album"] + "\n" + by  # many artists have an album called "Greatest Hits"
        allowed &= (album != album.iat[0]).to_numpy()[1:]
    return allowed


def _listed(
    ids: np.ndarray,
    similarities: np.ndarray,
    index: VectorIndex,
    artists: pd.Series,
    rules: Rules,
    k: int,
    known: list[np.ndarray],
) -> list[Match]:
    """The first k songs, best first, that the rules let stand beside those already listed and the recordings known."""
    matches: list[Match] = []
    recordings = list(known)
    by_artist: Counter[str] = Counter()
    for candidate, similarity in zip(ids.tolist(), similarities.tolist(), strict=True):
        if len(matches) == k:
            break
        artist = str(artists.iat[candidate])
        if rules.per_artist is not None and artist and by_artist[artist] >= rules.per_artist:
            continue
        if rules.hide_duplicates:
            vector = index.vector(candidate)
            if any(vector @ recording > SAME_RECORDING for recording in recordings):
                continue
            recordings.append(vector)
        by_artist[artist] += 1
        matches.append(Match(candidate, min(1.0, max(-1.0, similarity))))
    return matches
