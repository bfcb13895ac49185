"""The songs that answer, one a row: to play, to queue, to go on from, and to ask why of."""

from itertools import repeat
from typing import Any

from dash import html

from dashboard import card, format, ids, rules, rules_line, song_row
from dashboard.answer import Answer, told
from dashboard.attributes import aria, data
from dashboard.closeness import PASSAGES, Scale, scale
from index.library import Library

ALONE = "There is nothing else in this library. Add songs and build it again."
LOOSEN = {  # rule: what it keeps out, and what the button that loosens it says
    "same_album": ("Everything alike is on the same album.", "Allow the same album"),
    "per_artist": ("Everything alike is by artists who are listed already.", "Allow more of an artist"),
    "clusters": ("No song of the chosen clusters is left.", "All clusters"),
    "genres": ("No song of the chosen genres is left.", "All genres"),
    "artists": ("No song by the chosen artists is left.", "All artists"),
    "keys": ("No song in the chosen keys is left.", "All keys"),
    "years": ("No song of these years is left.", "All years"),
    "tempo": ("No song between these tempos is left.", "Any tempo"),
    "loudness": ("No song as loud as that is left.", "Any loudness"),
    "brightness": ("No song as bright as that is left.", "Any brightness"),
}


def layout(library: Library) -> list[Any]:
    """The panel before anything is asked."""
    return [
        html.Section(card.invitation(), id=ids.CARD, className="card", **aria(label="Chosen song")),
        rules_line.layout(library),
        html.P(id=ids.MATCHES_SAID, className="only-heard", role="status"),
        html.Section([], id=ids.MATCHES, className="matches", **aria(label="Songs most like it")),
    ]


def rows(found: Answer, library: Library) -> list[Any]:
    """The matches, best first: a list of rows; a sentence where there are none."""
    if not found.matches:
        return nothing(found)
    songs = told(library, [match.id for match in found.matches])
    words = scale(library) if found.starts is None else PASSAGES
    starts = found.starts or repeat(None)
    return [
        html.H3(
            [heading(found), html.Span(format.count(len(found.matches), "song"))], className="eyebrow matches-head"
        ),
        html.Ol(
            [
                row(song, match.similarity, words, start)
                for match, song, start in zip(found.matches, songs, starts, strict=False)
            ],
            className="match-list",
        ),
    ]


def heading(found: Answer) -> str:
    """What the list is a list of."""
    if found.query.moment is not None:
        return "Songs with a bit like this"
    return "Most like these" if found.query.more or found.query.less else "Most alike"


def nothing(found: Answer) -> list[Any]:
    """Why the list is empty, and what to do."""
    if found.loosen is None:
        if not rules.are_set(found.query.rules):
            return [html.P(ALONE, className="nothing")]
        why, name, rule = "The rules leave no song over.", "Reset the rules", "all"
    else:
        (why, name), rule = LOOSEN[found.loosen], found.loosen
    button = html.Button(name, className="quiet-button", type="button", **data(loosen=rule))
    return [html.P(why, className="nothing", role="status"), html.P(button, className="nothing")]


def row(song: dict[str, Any], similarity: float, words: Scale, start: float | None = None) -> html.Li:
    """One match. A press on its name asks about it in turn; it opens to tell why it stands here."""
    key, title = str(song["id"]), song["title"]
    if start is None:
        close, at = song_row.closeness(similarity, words), {}
    else:
        close = song_row.closeness(similarity, words, f"from {format.moment(start)}", "How alike the two moments are")
        at = {"at": f"{start:.2f}"}
    opens = song_row.button("row-open icon-down", "Why, and more", f"Why {title}, and more", open=key)
    setattr(opens, "aria-expanded", "false")
    return song_row.row(
        song_row.play(song, start), song_row.main(song, close, song=key, **at), song_row.queue(song), opens
    )
