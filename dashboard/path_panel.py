"""A path from one song to another: its ends, its stops in order, and what to do with them."""

from typing import Any

from dash import html

from dashboard import ids, song_row
from dashboard.answer import Answer, told
from dashboard.attributes import aria, data
from dashboard.closeness import scale
from dashboard.icon_button import icon_button
from index.library import Library

HINT = (
    "A path leads from one song to another in small steps, each close to the last. "
    "Choose both ends: press one, then a point on the map, a row of a list or a song you search for."
)


def layout(library: Library) -> list[Any]:
    """The panel before a path is asked for; assets/paths.js fills in the ends."""
    return [
        html.Section(
            [
                html.Div(
                    [
                        _end(ids.PATH_FROM, "From", "from"),
                        icon_button("swap", "Swap the ends", id=ids.PATH_SWAP),
                        _end(ids.PATH_TO, "To", "to"),
                    ],
                    className="path-ends",
                ),
                html.Div(
                    [
                        html.Span("Songs", className="rules-end"),
                        html.Div(id=ids.PATH_STEPS, className="slider"),
                        html.Span("8", id=ids.PATH_COUNT, className="path-count"),
                        html.Button("Another route", id=ids.PATH_ROUTE, className="quiet-button", type="button"),
                    ],
                    className="rules-line",
                ),
            ],
            className="path-form",
            **aria(label="Ends of the path"),
        ),
        html.P(HINT, className="nothing path-hint"),
        html.Section([], id=ids.PATH, className="matches path", **aria(label="Path", live="polite")),
    ]


def stops(found: Answer, library: Library) -> dict[str, Any]:
    """The songs of a path in order, each with how close it is to the one before; and what a playlist is called."""
    path = found.path or []
    songs, words = told(library, [stop.id for stop in path]), scale(library)
    rows = [song_row.row(song) for song in songs]
    rows[0]["word"] = "start"
    for row, stop in zip(rows[1:], path[1:], strict=True):
        row |= song_row.close(stop.similarity, words)
        row["meaning"] = f"To the song before. {row['meaning']}"
    return {"name": f"{songs[0]['title']} to {songs[-1]['title']}", "rows": rows}


def _end(name: str, word: str, which: str) -> html.Button:
    return html.Button(
        [html.Span(word, className="eyebrow"), html.Span("Choose a song", className="path-end-title")],
        id=name,
        className="path-end",
        type="button",
        **aria(pressed="false"),
        **data(end=which),
    )
