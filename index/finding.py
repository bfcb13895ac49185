"""Songs by what one types: their titles and artists, whatever the case and the accents."""

import unicodedata
from collections.abc import Iterable
from itertools import chain

# Letters that Unicode does not take apart into a letter and an accent; apostrophes are typed or left out.
SPELLINGS = str.maketrans(
    {"ø": "o", "đ": "d", "ł": "l", "ħ": "h", "ı": "i", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "'": "", "’": ""}
)


class Finder:
    """The titles and artists of a library, folded once so that 100,000 are searched as one types."""

    def __init__(self, titles: Iterable[str], artists: Iterable[str]) -> None:
        self._titles = [fold(title) for title in titles]
        self._artists = [fold(artist) for artist in artists]
        self._texts = [f" {title} {artist}" for title, artist in zip(self._titles, self._artists, strict=True)]

    def find(self, text: str, limit: int) -> list[int]:
        """At most `limit` ids of songs in whose title and artist every word occurs, best first.

        Best is a title that is the text, then a title that begins with it or an artist who is it, then words that begin
        as asked; equals stay in the order of their ids.
        """
        asked = fold(text)
        words = asked.split()
        hits = list(range(len(self._texts))) if words else []
        for word in words:
            hits = [song for song in hits if word in self._texts[song]]
        best_first = chain(
            (song for song in hits if self._titles[song] == asked),
            (song for song in hits if self._titles[song].startswith(asked) or self._artists[song] == asked),
            (song for song in hits if all(f" {word}" in self._texts[song] for word in words)),
            hits,
        )
        found: dict[int, None] = {}
        for song in best_first:
            if len(found) == limit:
                break
            found[song] = None
        return list(found)


def fold(text: str) -> str:
    """The text without case and accents, on single spaces."""
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(text.casefold().translate(SPELLINGS).split())
