"""A library as it lies on disk: its songs, their files, and what one build found out about them. Read-only."""

import json
import operator
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any, Self

import numpy as np
import pandas as pd

from index.filters import Filter, Sieve
from index.finding import Finder
from index.generation import CURRENT, FORMAT, Generation, GenerationError
from index.notebook import card, line
from index.projection import plane
from index.songs import Song
from index.store import FILES, open_store
from index.taste import Choice, Metric
from index.vectors import VectorsError

SEGMENT_SECONDS = 3.75  # of every encoder there was before libraries said how long their segments are


Speak = Callable[[str, "Shelf"], np.ndarray]  # text to a unit vector [d], by that library's own ear


class LibraryError(Exception):
    """There is no such library or song; the message says what to do."""


class NewerLibraryError(LibraryError):
    """The library was built by a newer version, and only that one may change it."""


class Shelf:
    """What one build found out about a folder of songs."""

    def __init__(self, folder: Path, about: dict[str, Any], generation: Generation) -> None:
        self.folder = folder
        self.encoder: str = about["encoder"]
        self.fingerprint: str = about["fingerprint"]
        self.created: str = about["created"]  # ISO 8601
        self.generation: str = about["generation"]  # changes with every build
        self.options: dict[str, Any] = about["options"]
        self.counts: dict[str, int] = about["counts"]
        self.listened: dict[str, Any] = about.get("listened", {})  # what the last build heard: songs, seconds, device
        self.store: str = about.get("store", FILES)  # where the vectors are: see store.py
        self.songs_folder = Path(about["songs"])
        self.songs: pd.DataFrame = generation.songs  # row = song id; columns as in generation.COLUMNS
        self.flat = bool(np.isfinite(self.songs[["u", "v"]]).all(axis=None))  # whether the map was drawn in 2-D, too
        if not self.flat:
            self.songs[["u", "v"]] = plane(self.songs[["x", "y", "z"]].to_numpy())
        self.skipped: pd.DataFrame = generation.skipped  # path, reason
        names = self.songs.drop_duplicates("cluster").set_index("cluster")["cluster_name"]
        self.clusters: list[str] = names.sort_index().tolist()  # name by cluster number
        self.contents: list[str] = generation.contents.astype(str).tolist()  # hash of the file, by song
        self.segments = generation.segments  # [segments, d] float16, unit length, mapped; a song's lie side by side
        self.segment_songs = generation.segment_songs  # [segments] int32, ascending
        self.segment_starts = generation.segment_starts  # [segments] float32, seconds into the song
        self.segment_seconds: float = about.get("segment_seconds", SEGMENT_SECONDS)  # how long each segment is
        self.index = generation.index  # the whitened vectors, wherever they are kept
        self.sentences: bool = about.get("sentences", False)  # whether its ear understands free text
        self.speak: Speak | None = None  # asked what such a text is among the segments; set by whoever has the ear
        self._generation = generation

    @classmethod
    def load(cls, folder: Path | str) -> Self:
        """Open the library in a folder; LibraryError where it is missing, damaged or of a newer format."""
        folder = Path(folder)
        build = f"`python cli.py build-index SONGS --library {folder}`"
        try:
            about = json.loads((folder / CURRENT).read_text(encoding="utf-8"))
            if about["format"] > FORMAT:
                raise NewerLibraryError(
                    f"{folder} has format {about['format']} and this version reads up to {FORMAT}: update Songboard"
                )
            name = about["generation"]
            if PurePosixPath(name).name != name:
                raise GenerationError(f"{CURRENT} names a generation {name!r} outside the library")
            store = open_store(about.get("store", FILES))
            return cls(
                folder, about, Generation.load(folder / name, about["counts"], store, about.get("fingerprint", ""))
            )
        except (FileNotFoundError, NotADirectoryError) as error:
            raise LibraryError(f"{folder} holds no library: make one with {build}") from error
        except (GenerationError, VectorsError) as error:
            raise LibraryError(f"the library in {folder} is damaged, {error}: build it again with {build}") from error
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise LibraryError(
                f"the library in {folder} is damaged, {CURRENT} cannot be read: build it again with {build}"
            ) from error

    def __len__(self) -> int:
        return len(self.songs)

    def __repr__(self) -> str:
        return line(self)

    def _repr_html_(self) -> str:
        return card(self)

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

    def peaks(self, id: int) -> np.ndarray:
        """The waveform of a song, uint8 [<= 1200], 255 for full scale; empty where it was heard before there were any.

        They are the peaks of equal slices, 255 times the square root of the amplitude.
        """
        end = self._peak_ends[self._row(id)]
        return self._generation.peaks[end - self._generation.peak_counts[id] : end]

    def find(self, text: str, limit: int = 20) -> list[int]:
        """Ids of the songs whose title and artist hold every word, best first, whatever the case and the accents."""
        return self._finder.find(text, limit)

    def passing(self, filter: Filter) -> np.ndarray:
        """Which songs a filter lets through, bool [songs], read-only; the latest filters are remembered."""
        return self._sieve.mask(filter)

    @property
    def dimensions(self) -> int:
        """How many numbers the raw vectors of its encoder have."""
        return self._generation.whitening.dimensions

    def learned(self, choices: Sequence[Choice]) -> Metric | None:
        """The metric that a listener's choices teach; None where none of their songs is in the library."""
        return Metric.fit(choices, self._rows, self._generation.index)

    def vectors(self) -> np.ndarray:
        """The whitened vectors of all songs, float32 [songs, k], unit rows in id order; their products are cosines."""
        return self._generation.index.vectors(np.arange(len(self)))

    @cached_property
    def _peak_ends(self) -> np.ndarray:
        return np.cumsum(self._generation.peak_counts)

    @cached_property
    def _finder(self) -> Finder:
        return Finder(self.songs["title"], self.songs["artist"])

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {content: song for song, content in reversed(list(enumerate(self.contents)))}

    @cached_property
    def _sieve(self) -> Sieve:
        return Sieve(self.songs)

    def _row(self, id: int) -> int:
        try:
            row = operator.index(id)
        except TypeError:
            row = -1
        if not 0 <= row < len(self):
            raise LibraryError(f"the library holds no song {id!r}: its songs are numbered 0 to {len(self) - 1}")
        return row
