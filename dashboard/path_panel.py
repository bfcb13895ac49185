"""A path from one song to another: its ends, its stops in order, and what to do with them."""

from typing import Any

from dash import html

from dashboard import format, ids, song_row
from dashboard.answer import Answer, told
from dashboard.attributes import aria, data
from dashboard.closeness import MEANINGS, Scale, scale
from index.library import Library


def layout(library: Library) -> list[Any]:
    """The panel before a path is asked for; assets/paths.js fills in the ends."""
    return [
        html.Section(
            [
                html.Div(
                    [
                        _end(ids.PATH_FROM, "From", "from"),
                        html.Button(
                            html.Span(className="icon icon-swap"),
                            id=ids.PATH_SWAP,
                            className="icon-button",
                            type="button",
                            title="Swap the ends",
                            **aria(label="Swap the ends"),
                        ),
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
        html.Section(hint(), id=ids.PATH, className="matches path", **aria(label="Path", live="polite")),
    ]


def hint() -> list[Any]:
    """What stands here before both ends are chosen."""
    return [
        html.P(
            "A path leads from one song to another in small steps, each close to the last. "
            "Choose both ends: press one, then a point on the map, a row of a list or a song you search for.",
            className="nothing",
        )
    ]


def stops(found: Answer, library: Library) -> list[Any]:
    """The songs of a path in order, each with how close it is to the one before."""
    path = found.path or []
    songs, words = told(library, [stop.id for stop in path]), scale(library)
    listed = ",".join(str(stop.id) for stop in path)
    name = f"{songs[0]['title']} to {songs[-1]['title']}"
    return [
        html.Div(
            [
                html.Button("Play all", className="quiet-button path-play", type="button", **data(together=listed)),
                html.Button("Queue all", className="quiet-button", type="button", **data(queue=listed)),
                html.Button(
                    "Save playlist", className="quiet-button", type="button", **data(playlist=listed, name=name)
                ),
            ],
            className="path-actions",
        ),
        html.Ol(
            [
                _stop(song, None if number == 0 else stop.similarity, words)
                for number, (stop, song) in enumerate(zip(path, songs, strict=True))
            ],
            className="match-list path-list",
        ),
    ]


def _stop(song: dict[str, Any], similarity: float | None, words: Scale) -> html.Li:
    """One stop: its title plays it, for the path stays; what goes on from it is a button of its own."""
    key, title = str(song["id"]), song["title"]
    if similarity is None:
        close = html.Span("start", className="row-closeness")
    else:
        meaning = f"To the song before. {MEANINGS[words.word(similarity)]}"
        close = song_row.closeness(similarity, words, meaning=meaning)
    by = format.byline(song["artist"], song["album"])
    alike = song_row.button(
        "icon-alike", "Songs like this one", f"Songs like {title}", song=key, title=title, artist=by
    )
    return song_row.row(song_row.play(song), song_row.main(song, close, play=key), song_row.queue(song), alike)


def _end(name: str, word: str, which: str) -> html.Button:
    return html.Button(
        [html.Span(word, className="eyebrow"), html.Span("Choose a song", className="path-end-title")],
        id=name,
        className="path-end",
        type="button",
        **aria(pressed="false"),
        **data(end=which),
    )
