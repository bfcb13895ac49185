"""Search as you type, by title and artist."""

from itertools import count
from typing import Any

from dash import Dash, dcc, html
from flask import Response, request

from dashboard import format, ids
from dashboard.answer import told
from dashboard.attributes import aria, data
from dashboard.drawn import drawn
from dashboard.palette import colour
from dashboard.requested import RequestError, library_of, sentence
from dashboard.showing import Showing
from index.library import Library

HITS = 12
LONGEST = 200  # characters of a question that are looked at
PLACEHOLDER = "Search title or artist"


def layout(library: Library) -> html.Div:
    """The field and, under it, what it finds."""
    return frame(
        dcc.Input(
            id=ids.SEARCH,
            type="text",
            debounce=True,  # assets/search.js takes the letters as they come
            placeholder=PLACEHOLDER,
            autoComplete="off",
            spellCheck="false",
            maxLength=LONGEST,
            className="search-field",
        )
    )


def frame(field: Any) -> html.Div:
    """What stands around the field."""
    return html.Div(
        [
            html.Label("Search songs by title or artist", htmlFor=ids.SEARCH, className="only-heard"),
            html.Span(className="icon icon-search search-icon"),
            field,
            html.Kbd("/", className="search-key"),
            html.Div([], id=ids.HITS, className="hits"),
        ],
        className="search",
        role="search",
    )


def hits(text: str | None, library: Library) -> list[Any]:
    """The songs whose title and artist hold every word of `text`, best first; a sentence when there are none."""
    asked = (text or "").strip()[:LONGEST]
    if not asked:
        return []
    found = library.find(asked, HITS)
    if not found:
        return [html.P(f"No song or artist matches “{asked}”.", className="hits-none", **data(asked=asked))]
    options = [option(*each) for each in zip(count(), found, told(library, found))]
    return [
        html.Div(
            options,
            id="hits-list",
            className="hits-list",
            role="listbox",
            **aria(label="Songs found"),
            **data(asked=asked),
        )
    ]


def option(place: int, number: int, song: dict[str, Any]) -> html.Div:
    """One song found, to be clicked, or taken with Enter: the field keeps the focus."""
    by = format.byline(song["artist"], song["album"])
    return html.Div(
        [
            html.Span(className="dot", style={"--hue": colour(song["cluster"])}),
            html.Span(song["title"], className="hit-title"),
            html.Span(by, className="hit-artist"),
        ],
        id=f"hit-{place}",
        className="hit",
        role="option",
        **aria(selected="false"),
        **data(song=str(number), title=song["title"], artist=by),
    )


def register(app: Dash, showing: Showing) -> None:
    """GET /find?text=: every letter typed gives a new list."""

    @app.server.get("/find")
    def find() -> Response:
        try:
            return drawn(hits(request.args.get("text"), library_of(showing)))
        except RequestError as error:
            return sentence(error)
