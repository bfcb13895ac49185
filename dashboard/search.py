"""Search as you type, by title and artist."""

from itertools import count
from typing import Any

from dash import Dash, html
from flask import Response, request

from dashboard import format, ids
from dashboard.answer import told
from dashboard.attributes import aria, data
from dashboard.drawn import drawn
from dashboard.palette import colour
from dashboard.requested import RequestError, library_of, sentence
from dashboard.showing import Showing
from index.library import Library, LibraryError
from index.phrase import UnknownWord
from index.words import WordsError

HITS = 12
LONGEST = 200  # characters of a question that are looked at
NAMES = "Search title or artist"
NAMES_AND_WORDS = "Title, artist or sound: slow piano, no drums"


def layout(by_words: bool) -> html.Div:
    """The field and, under it, what it finds; `by_words` says whether words for sound find something, too.

    assets/search.js makes the field, a native one: that of Dash loses letters that are typed while Dash is busy.
    """
    return html.Div(
        [
            html.Label("Search songs by title or artist", htmlFor=ids.SEARCH, className="only-heard"),
            html.Span(className="icon icon-search search-icon"),
            html.Div(
                id=ids.SEARCH_PLACE,
                **data(placeholder=NAMES_AND_WORDS if by_words else NAMES, longest=str(LONGEST)),
            ),
            html.Kbd("/", className="search-key"),
            html.Div([], id=ids.HITS, className="hits"),
        ],
        className="search",
        role="search",
    )


def hits(text: str | None, library: Library) -> list[Any]:
    """The songs whose title and artist hold every word of `text`, best first; a sentence when there are none.

    Before them, where the library's ear knows every word, the songs that sound like it, all of them one hit.
    """
    asked = (text or "").strip()[:LONGEST]
    if not asked:
        return []
    found = library.find(asked, HITS)
    heard, unknown = heard_as(asked, library)
    if not found and heard is None:
        return [html.P(f"No song or artist matches “{asked}”{unknown}.", className="hits-none", **data(asked=asked))]
    options = [] if heard is None else [words_option(asked, heard)]
    options += [option(*each) for each in zip(count(len(options)), found, told(library, found))]
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


def heard_as(text: str, library: Library) -> tuple[str | None, str]:
    """What the ear understands of `text`, "slow, piano, not drums"; or None, and how a sentence goes on to say why."""
    try:
        return format.phrase(library.understood(text)), ""
    except UnknownWord as error:
        meant = f" (did you mean “{error.close[0]}”?)" if error.close else ""
        return None, f", and there is no sound called “{error.word[:LONGEST]}”{meant}"
    except (WordsError, LibraryError):
        return None, ""


def words_option(text: str, heard: str) -> html.Div:
    """All songs that sound as the words say."""
    return html.Div(
        [
            html.Span(className="icon icon-waves hit-icon"),
            html.Span(["Songs that sound like: ", html.Strong(heard)], className="hit-title"),
        ],
        id="hit-0",
        className="hit",
        role="option",
        **aria(selected="false"),
        **data(words=text),
    )


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
