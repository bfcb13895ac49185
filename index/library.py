"""A library as its readers ask it: what sounds like a song, a moment or a phrase, and where it stands. Read-only."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from index.blend import blended
from index.notebook import Matches
from index.passages import Moment, Passage, Passages, pairs
from index.path import find_path
from index.phrase import parse
from index.projection import place
from index.ranking import FIRST_LOOK, Match, Rules, choose, rank
from index.sentence import agreement
from index.shelf import LibraryError as LibraryError
from index.shelf import Shelf
from index.taste import Metric
from index.whitening import WhiteningError
from index.words import WordIndex, WordsError, read

PLACED_BY = 5  # neighbours between which a new song stands
USUAL = Rules()


class Library(Shelf):
    """What one build found out about a folder of songs, and the answers that can be had from it."""

    def similar(self, id: int, k: int = 20, rules: Rules = USUAL) -> Matches[Match]:
        """The k songs most like a song of the library, best first, itself left out; fewer where there are fewer."""
        return self.blend([id], [], k, rules)

    def similar_to(self, vector: np.ndarray, k: int = 20, rules: Rules = USUAL) -> Matches[Match]:
        """The k songs most like a raw vector [dim] of the library's own encoder, best first."""
        return self.blend([np.atleast_1d(vector)], [], k, rules)

    def blend(
        self,
        more: Sequence[int | np.ndarray],
        less: Sequence[int | np.ndarray] = (),
        k: int = 20,
        rules: Rules = USUAL,
        taste: Metric | None = None,
    ) -> Matches[Match]:
        """The k songs most like all of `more` and unlike all of `less`, best first; none of them is listed.

        Each is the id of a song, or the raw vector [dim] of a track that the library does not hold. `more` must name at
        least one, or LibraryError is raised. `taste`, by learned(), orders them for a listener.
        """
        if not more:
            raise LibraryError("there is nothing to be like: name at least one song")
        (asked, wanted), (unwanted, shunned) = self._heard(more), self._heard(less)
        generation, query = self._generation, blended(wanted, shunned)
        if taste is not None:
            query = taste.bend(query)
        crowding = generation.neighbourhoods
        found = rank(query, generation.index, self._sieve, crowding, rules, k, asked, unwanted)
        return Matches(found, self.songs)

    def by_words(self, text: str, k: int = 20, rules: Rules = USUAL) -> Matches[Match]:
        """The k songs that best fit a phrase such as "slow piano, no drums", best first.

        Where the library's ear understands sentences, it may be any text. Their similarity is how well they fit, from
        0 to 1, where 0.5 is usual. Raises WordsError for a phrase that is not understood, and LibraryError where the
        library has no words.
        """
        if self.sentences:
            fit = self._agreement(text)
        else:
            words = self._words
            fit = words.agreement(parse(text, words.names))
        found = choose(np.arange(len(self)), fit, self._generation.index, self._sieve, rules, k)
        return Matches(found, self.songs)

    def fitting(self, text: str) -> frozenset[int]:
        """The songs that fit every word of such a phrase, each more than a usual song does; raises as by_words()."""
        if self.sentences:
            return frozenset(np.flatnonzero(self._agreement(text) > 0.5).tolist())
        words = self._words
        return frozenset(np.flatnonzero(words.fits(parse(text, words.names))).tolist())

    def understood(self, text: str) -> dict[str, bool]:
        """The words of a phrase, in its order: True where asked for, False where unwanted; raises as by_words().

        A sentence is understood as a whole, or taken to be: the ear itself is not asked.
        """
        if self.sentences:
            return {_sentence(text): True}
        names = self._words.names
        return {names[word]: wanted for word, wanted in parse(text, names).items()}

    @property
    def has_words(self) -> bool:
        """Whether songs can be asked for by words."""
        return self.sentences or self._generation.words is not None

    def words(self, id: int) -> list[str]:
        """The few words that tell most of a song, best first; none where the library has no words."""
        id, words = self._row(id), self._generation.words
        return words.standing_out(words.logits[id]) if words else []

    def words_of(self, vector: np.ndarray) -> list[str]:
        """The few words that tell most of a song of this raw vector [dim], best first."""
        words = self._generation.words
        return words.standing_out(read(np.asarray(vector)[None], words)[0]) if words else []

    def passages(self, id: int, start: float, end: float, k: int = 20, rules: Rules = USUAL) -> Matches[Passage]:
        """The k passages of other songs most like a song's seconds `start` to `end`, best first, one a song.

        None where nothing was heard between them, as in silence. Hubs are not held back.
        """
        id = self._row(id)
        return self._passages(*self._moments.of(id), start, end, k, rules, [id])

    def passages_like(
        self, segments: np.ndarray, starts: np.ndarray, start: float, end: float, k: int = 20, rules: Rules = USUAL
    ) -> Matches[Passage]:
        """The k passages most like the seconds `start` to `end` of a track that the library does not hold.

        `segments` [n, d] and `starts` [n] are all those of the track, from the library's own encoder.
        """
        return self._passages(self._own(segments), starts, start, end, k, rules, [])

    def moments(self, a: int, b: int, k: int = 3) -> list[Moment]:
        """The k pairs of moments in which two songs are most alike, best first: why the one is like the other."""
        return self.moments_with(*self._moments.of(self._row(a)), b, k)

    def moments_with(self, segments: np.ndarray, starts: np.ndarray, b: int, k: int = 3) -> list[Moment]:
        """The same of a track with these `segments` [n, d] that start at `starts` [n], and a song of the library."""
        return pairs(self._own(segments), starts, *self._moments.of(self._row(b)), self.segment_seconds, k)

    def typical(self, id: int, seconds: float) -> float:
        """The second at which begin those `seconds` of a song that are most like all of it."""
        return self._moments.typical(self._row(id), seconds)

    def path(self, a: int, b: int, steps: int = 8, route: int = 0, rules: Rules = USUAL) -> list[int]:
        """Songs that lead from a to b in small steps, both included; `steps` in all where there are enough songs.

        No recording comes twice, and no artist twice in a row unless there is no other way. Another `route` is another
        path, by other songs as far as there are any.
        """
        return find_path(self._row(a), self._row(b), self._generation.index, self._sieve, rules, steps, route)

    def place(self, vector: np.ndarray) -> np.ndarray:
        """Where a new song of this raw vector [dim] stands on the map, float32 [3]."""
        return self._placed(vector, ["x", "y", "z"])

    def place_flat(self, vector: np.ndarray) -> np.ndarray:
        """Where it stands on the map in two dimensions, float32 [2]."""
        return self._placed(vector, ["u", "v"])

    @cached_property
    def _moments(self) -> Passages:
        counts = np.bincount(self.segment_songs, minlength=len(self))
        return Passages(self.segments, self.segment_starts, counts, self.segment_seconds)

    @property
    def _words(self) -> WordIndex:
        if self._generation.words is None:
            raise LibraryError(
                f"the library in {self.folder} has no words: build it again with an encoder that knows some, "
                f"`python cli.py build-index SONGS --library {self.folder}`"
            )
        return self._generation.words

    def _agreement(self, text: str) -> np.ndarray:
        if self.speak is None:
            raise LibraryError(
                f"the library's ear, {self.encoder}, is needed to understand a sentence, and is not here"
            )
        return agreement(self.segments, self.segment_songs, self.speak(_sentence(text), self))

    def _whitened(self, vector: np.ndarray) -> np.ndarray:
        try:
            return self._generation.whitening.apply(np.asarray(vector)[None])[0]
        except WhiteningError as error:
            raise LibraryError(f"the vector is not one of this library's encoder, {self.encoder}: {error}") from error

    def _placed(self, vector: np.ndarray, axes: list[str]) -> np.ndarray:
        whitened, index = self._whitened(vector), self._generation.index
        ids, _ = index.search(whitened[None], PLACED_BY)
        near = ids[0][ids[0] >= 0]
        return place(whitened[None], index.vectors(near), self.songs[axes].to_numpy(np.float32)[near])[0]

    def _own(self, segments: np.ndarray) -> np.ndarray:
        if segments.ndim != 2 or segments.shape[1] != self.segments.shape[1]:
            raise LibraryError(f"the segments are not of this library's encoder, {self.encoder}")
        return segments

    def _heard(self, named: Sequence[int | np.ndarray]) -> tuple[list[int], np.ndarray]:
        """Those that are songs of the library, and the vectors [n, k] of all, the tracks last."""
        songs = [self._row(each) for each in named if not isinstance(each, np.ndarray)]
        tracks = [self._whitened(each)[None] for each in named if isinstance(each, np.ndarray)]
        return songs, np.concatenate([self._generation.index.vectors(np.array(songs, int)), *tracks])

    def _passages(
        self,
        segments: np.ndarray,
        starts: np.ndarray,
        start: float,
        end: float,
        k: int,
        rules: Rules,
        asked: list[int],
    ) -> Matches[Passage]:
        moment, offsets = self._moments.moment(segments, starts, start, end)
        among = self._sieve.mask(rules.filter).copy()
        among[asked] = False
        songs, most = np.flatnonzero(among), max(FIRST_LOOK, 10 * k)
        while True:
            ids, similarities, begins = self._moments.find(moment, offsets, songs, most)
            matches = choose(ids, similarities, self._generation.index, self._sieve, rules, k, asked)
            if len(matches) == k or len(ids) < most:
                break
            most *= 8
        begin, length = dict(zip(ids.tolist(), begins.tolist(), strict=True)), self.songs["length"]
        lasts = offsets[-1] + self.segment_seconds if len(offsets) else 0.0
        found = [
            Passage(match.id, begin[match.id], min(begin[match.id] + float(lasts), length[match.id]), match.similarity)
            for match in matches
        ]
        return Matches(found, self.songs)


def _sentence(text: str) -> str:
    """The text on one line. Raises WordsError where there is none."""
    if not (said := " ".join(text.split())):
        raise WordsError(f"{text!r} holds no word to look for")
    return said
