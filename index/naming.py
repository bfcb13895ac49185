"""Names for clusters that a person would give."""

from collections.abc import Iterator
from itertools import combinations, count

import numpy as np
import pandas as pd

from index.words import TELLING, WordIndex, telling

DOMINATES = 0.5  # the share of a cluster's songs that makes a genre its name
PRESENT = 0.25  # the share of a cluster's songs that makes an artist its name, where there is nothing better
CANDIDATES = 4  # words of a cluster of which two make its name
MANNERS = frozenset(  # words that say how, and stand before the word that says what
    "acoustic bright calm dark fast happy heavy loud mellow quiet sad slow soft solo".split()
)
NOTEWORTHY = 0.12  # how far, in ranks of the library from 0 to 1, a cluster leans before it is called fast or dark
LEANINGS = {  # descriptor: what little and what much of it is called
    "bpm": ("slow", "fast"),
    "brightness": ("dark", "bright"),
    "loudness": ("quiet", "loud"),
    "percussiveness": ("smooth", "beats"),
}


def name_clusters(labels: np.ndarray, songs: pd.DataFrame, words: WordIndex | None = None) -> list[str]:
    """A short name for each cluster, by number; no two are the same.

    It is the genre that most songs of this cluster and of no other are tagged with; else the words that tell most
    of it against the library, such as "Slow piano"; else the descriptors that set it apart, such as "Bright, fast
    beats"; else its commonest artist; else "Mixed songs". `songs` holds the columns genre, artist, bpm, brightness,
    loudness and percussiveness; tags may be "" and numbers NaN.
    """
    names: dict[frozenset[str], str] = {}  # by their words: "Drums, techno" is no other name than "Techno, drums"
    genres = pd.crosstab(labels, songs["genre"].fillna(""), normalize="index").drop(columns="", errors="ignore")
    ranks = songs[list(LEANINGS)].rank(pct=True)
    leanings = ranks.groupby(labels).mean() - ranks.mean()  # [clusters, descriptors]
    told = _told(labels, words)  # [clusters, words]
    for number in genres.index:
        artists = songs["artist"].fillna("")[labels == number].value_counts(normalize=True).drop("", errors="ignore")
        artist = str(artists.index[0]) if len(artists) and artists.iat[0] >= PRESENT else ""
        for name in _names(_genre(number, genres), told.loc[number], leanings.loc[number], artist):
            key = frozenset(name.lower().replace(",", "").split())
            if key not in names:
                names[key] = name
                break
    return list(names.values())


def _told(labels: np.ndarray, words: WordIndex | None) -> pd.DataFrame:
    """How much each word tells of each cluster that it does not tell of the library, [clusters, words]."""
    if words is None:
        return pd.DataFrame(index=np.unique(labels))
    logits = pd.DataFrame(words.logits.astype(np.float32), columns=list(words.names))
    means = logits.groupby(labels).mean()
    return pd.DataFrame(telling(means.to_numpy(), logits.mean().to_numpy()), means.index, means.columns)


def _genre(number: int, genres: pd.DataFrame) -> str:
    """The genre that most songs of a cluster are tagged with, and half as many of no other; else ""."""
    for genre, share in genres.loc[number].items():
        if share > DOMINATES and genres[genre].drop(number).lt(share / 2).all():
            return str(genre)
    return ""


def _names(genre: str, words: pd.Series, leaning: pd.Series, artist: str) -> Iterator[str]:
    """Names for a cluster, the best first, without end."""
    if genre:
        yield genre
    yield from _names_of_words(words)
    noteworthy = leaning[leaning.abs() >= NOTEWORTHY].sort_values(key=abs, ascending=False, kind="stable")
    adjectives = [LEANINGS[str(descriptor)][int(much)] for descriptor, much in (noteworthy > 0).items()]
    base = artist or "Mixed songs"
    for some in range(min(2, len(adjectives)), len(adjectives) + 1) if adjectives else ():
        before = ", ".join(word for word in adjectives[:some] if word != "beats")
        base = f"{before} {'beats' if 'beats' in adjectives[:some] else 'songs'}".strip().capitalize()
        yield base
    if adjectives and artist:
        base = f"{base} ({artist})"
    yield base
    yield from (f"{base} {number}" for number in count(2))


def _names_of_words(words: pd.Series) -> Iterator[str]:
    """Names of the two words that a cluster leans to most, then of other pairs, then of one word."""
    candidates = words[words >= TELLING].sort_values(ascending=False, kind="stable").index[:CANDIDATES].tolist()
    for first, second in combinations(candidates, 2):
        if set(first.split()) & set(second.split()):  # "vocal" beside "female vocal" says nothing more
            continue
        if second in MANNERS and first not in MANNERS:
            first, second = second, first
        yield f"{first}{' ' if first in MANNERS and second not in MANNERS else ', '}{second}".capitalize()
    yield from (word.capitalize() for word in candidates)
