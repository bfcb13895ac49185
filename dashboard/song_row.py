"""What a row of songs is made of, in a list of matches or on a path. Few elements: a list is shown within a blink."""

from typing import Any

from dash import html

from dashboard import format
from dashboard.attributes import aria, data
from dashboard.card import play_button
from dashboard.closeness import MEANINGS, Scale
from dashboard.palette import colour

UNKNOWN = "Unknown artist"


def row(play: html.Button, main: html.Button, *buttons: html.Button) -> html.Li:
    """A song: to be played, what it is called and how close, and what else can be done with it."""
    return html.Li([play, main, *buttons], className="row")


def play(song: dict[str, Any], at: float | None = None) -> html.Button:
    """The button that plays it, from a second on."""
    return play_button(str(song["id"]), song["title"], format.byline(song["artist"], song["album"]), at=at)


def main(song: dict[str, Any], closeness: html.Span, /, **does: str) -> html.Button:
    """The names of a song and how close it is; `does` says what a press on them does, as data attributes."""
    by = format.byline(song["artist"], song["album"])
    return html.Button(
        [
            html.Span(song["title"], className="row-title"),
            html.Span(
                by or UNKNOWN,
                className="row-artist",
                title=f"{by or UNKNOWN} · {song['cluster_name']}",
                style={"--hue": colour(song["cluster"])},
            ),
            closeness,
        ],
        className="row-main",
        type="button",
        **data(title=song["title"], artist=by, **does),
    )


def closeness(similarity: float, words: Scale, says: str = "", meaning: str = "") -> html.Span:
    """How close a song is, as a word, a figure and a bar; `says` is said in place of the word, `meaning` of its own."""
    word = words.word(similarity)
    return html.Span(
        [says or word, html.Span(format.figure(similarity), className="row-figure")],
        className="row-closeness",
        title=meaning or MEANINGS[word],
        style={"--share": f"{words.share(similarity):.0%}"},
    )


def button(icon: str, says: str, label: str, /, **does: str) -> html.Button:
    """A small button at the end of a row."""
    return html.Button(className=f"row-button {icon}", type="button", title=says, **aria(label=label), **data(**does))


def queue(song: dict[str, Any]) -> html.Button:
    """The button that adds it to the queue."""
    return button("icon-queue", "Add to the queue", f"Add {song['title']} to the queue", queue=str(song["id"]))
