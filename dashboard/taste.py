"""GET and POST /taste: what the listener chose, on, off and forgotten; and the line of the page that says so."""

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from dash import Dash, html
from flask import Response, jsonify, request

from dashboard import format, ids
from dashboard.attributes import aria
from dashboard.requested import RequestError, library_of, own_page, problem
from dashboard.showing import Showing
from index.library import Library
from index.taste import KINDS, Choice, Metric, chosen, without
from index.taste_file import Taste, TasteError, forget_taste, read_taste, write_taste, written

log = logging.getLogger(__name__)

NOTHING_YET = "Like a song, or say “not this”, and the list can learn from it."


class Tastes:
    """The taste of whoever listens to a library, one for all its pages; safe to use from several threads."""

    def __init__(self) -> None:
        self._changing = threading.Lock()
        self._learned: tuple[Any, Metric | None] = (None, None)

    def metric(self, library: Library) -> Metric | None:
        """What the taste makes of likeness; None while it is off, holds nothing or cannot be read."""
        if (stamp := written(library.folder)) is None:
            return None
        state = (library.folder, library.generation, stamp)
        known, metric = self._learned
        if known != state:
            metric = self._learn(library)
            self._learned = (state, metric)
        return metric

    def change(self, library: Library, change: Callable[[Taste], Taste]) -> Taste:
        """Write the taste as `change` makes it of what it was. Raises TasteError."""
        with self._changing:
            taste = change(read_taste(library))
            write_taste(library, taste)
        return taste

    def forget(self, library: Library) -> Taste:
        """Delete it. Raises TasteError."""
        with self._changing:
            forget_taste(library)
        return Taste()

    @staticmethod
    def _learn(library: Library) -> Metric | None:
        try:
            taste = read_taste(library)
        except TasteError as error:
            log.warning("%s", error)
            return None
        return library.learned(taste.choices) if taste.on else None


def layout() -> html.Section:
    """The line under the rules; assets/taste.js fills it."""
    return html.Section(
        [
            html.Button(
                "For you",
                id=ids.TASTE_ON,
                className="quiet-button",
                type="button",
                title="Order the list by what you liked and did not",
                **aria(pressed="false"),
            ),
            html.Span(NOTHING_YET, id=ids.TASTE_SAID, className="taste-said", role="status"),
            html.Button("Forget", id=ids.TASTE_FORGET, className="quiet-button", type="button", hidden=True),
        ],
        id=ids.TASTE,
        className="taste",
        **aria(label="Taste"),
    )


def said(taste: Taste) -> dict[str, Any]:
    """What the page tells of a taste."""
    count = len(taste.choices)
    learned = f"{'Learned' if taste.on else 'Off; it has learned'} from {format.count(count, 'choice')}."
    return {"on": taste.on, "choices": count, "said": learned if count else NOTHING_YET}


def register(app: Dash, showing: Showing, tastes: Tastes) -> None:
    """Tell the taste; take {"on": bool}, {"forget": true} or {"choice": kind or null, "song": id, "of": id or null}."""

    @app.server.get("/taste")
    def tell() -> tuple[Response, int]:
        return _answer(lambda: read_taste(showing.library))

    @app.server.post("/taste")
    def change() -> tuple[Response, int]:
        return _answer(lambda: _changed(request.get_json(silent=True), library_of(showing), tastes))


def _changed(given: Any, library: Library, tastes: Tastes) -> Taste:
    own_page()
    match given:
        case {"on": bool(on)}:
            return tastes.change(library, lambda taste: replace(taste, on=on))
        case {"forget": True}:
            return tastes.forget(library)
        case {"choice": kind, "song": song} if kind is None or kind in tuple(KINDS):
            about = _content(song, library)
            of = None if given.get("of") is None else _content(given["of"], library)
            if kind is None:
                return tastes.change(library, lambda was: replace(was, choices=without(was.choices, about, of)))
            choice = Choice(kind, about, of)
            return tastes.change(library, lambda was: replace(was, choices=chosen(was.choices, choice)))
    raise RequestError("This choice was not understood. Load the page again.")


def _content(song: Any, library: Library) -> str:
    if type(song) is not int or not 0 <= song < len(library):
        raise RequestError("This is no song of the library.")
    return library.contents[song]


def _answer(taste: Callable[[], Taste]) -> tuple[Response, int]:
    try:
        return jsonify(said(taste())), 200
    except RequestError as error:
        return problem(error)
    except TasteError as error:
        return problem(RequestError(str(error), 409))
