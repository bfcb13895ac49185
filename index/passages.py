"""Moments of songs that sound alike: the same few seconds looked for in every other song, and what two songs share."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

SCANNED = 4000  # songs whose segments are all compared; of more, those whose outlines are nearest
OUTLINE = 4  # parts of a song; the directions of their mean segments are its outline
LONGEST = 8  # segments of a moment that are compared; of a longer one so many, evenly spread


@dataclass(frozen=True)
class Passage:
    """Seconds of a song found, and how similar they are to those asked about: the mean cosine of their segments."""

    id: int
    start: float
    end: float
    similarity: float


@dataclass(frozen=True)
class Moment:
    """A pair of moments, one a song, that begin at these seconds; their similarity is a cosine."""

    start_a: float
    start_b: float
    similarity: float


class Passages:
    """The segments of a library, to be searched by moments.

    They are compared as the encoder gave them, by cosine. The shipped ear's need no whitening: on 44 songs the cosine
    of two segments has median 0.00, for 97 in 100 the nearest other segment is of the same song, and whitening them as
    songs are brings the nearest of another song from the same album less often (70 in 100, and not 78).
    """

    def __init__(self, segments: np.ndarray, starts: np.ndarray, counts: np.ndarray, seconds: float) -> None:
        """`segments` [n, d] float16, unit rows, song by song, `counts` [songs] of each; `starts` [n] in seconds."""
        self._segments, self._starts, self._seconds = segments, starts, seconds
        self._first = np.concatenate([[0], np.cumsum(counts)])  # [songs + 1]

    def of(self, song: int) -> tuple[np.ndarray, np.ndarray]:
        """A song's segments [n, d] and where they start [n]."""
        own = slice(self._first[song], self._first[song + 1])
        return self._segments[own], self._starts[own]

    def typical(self, song: int, seconds: float) -> float:
        """The second at which begin those `seconds` of a song that are most like all of it; 0 in silence."""
        segments, starts = self.of(song)
        if not len(segments):
            return 0.0
        likeness = segments.astype(np.float32) @ segments.mean(axis=0, dtype=np.float32)
        lasts = min(len(segments), max(1, int(seconds / self._seconds)))
        return float(starts[np.convolve(likeness, np.ones(lasts), "valid").argmax()])

    def find(
        self, moment: np.ndarray, offsets: np.ndarray, songs: np.ndarray, most: int
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The `most` of `songs` [m] with the passages most like a moment, best first: ids, similarities and starts.

        The moment is `moment` [n, d], segments that start `offsets` [n] seconds after the first. A passage is as long
        as the moment: each of its segments is compared with the one that stands at its place in time, and a song where
        none stands near that place has no such passage. Among up to 4000 songs the result is exact; of more, those are
        searched of which one part sounds most like the moment: as many, divided by the segments of the moment, for the
        longer it is the more a part that holds it is like it.
        """
        from index.scan import best_passages  # compiles; whoever asks for no passages need not wait for it

        if not len(songs) or not len(moment):
            return np.empty(0, int), np.empty(0, np.float32), np.empty(0, np.float32)
        if len(songs) > SCANNED:
            songs = self._likely(moment, songs, max(most, SCANNED // len(moment)))
        first, last = self._first[songs], self._first[songs + 1]
        similarity, place = best_passages(
            self._segments, self._starts, first, last, moment, offsets, self._seconds
        )  # [songs] each
        best = np.argsort(-similarity, kind="stable")[:most]
        best = best[similarity[best] > -np.inf]
        return songs[best], similarity[best], self._starts[place[best]]

    def moment(
        self, segments: np.ndarray, starts: np.ndarray, start: float, end: float
    ) -> tuple[np.ndarray, np.ndarray]:
        """The segments between two seconds [n, d], and how many seconds after the first each starts [n].

        A segment counts when at least half of it lies between; when none does, the one that most lies there. There may
        be none at all. Of more than 8, so many are taken, evenly spread.
        """
        shared = np.minimum(starts + self._seconds, end) - np.maximum(starts, start)
        within = np.flatnonzero(shared >= self._seconds / 2)
        if not len(within) and len(shared) and shared.max() > 0:
            within = shared.argmax()[None]
        within = within[np.linspace(0, len(within) - 1, min(LONGEST, len(within))).round().astype(int)]
        return segments[within].astype(np.float32), starts[within] - starts[within[:1]].sum()

    def _likely(self, moment: np.ndarray, songs: np.ndarray, most: int) -> np.ndarray:
        """The `most` songs of which a part of the outline is most like the moment, in their order."""
        from index.scan import best_parts

        if len(songs) <= most:
            return songs
        likeness = best_parts(self._outlines, songs, moment.mean(axis=0))
        return songs[np.sort(np.argpartition(-likeness, most - 1)[:most])]

    @cached_property
    def _outlines(self) -> np.ndarray:
        """Where the mean segment of each part of a song points, int8 [songs, OUTLINE, d]; zero where there is none."""
        from index.scan import means

        share = np.linspace(0, 1, OUTLINE + 1)
        cuts = (self._first[:-1, None] + np.floor(share * np.diff(self._first)[:, None])).astype(int)  # [songs, 5]
        parts = means(self._segments, cuts[:, :-1].ravel(), cuts[:, 1:].ravel())
        parts /= np.maximum(np.linalg.norm(parts, axis=1, keepdims=True), np.finfo(np.float32).tiny)
        parts *= 127 / max(parts.max(initial=0), -parts.min(initial=0), np.finfo(np.float32).tiny)
        return np.rint(parts, out=parts).astype(np.int8).reshape(-1, OUTLINE, parts.shape[1])


def pairs(
    a: np.ndarray, starts_a: np.ndarray, b: np.ndarray, starts_b: np.ndarray, seconds: float, k: int = 3
) -> list[Moment]:
    """The k pairs of moments in which two songs are most alike, best first, each from other seconds of both songs.

    `a` [n, d] and `b` [m, d] are their segments, unit rows, that start at `starts_a` [n] and `starts_b` [m].
    """
    likeness = a.astype(np.float32) @ b.astype(np.float32).T  # [n, m]
    found: list[Moment] = []
    while len(found) < k and likeness.size and (best := likeness.max()) > -np.inf:
        i, j = np.unravel_index(likeness.argmax(), likeness.shape)
        found.append(Moment(float(starts_a[i]), float(starts_b[j]), float(best)))
        likeness[np.abs(starts_a - starts_a[i]) < 2 * seconds] = -np.inf
        likeness[:, np.abs(starts_b - starts_b[j]) < 2 * seconds] = -np.inf
    return found
