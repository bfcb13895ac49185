"""What a row of songs says, in a list of matches or on a path, as plain data.

assets/rows.js draws the rows: twenty of them as Dash components take longer than all the rest of an answer.
"""

from typing import Any

from dashboard import format
from dashboard.closeness import MEANINGS, Scale
from dashboard.palette import colour

FITS = {"very well": 0.75, "well": 0.6, "a little": 0.5, "hardly": -1.0}  # the agreement from which each holds


def row(song: dict[str, Any]) -> dict[str, Any]:
    """A song: what it is called, by whom, and where it belongs."""
    return {
        "id": song["id"],
        "title": song["title"],
        "by": format.byline(song["artist"], song["album"]),
        "group": song["cluster_name"],
        "hue": colour(song["cluster"]),
    }


def close(similarity: float, words: Scale) -> dict[str, Any]:
    """How close a song is: a word and what it means, a figure, and the length of a bar from 0 to 1."""
    word = words.word(similarity)
    return {
        "word": word,
        "meaning": MEANINGS[word],
        "figure": format.figure(similarity),
        "share": round(words.share(similarity), 3),
    }


def fit(agreement: float) -> dict[str, Any]:
    """How well a song fits words, the same way; nothing tells why, for it stands there by itself."""
    word = next(word for word, least in FITS.items() if agreement >= least)
    meaning = "How much of every word is in it; 0.50 is a usual song"
    return {
        "word": word,
        "meaning": meaning,
        "figure": format.figure(agreement),
        "share": round(agreement, 3),
        "alone": True,
    }
