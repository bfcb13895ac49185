"""The songs that answer, best first, and what stands there when there are none."""

from typing import Any

from dash import html

from dashboard import card, format, ids, rules, rules_line, song_row, taste
from dashboard.answer import Answer, told
from dashboard.attributes import aria
from dashboard.closeness import PASSAGES, scale
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
    "same_tempo": ("No song of the same tempo is left, or its own is not known.", "Any tempo"),
    "mixing_key": ("No song in a compatible key is left, or its own is not known.", "Any key"),
    "energy": ("No song goes that way in energy.", "Any energy"),
    "brightness": ("No song as bright as that is left.", "Any brightness"),
}


def layout(library: Library) -> list[Any]:
    """The panel before anything is asked."""
    return [
        html.Section(card.invitation(), id=ids.CARD, className="card", **aria(label="Chosen song")),
        rules_line.layout(library),
        taste.layout(),
        html.P(id=ids.MATCHES_SAID, className="only-heard", role="status"),
        html.Section([], id=ids.MATCHES, className="matches", **aria(label="Songs most like it")),
    ]


def listed(found: Answer, library: Library) -> dict[str, Any]:
    """The matches, best first: a heading and rows, or a sentence where there are none."""
    if not found.matches:
        return nothing(found)
    songs = told(library, [match.id for match in found.matches])
    words = scale(library) if found.starts is None else PASSAGES
    by_words = found.query.words is not None
    rows = [
        song_row.row(song) | (song_row.fit(match.similarity) if by_words else song_row.close(match.similarity, words))
        for song, match in zip(songs, found.matches, strict=True)
    ]
    for row, start in zip(rows, found.starts or [], strict=False):
        row |= {"at": round(start, 2), "word": f"from {format.moment(start)}", "meaning": "How alike the moments are"}
    return {"heading": heading(found), "count": format.count(len(rows), "song"), "rows": rows}


def heading(found: Answer) -> str:
    """What the list is a list of."""
    if found.query.words is not None:
        return "Best fit"
    if found.query.moment is not None:
        return "Songs with a bit like this"
    alike = "Most like these" if found.query.more or found.query.less else "Most alike"
    return f"{alike}, for you" if found.for_you else alike


def nothing(found: Answer) -> dict[str, Any]:
    """Why the list is empty, and what a button would do about it."""
    if found.loosen is not None:
        why, name = LOOSEN[found.loosen]
        return {"nothing": why, "loosen": found.loosen, "button": name}
    if rules.are_set(found.query.rules):
        return {"nothing": "The rules leave no song over.", "loosen": "all", "button": "Reset the rules"}
    return {"nothing": ALONE}
