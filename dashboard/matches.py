"""The panel at the right: the chosen song, and the songs most like it."""

from typing import Any

from dash import html

from dashboard import format, ids
from dashboard.attributes import aria, data
from dashboard.query import Answer, told
from dashboard.song_map import TRACK_COLOUR, colour
from index.library import Library

KEYS = (("/", "search"), ("Space", "play or pause"), ("N", "next match"), ("P", "previous match"), ("Esc", "clear"))


def layout(library: Library) -> html.Aside:
    """The panel before anything is asked."""
    return html.Aside(
        [
            html.Section(invitation(), id=ids.CARD, className="card", **aria(label="Chosen song")),
            html.Section([], id=ids.MATCHES, className="matches", **aria(label="Songs most like it")),
        ],
        className="side",
    )


def invitation() -> list[Any]:
    """What stands here when nothing is asked."""
    return [
        html.H2("Start with a song", className="card-title"),
        html.P(
            "Click a point on the map, search by name, or drop in a track of your own. "
            "It plays at once, and the songs most like it line up here.",
            className="card-lead",
        ),
        html.Dl(
            [html.Div([html.Dt(html.Kbd(key)), html.Dd(does)]) for key, does in KEYS],
            className="keys",
        ),
    ]


def refusal(sentence: str) -> list[Any]:
    """What stands here when a question has no answer."""
    return [
        html.Div([html.P("No answer", className="eyebrow"), clear_button()], className="card-head"),
        html.P(sentence, className="card-lead", role="alert"),
    ]


def card(found: Answer, library: Library) -> list[Any]:
    """The thing asked about: its name, where it belongs, what a person can name in it."""
    if found.track is not None:
        kind, title, artist = "Dropped track", found.track.title, ""
        place, hue, group = "Not part of the library", TRACK_COLOUR, "Among its matches on the map"
        length, descriptors = found.track.length, found.track.descriptors
        words = library.words_of(found.track.vector)
    else:
        (song,) = told(library, [found.song])
        kind, title, artist = "Chosen song", song["title"], song["artist"]
        place = " · ".join(str(part) for part in (song["album"], song["year"] or "") if part)
        hue, group = colour(song["cluster"]), song["cluster_name"]
        length, descriptors = song["length"], song
        words = library.words(song["id"])
    known = [("Length", format.clock(length)), *format.facts(descriptors)]
    return [
        html.Div([html.P(kind, className="eyebrow"), clear_button()], className="card-head"),
        html.Div(
            [
                play_button(found.key, title, artist or place, "play-large"),
                html.Div(
                    [
                        html.H2(title, className="card-title", title=title),
                        html.P(artist, className="card-artist") if artist else None,
                        html.P(place, className="card-place") if place else None,
                    ],
                    className="card-names",
                ),
            ],
            className="card-song",
        ),
        html.P([html.Span(className="dot", style={"--hue": hue}), group], className="card-cluster"),
        html.P(", ".join(words), className="card-words", title="What stands out in it") if words else None,
        html.Dl(
            [html.Div([html.Dt(name), html.Dd(value)]) for name, value in known if value],
            className="facts",
        ),
    ]


def rows(found: Answer, library: Library) -> list[Any]:
    """The matches, best first: a list of rows to play or to go on from."""
    if not found.matches:
        return [html.P("There is nothing else in this library. Add songs and build it again.", className="card-lead")]
    songs = told(library, [match.id for match in found.matches])
    return [
        html.H3(["Most alike", html.Span(format.count(len(found.matches), "song"))], className="eyebrow matches-head"),
        html.Ol(
            [
                row(
                    match.id,
                    song["title"],
                    format.byline(song["artist"], song["album"]),
                    song["cluster"],
                    match.similarity,
                )
                for match, song in zip(found.matches, songs, strict=True)
            ],
            className="match-list",
        ),
    ]


def row(song: int, title: str, by: str, cluster: int, similarity: float) -> html.Li:
    """One match: a button that plays it, and one that asks about it in turn."""
    word = format.closeness(similarity)
    return html.Li(
        [
            play_button(str(song), title, by),
            html.Button(
                [
                    html.Span(title, className="row-title"),
                    html.Span(
                        [html.Span(className="dot", style={"--hue": colour(cluster)}), by or "Unknown artist"],
                        className="row-artist",
                    ),
                    html.Span(
                        [
                            html.Span(word, className="row-word"),
                            html.Span(format.figure(similarity), className="row-figure"),
                        ],
                        className="row-closeness",
                    ),
                    html.Span(className="bar", style={"--share": f"{max(0.0, min(1.0, similarity)):.0%}"}),
                ],
                className="row-main",
                type="button",
                title=f"{title} – find songs like this one",
                **data(song=str(song), title=title, artist=by),
            ),
        ],
        className="row",
    )


def play_button(key: str, title: str, by: str, size: str = "") -> html.Button:
    """A round button that plays a song where it stands and asks nothing."""
    return html.Button(
        html.Span(className="icon icon-play"),
        className=f"play {size}".strip(),
        type="button",
        **data(play=key, title=title, artist=by),
        **aria(label=f"Play {title}"),
    )


def clear_button() -> html.Button:
    """A cross that clears the query, as Esc does."""
    return html.Button(
        html.Span(className="icon icon-close"),
        className="icon-button",
        type="button",
        title="Clear (Esc)",
        **data(clear=""),
        **aria(label="Clear"),
    )
