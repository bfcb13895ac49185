"""Search as you type, by title and artist."""

from typing import Any

from dash import Dash, Input, Output, dcc, html

from dashboard import format, ids
from dashboard.attributes import aria, data
from dashboard.query import told
from dashboard.song_map import colour
from index.library import Library

HITS = 12
LONGEST = 200  # characters of a question that are looked at


def layout(library: Library) -> html.Div:
    """The field and, under it, what it finds."""
    return html.Div(
        [
            html.Label("Search songs by title or artist", htmlFor=ids.SEARCH, className="only-heard"),
            html.Span(className="icon icon-search search-icon"),
            dcc.Input(
                id=ids.SEARCH,
                type="text",
                placeholder="Search title or artist",
                autoComplete="off",
                spellCheck="false",
                maxLength=LONGEST,
                className="search-field",
            ),
            html.Kbd("/", className="search-key"),
            html.Div([], id=ids.HITS, className="hits", role="listbox", **aria(label="Songs found")),
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
        return [html.P(f"No song or artist matches “{asked}”.", className="hits-none")]
    return [
        html.Button(
            [
                html.Span(className="dot", style={"--hue": colour(song["cluster"])}),
                html.Span(song["title"], className="hit-title"),
                html.Span(format.byline(song["artist"], song["album"]), className="hit-artist"),
            ],
            className="hit",
            type="button",
            role="option",
            **data(song=str(number), title=song["title"], artist=format.byline(song["artist"], song["album"])),
        )
        for number, song in zip(found, told(library, found), strict=True)
    ]


def register(app: Dash, library: Library) -> None:
    """Every letter typed gives a new list."""

    @app.callback(Output(ids.HITS, "children"), Input(ids.SEARCH, "value"), prevent_initial_call=True)
    def find(text: str | None) -> list[Any]:
        return hits(text, library)
