"""The card at the head of the panel: what is asked, what is known of it, and what else was liked or not."""

from collections.abc import Sequence
from typing import Any

from dash import html

from dashboard import format
from dashboard.answer import Answer, told
from dashboard.attributes import aria, data
from dashboard.icon_button import icon_button
from dashboard.palette import TRACK, colour
from dashboard.query import Asked
from index.library import Library

KEYS = (("/", "search"), ("Space", "play or pause"), ("N", "next song"), ("Esc", "clear"), ("?", "all keys"))


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
    assert found.of is not None
    track, title, artist, length, descriptors, words = _known(found.of, library)
    if track:
        kind, place, hue, group = "Dropped track", "Not part of the library", TRACK, "Among its matches on the map"
    else:
        kind = "Chosen song"
        place = " · ".join(str(part) for part in (descriptors["album"], descriptors["year"] or "") if part)
        hue, group = colour(descriptors["cluster"]), descriptors["cluster_name"]
    known = [("Length", format.clock(length)), *format.facts(descriptors)]
    return [
        html.Div([html.P(kind, className="eyebrow"), *actions(found.of, title), clear_button()], className="card-head"),
        html.Div(
            [
                play_button(found.of.key, title, artist or place, "play-large"),
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
        html.Div(className="card-waveform", **data(waveform=found.of.key, length=f"{length:.2f}")),
        html.P(
            [
                html.Span(className="dot", style={"--hue": hue}),
                html.Span(group),
                html.Span(", ".join(words), className="card-words", title="Heard in it") if words else None,
            ],
            className="card-cluster",
        ),
        html.Dl([html.Div([html.Dt(name), html.Dd(value)]) for name, value in known if value], className="facts"),
        chips(found, library),
    ]


def words(found: Answer, library: Library) -> list[Any]:
    """What is asked for in words, as the ear understands it."""
    asked = format.phrase(library.understood(found.query.words or ""))
    return [
        html.Div([html.P("Songs that sound like", className="eyebrow"), clear_button()], className="card-head"),
        html.Div(html.H2(asked, className="card-title", title=asked), className="card-song"),
        html.P("Beside each song stands how well it fits, from 0 to 1; 0.50 is a usual song.", className="card-lead"),
    ]


def actions(of: Asked, title: str) -> list[Any]:
    """What can be done with a song besides hearing it; a dropped track is on no path."""
    queue = html.Button(
        "Queue", className="quiet-button", type="button", title=f"Add {title} to the queue", **data(queue=of.key)
    )
    if of.song is None:
        return [queue]
    return [
        html.Button("Like", className="quiet-button", type="button", title="Teach For you", **data(like=of.key)),
        queue,
        html.Button(
            "Path from here…",
            className="quiet-button",
            type="button",
            title="Choose where it leads: on the map, in the list or by search",
            **data(title=title, **{"path-from": of.key}),
        ),
    ]


def chips(found: Answer, library: Library) -> html.Ul | None:
    """The moment that is asked about and the songs that were liked or not, each with a cross that takes it back."""
    query, shown = found.query, []
    if query.moment is not None:
        start, end = query.moment
        shown.append(chip(f"{format.moment(start)}–{format.moment(end)}", "only this bit", "moment", whole=""))
    else:
        for kind, sign, songs in (("more", "more like", query.more), ("less", "less like", query.less)):
            shown += [chip(_known(each, library)[1], sign, kind, unlean=each.key) for each in songs]
    return html.Ul(shown, className="chips", **aria(label="Also asked")) if shown else None


def chip(name: str, sign: str, kind: str, **attributes: str) -> html.Li:
    """A small word with a cross."""
    return html.Li(
        [
            html.Span(sign, className="chip-sign"),
            html.Span(name, className="chip-name", title=name),
            html.Button(
                html.Span(className="icon icon-close"),
                className="chip-close",
                type="button",
                **aria(label=f"Remove {sign} {name}"),
                **data(**attributes),
            ),
        ],
        className=f"chip chip-{kind}",
    )


def _known(of: Asked, library: Library) -> tuple[bool, str, str, float, Any, Sequence[str]]:
    """Whether it is a track; its title, artist, length in seconds, descriptors and words."""
    if of.track is not None:
        track = of.track
        return True, track.title, "", track.length, track.descriptors, library.words_of(track.vector)
    (song,) = told(library, [of.song])
    return False, song["title"], song["artist"], song["length"], song, library.words(song["id"])


def play_button(key: str, title: str, by: str, size: str = "", at: float | None = None) -> html.Button:
    """A round button that plays a song where it stands and asks nothing; `at` is the second it begins at."""
    begins = {} if at is None else {"at": f"{at:.2f}"}
    return html.Button(
        html.Span(className="icon icon-play"),
        className=f"play {size}".strip(),
        type="button",
        **data(play=key, title=title, artist=by, **begins),
        **aria(label=f"Play {title}" if at is None else f"Play {title} from {format.moment(at)}"),
    )


def clear_button() -> html.Button:
    """A cross that clears the query, as Esc does."""
    return icon_button("close", "Clear", title="Clear (Esc)", **data(clear=""))
