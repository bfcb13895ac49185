"""POST /order: songs of a queue or a path in the order a DJ would play them, and how well that went."""

from collections.abc import Sequence
from typing import Any

from dash import Dash
from flask import Response, jsonify, request

from dashboard import format
from dashboard.requested import RequestError, library_of, own_page, problem
from dashboard.showing import Showing
from index.library import Library
from index.mixing import dj_order, within

MOST = 500  # songs that are put in order; those after them stay as they are


def ordered(library: Library, songs: Sequence[int], first: bool, last: bool) -> tuple[list[int], str]:
    """The first MOST songs in DJ order and the others after them, and a sentence that says how many steps mix.

    `first` and `last` say whether the first and the last of all of them keep their places.
    """
    mixed, rest = list(songs[:MOST]), list(songs[MOST:])
    bpm, keys, loudness = (library.songs[name].iloc[mixed].tolist() for name in ("bpm", "initial_key", "loudness"))
    order = dj_order(bpm, keys, loudness, keep_first=first, keep_last=last and not rest)
    steps = within([bpm[song] for song in order], [keys[song] for song in order])
    tail = f" The first {MOST} songs were put in order." if rest else ""
    if len(mixed) < 2:
        return [*mixed, *rest], "There is no step between songs to put in order."
    of = format.count(len(order) - 1, "step")
    said = f"{steps} of {of} stay" if steps != 1 else f"1 of {of} stays"
    return [mixed[at] for at in order] + rest, f"DJ order: {said} within 6 % of tempo and in compatible keys.{tail}"


def register(app: Dash, showing: Showing) -> None:
    """Takes {"songs": [ids], "first": bool, "last": bool}; gives {"songs": [ids], "said": a sentence}."""

    @app.server.post("/order")
    def order() -> tuple[Response, int]:
        try:
            own_page()
            library = library_of(showing)
            songs, ends = _asked(request.get_json(silent=True), library)
            songs, said = ordered(library, songs, *ends)
            return jsonify(songs=songs, said=said), 200
        except RequestError as error:
            return problem(error)


def _asked(given: Any, library: Library) -> tuple[list[int], tuple[bool, bool]]:
    match given:
        case {"songs": [*songs]} if all(type(song) is int and 0 <= song < len(library) for song in songs):
            return songs, (given.get("first") is True, given.get("last") is True)
    raise RequestError("These are no songs of the library.")
