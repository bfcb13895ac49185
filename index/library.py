"""A library as its readers see it: songs, what they sound like, and where they stand. Read-only."""

import json
import operator
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any, Self

import numpy as np
import pandas as pd

from index.finding import Finder
from index.generation import CURRENT, FORMAT, Generation, GenerationError
from index.phrase import parse
from index.projection import place
from index.ranking import Match, Rules, choose, rank
from index.songs import Song
from index.whitening import WhiteningError
from index.words import WordIndex, read

PLACED_BY = 5  # neighbours between which a new song stands
USUAL = Rules()


class LibraryError(Exception):
    """There is no such library or song; the message says what to do."""


class Library:
    """What one build found out about a folder of songs."""

    def __init__(self, folder: Path, about: dict[str, Any], generation: Generation) -> None:
        self.folder = folder
        self.encoder: str = about["encoder"]
        self.fingerprint: str = about["fingerprint"]
        self.created: str = about["created"]  # ISO 8601
        self.generation: str = about["generation"]  # changes with every build
        self.options: dict[str, Any] = about["options"]
        self.counts: dict[str, int] = about["counts"]
        self.songs_folder = Path(about["songs"])
        self.songs: pd.DataFrame = generation.songs  # row = song id; columns as in generation.COLUMNS
        self.skipped: pd.DataFrame = generation.skipped  # path, reason
        names = self.songs.drop_duplicates("cluster").set_index("cluster")["cluster_name"]
        self.clusters: list[str] = names.sort_index().tolist()  # name by cluster number
        self.contents: list[str] = generation.contents.astype(str).tolist()  # hash of the file, by song
        self.segments = generation.segments  # [segments, d] float16, unit length, mapped; a song's lie side by side
        self.segment_songs = generation.segment_songs  # [segments] int32, ascending
        self.segment_starts = generation.segment_starts  # [segments] float32, seconds into the song
        self._generation = generation

    @classmethod
    def load(cls, folder: Path | str) -> Self:
        """Open the library in a folder; LibraryError where it is missing, damaged or of a newer format."""
        folder = Path(folder)
        build = f"`python cli.py build-index SONGS --library {folder}`"
        try:
            about = json.loads((folder / CURRENT).read_text(encoding="utf-8"))
            if about["format"] > FORMAT:
                raise LibraryError(
                    f"{folder} has format {about['format']} and this version reads up to {FORMAT}: update Songboard"
                )
            name = about["generation"]
            if PurePosixPath(name).name != name:
                raise GenerationError(f"{CURRENT} names a generation {name!r} outside the library")
            return cls(folder, about, Generation.load(folder / name, about["counts"]))
        except (FileNotFoundError, NotADirectoryError) as error:
            raise LibraryError(f"{folder} holds no library: make one with {build}") from error
        except GenerationError as error:
            raise LibraryError(f"the library in {folder} is damaged, {error}: build it again with {build}") from error
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise LibraryError(
                f"the library in {folder} is damaged, {CURRENT} cannot be read: build it again with {build}"
            ) from error

    def __len__(self) -> int:
        return len(self.songs)

    def song(self, id: int) -> Song:
        """The tags of a song; LibraryError for an id the library does not hold."""
        (row,) = self.songs.loc[[self._row(id)], list(Song.__dataclass_fields__)].to_dict("records")
        return Song(**{str(name): value for name, value in row.items()})

    def audio_path(self, id: int) -> Path:
        """The file of a song, always within the songs folder; LibraryError where it is gone."""
        name = PurePosixPath(self.song(id).path)
        path = self.songs_folder / name
        if name.is_absolute() or ".." in name.parts:
            raise LibraryError(f"{name} leads out of the songs folder {self.songs_folder}: build the library again")
        if not path.is_file():
            raise LibraryError(f"{path} is gone: put it back, or build the library again")
        return path

    def similar(self, id: int, k: int = 20, rules: Rules = USUAL) -> list[Match]:
        """The k songs most like a song of the library, best first, itself left out; fewer where there are fewer."""
        id = self._row(id)
        return self._ranked(self._generation.index.vector(id), k, rules, id)

    def similar_to(self, vector: np.ndarray, k: int = 20, rules: Rules = USUAL) -> list[Match]:
        """The k songs most like a raw vector [dim] of the library's own encoder, best first."""
        return self._ranked(self._whitened(vector), k, rules, None)

    def by_words(self, text: str, k: int = 20, rules: Rules = USUAL) -> list[Match]:
        """The k songs that best fit a phrase such as "slow piano, no drums", best first.

        Their similarity is how well they fit, from 0 to 1, where 0.5 is usual. Raises WordsError for a phrase that is
        not understood, and LibraryError where the library has no words.
        """
        words = self._words
        fit = words.agreement(parse(text, words.names))
        return choose(np.arange(len(self)), fit, self._generation.index, self.songs, rules, k)

    def fitting(self, text: str) -> frozenset[int]:
        """The songs that fit every word of such a phrase, each more than a usual song does; raises as by_words()."""
        words = self._words
        return frozenset(np.flatnonzero(words.fits(parse(text, words.names))).tolist())

    def words(self, id: int) -> list[str]:
        """The few words that tell most of a song, best first; none where the library has no words."""
        id, words = self._row(id), self._generation.words
        return words.standing_out(words.logits[id]) if words else []

    def words_of(self, vector: np.ndarray) -> list[str]:
        """The few words that tell most of a song of this raw vector [dim], best first."""
        words = self._generation.words
        return words.standing_out(read(np.asarray(vector)[None], words)[0]) if words else []

    def place(self, vector: np.ndarray) -> np.ndarray:
        """Where a new song of this raw vector [dim] stands on the map, float32 [3]."""
        whitened = self._whitened(vector)
        ids, _ = self._generation.index.search(whitened[None], PLACED_BY)
        near = ids[0][ids[0] >= 0]
        vectors = np.stack([self._generation.index.vector(id) for id in near])
        coordinates = self.songs[["x", "y", "z"]].to_numpy(np.float32)[near]
        return place(whitened[None], vectors, coordinates)[0]

    def find(self, text: str, limit: int = 20) -> list[int]:
        """Ids of the songs whose title and artist hold every word, best first, whatever the case and the accents."""
        return self._finder.find(text, limit)

    def vectors(self) -> np.ndarray:
        """The whitened vectors of all songs, float32 [songs, k], unit rows in id order; their products are cosines."""
        return np.stack([self._generation.index.vector(id) for id in range(len(self))])

    @cached_property
    def _finder(self) -> Finder:
        return Finder(self.songs["title"], self.songs["artist"])

    @property
    def _words(self) -> WordIndex:
        if self._generation.words is None:
            raise LibraryError(
                f"the library in {self.folder} has no words: build it again with an encoder that knows some, "
                f"`python cli.py build-index SONGS --library {self.folder}`"
            )
        return self._generation.words

    def _row(self, id: int) -> int:
        try:
            row = operator.index(id)
        except TypeError:
            row = -1
        if not 0 <= row < len(self):
            raise LibraryError(f"the library holds no song {id!r}: its songs are numbered 0 to {len(self) - 1}")
        return row

    def _whitened(self, vector: np.ndarray) -> np.ndarray:
        try:
            return self._generation.whitening.apply(np.asarray(vector)[None])[0]
        except WhiteningError as error:
            raise LibraryError(f"the vector is not one of this library's encoder, {self.encoder}: {error}") from error

    def _ranked(self, query: np.ndarray, k: int, rules: Rules, song: int | None) -> list[Match]:
        generation = self._generation
        return rank(query, generation.index, self.songs, generation.neighbourhoods, rules, k, song)
