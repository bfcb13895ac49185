"""How close two songs are, in a word: measured against how close the songs of this library usually are."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from index.filters import Filter
from index.library import Library
from index.ranking import Rules

ASKED = 64  # songs, evenly spread, whose nearest one is looked up
PAIRED = 16  # of them, those compared with all the others
RARE, UNCOMMON = 0.95, 0.80  # shares of pairs picked at random
LEAST, MOST = 0.15, 0.90  # where "very close" may begin: in noise nothing is close, and of copies not everything
AT_VERY_CLOSE = 0.75  # of the bar's length

MEANINGS = {
    "very close": "As close as the usual song here is to its closest one, or closer",
    "close": "Closer than 19 of 20 pairs of songs picked here at random",
    "related": "Closer than 4 of 5 pairs of songs picked here at random",
    "far": "No closer than songs picked here at random",
}


@dataclass(frozen=True)
class Scale:
    """The similarities at and above which a word holds."""

    very_close: float
    close: float
    related: float

    def word(self, similarity: float) -> str:
        """Very close, close, related or far."""
        named = (("very close", self.very_close), ("close", self.close), ("related", self.related))
        return next((word for word, least in named if similarity >= least), "far")

    def share(self, similarity: float) -> float:
        """The length of the bar, 0 to 1: three quarters where "very close" begins, whole for the same recording."""
        if similarity <= self.very_close:
            return max(0.0, AT_VERY_CLOSE * similarity / self.very_close)
        beyond = (similarity - self.very_close) / (1 - self.very_close)
        return min(1.0, AT_VERY_CLOSE + (1 - AT_VERY_CLOSE) * beyond)


PASSAGES = Scale(0.6, 0.4, 0.2)  # of two moments, whose cosine is that of segments and not of songs


@lru_cache(maxsize=2)
def scale(library: Library) -> Scale:
    """The scale of a library, worked out once from a few of its songs."""
    songs = np.unique(np.linspace(0, len(library) - 1, min(len(library), ASKED)).astype(int)).tolist()
    nearest = [match.similarity for song in songs for match in library.similar(song, 1)]
    among = Rules(hide_duplicates=False, filter=Filter(only=frozenset(songs)))
    paired = songs[:: max(1, len(songs) // PAIRED)]
    pairs = [match.similarity for song in paired for match in library.similar(song, len(songs), among)]
    if not pairs:
        return Scale(0.4, 0.25, 0.15)  # of the shipped ear; there is nothing to be close to
    related, close = np.quantile(pairs, [UNCOMMON, RARE])
    very_close = min(max(float(np.median(nearest)), float(close), LEAST), MOST)
    return Scale(very_close, min(float(close), very_close), min(float(related), very_close))
