"""What answers a query: the songs most like what is asked, or the songs of a path."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np

from dashboard import rules
from dashboard.closeness import scale
from dashboard.likeness import ranks
from dashboard.query import Asked, Query, QueryError
from index.filters import Filter
from index.library import Library, LibraryError
from index.ranking import Match, Rules
from index.store import StoreError
from index.taste import Metric

MATCHES = 20
PAIR = Rules(hide_duplicates=False)


@dataclass(frozen=True)
class Answer:
    """The songs that answer a query, best first; or in order, where it is a path."""

    query: Query
    matches: list[Match] = field(default_factory=list)
    starts: list[float] | None = None  # the second each match is to be heard from
    path: list[Match] | None = None  # each with its similarity to the one before
    loosen: str | None = None  # the rule that keeps everything out, where one does
    for_you: bool = False  # whether the listener's taste has ordered them

    @property
    def of(self) -> Asked | None:
        """The song or track whose matches these are."""
        return self.query.of


def answer(query: Query, library: Library, taste: Metric | None = None) -> Answer:
    """The answer to a query; a listener's taste orders what is alike as a whole, not moments, words or paths.

    Raises QueryError.
    """
    try:
        if query.path is not None:
            return Answer(query, path=path(query, library))
        taste = taste if query.words is None and query.moment is None else None
        matches, starts = find(query, library, query.rules, taste=taste)
        loosen = None
        if not matches and rules.are_set(query.rules):
            loosen = rules.loosened(query.rules, lambda looser: bool(find(query, library, looser, 1)[0]))
        return Answer(query, matches, starts, loosen=loosen, for_you=taste is not None)
    except LibraryError as error:
        raise QueryError(f"{str(error)[:1].upper()}{str(error)[1:]}.") from None


def find(
    query: Query, library: Library, allowed: Rules, k: int = MATCHES, taste: Metric | None = None
) -> tuple[list[Match], list[float] | None]:
    """The k songs that answer best by these rules, and where they are to be heard from."""
    if query.words is not None:
        return library.by_words(query.words, k, allowed), None
    of = query.of
    assert of is not None
    if query.moment is None:
        more, less = [handle(each) for each in (of, *query.more)], [handle(each) for each in query.less]
        return library.blend(more, less, k, allowed, taste), None
    if of.track is not None:
        found = library.passages_like(of.track.segments, of.track.starts, *query.moment, k, allowed)
    else:
        found = library.passages(int(of.key), *query.moment, k, allowed)
    return [Match(each.id, each.similarity) for each in found], [each.start for each in found]


def handle(asked: Asked) -> int | np.ndarray:
    """What the library knows a song by: its id, or the vector of a track it does not hold."""
    if asked.track is not None:
        return asked.track.vector
    assert asked.song is not None
    return asked.song


def path(query: Query, library: Library) -> list[Match]:
    """The stops of a path, each with its similarity to the one before; that of the first is 1."""
    assert query.path is not None
    start, end = query.path
    songs = library.path(start, end, query.steps, query.route, query.rules)
    stops = [Match(start, 1.0)]
    for before, after in pairwise(songs):
        stops += library.similar(before, 1, replace(PAIR, filter=Filter(only=frozenset({after}))))
    return stops


def lights(found: Answer, asked: Any, library: Library) -> dict[str, Any]:
    """What the map and the player need to know of an answer: ids alone, for they know where songs stand.

    Where a dropped track stands is worked out here: the map may have been drawn anew since it was heard.
    """
    of = found.of
    track = None
    if of and of.track:
        at = {"xyz": library.place(of.track.vector), "uv": library.place_flat(of.track.vector)}
        track = {"token": of.key, "title": of.track.title, **{name: place.tolist() for name, place in at.items()}}
    return {
        "query": asked,
        "song": of.song if of else None,
        "track": track,
        "matches": [match.id for match in found.matches],
        "similarities": [round(match.similarity, 4) for match in found.matches],
        "starts": found.starts or [None] * len(found.matches),
        "path": None if found.path is None else [stop.id for stop in found.path],
        "moved": moved(found.query) if "built" in asked else None,
    }


def warm(library: Library) -> None:
    """Work out what every answer needs, so that the first one need not wait for it."""
    ranks(library)
    _columns(library)
    with suppress(StoreError):  # the first answer will say so
        scale(library)


def moved(query: Query) -> dict[str, Any]:
    """The songs of a query by the numbers they have now, for an address that is older than the library."""
    if query.path is not None:
        return {"path": list(query.path)}
    leanings = {name: [each.song for each in getattr(query, name)] for name in ("more", "less") if getattr(query, name)}
    return {"song": query.of.song, **leanings} if query.of and query.of.song is not None else leanings


def told(library: Library, songs: Iterable[int | None]) -> list[dict[str, Any]]:
    """What the library tells of some songs, in their order: one dict a song, by the columns of its table."""
    ids = np.array(list(songs), int)
    columns = {name: values[ids].tolist() for name, values in _columns(library).items()}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


@lru_cache(maxsize=2)
def _columns(library: Library) -> dict[str, np.ndarray]:
    """The table of a library by column: pandas takes a few rows out of it in ten times as long."""
    return {str(name): library.songs[name].to_numpy() for name in library.songs}
