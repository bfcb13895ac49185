"""A generation: the files of one build, side by side in one folder. Written once, then only read."""

import csv
import json
import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd

from index.store import FILE, Files, OnWritten, Store, discard
from index.vectors import VectorIndex, VectorsError
from index.whitening import Whitening, WhiteningError
from index.words import WordIndex, WordsError

FORMAT = 2  # 2: whitening.npz may hold parts
CURRENT = "library.json"
PREFIX = "generation-"
COLUMNS = {
    "id": "int64",
    "path": "str",
    "title": "str",
    "artist": "str",
    "albumartist": "str",
    "album": "str",
    "genre": "str",
    "year": "int64",
    "track": "int64",
    "length": "float64",  # seconds that were heard
    "stated_length": "float64",  # seconds that the file says it has, 0 where it does not; older libraries know none
    "bpm": "float64",
    "initial_key": "str",
    "loudness": "float64",  # dBFS
    "brightness": "float64",  # Hz
    "percussiveness": "float64",  # 0..1
    "cluster": "int64",
    "cluster_name": "str",
    "x": "float32",
    "y": "float32",
    "z": "float32",
    "u": "float32",  # the map in two dimensions; older libraries have none
    "v": "float32",
}
LATER = {"stated_length", "u", "v"}  # columns that tables of the same format may lack
SKIPPED = {"path": "str", "reason": "str"}


class GenerationError(Exception):
    """A file of the generation is missing, cannot be read or disagrees with the others; a part of a sentence."""


@dataclass(frozen=True)
class Generation:
    """All that one build found out, a row a song in id order."""

    songs: pd.DataFrame  # COLUMNS
    skipped: pd.DataFrame  # SKIPPED
    index: VectorIndex
    whitening: Whitening
    words: WordIndex | None  # None: the encoder has none, or the build is older than they are
    neighbourhoods: np.ndarray  # [songs] float32, for CSLS
    contents: np.ndarray  # [songs] bytes, the hash of each file's content
    peaks: np.ndarray  # [peaks] uint8, all of a song's one after the other
    peak_counts: np.ndarray  # [songs] int32; 0 for songs that were heard before there were peaks
    segments: np.ndarray  # [segments, d] float16, unit length, all of a song's one after the other
    segment_songs: np.ndarray  # [segments] int32, song ids
    segment_starts: np.ndarray  # [segments] float32, seconds into the song

    def save(
        self,
        folder: Path,
        store: Store | None = None,
        fingerprint: str = "",
        on_written: OnWritten = lambda written: None,
    ) -> None:
        """Write every file but segments.npy and peaks.npy, which write_rows() has; OSError where there is no room.

        The vectors, of the encoder with this fingerprint, go where `store` keeps them, None for a file; VectorsError
        if they cannot.
        """
        write_table(self.songs, folder / "clusters.csv")
        write_table(self.skipped, folder / "skipped.csv")
        self.whitening.save(folder / "whitening.npz")
        if self.words:
            self.words.save(folder / "words.npz")
        for name in ("neighbourhoods", "contents", "peak_counts", "segment_songs", "segment_starts"):
            np.save(folder / f"{name}.npy", getattr(self, name))
        (store or Files()).keep(self.index, folder, fingerprint, on_written)

    @classmethod
    def load(cls, folder: Path, counts: dict[str, int], store: Store | None = None, fingerprint: str = "") -> Self:
        """Read what was saved, the segments mapped into memory; GenerationError where it is not what was counted."""
        songs = _read(folder / "clusters.csv", lambda path: read_table(path, COLUMNS))
        whitening = _read(folder / "whitening.npz", Whitening.load)
        loaded = cls(
            songs=songs,
            skipped=_read(folder / "skipped.csv", lambda path: read_table(path, SKIPPED)),
            index=_open(store or Files(), folder, len(songs), whitening.projection.shape[1], fingerprint),
            whitening=whitening,
            words=_read(folder / "words.npz", WordIndex.load) if counts.get("words") else None,
            neighbourhoods=_read(folder / "neighbourhoods.npy", np.load),
            contents=_read(folder / "contents.npy", np.load),
            peaks=_read(folder / "peaks.npy", _mapped) if counts.get("peaks") else np.zeros(0, np.uint8),
            peak_counts=_read(folder / "peak_counts.npy", np.load)
            if counts.get("peaks")
            else np.zeros(len(songs), int),
            segments=_read(folder / "segments.npy", _mapped),
            segment_songs=_read(folder / "segment_songs.npy", np.load),
            segment_starts=_read(folder / "segment_starts.npy", np.load),
        )
        loaded._check(counts)
        return loaded

    def counts(self) -> dict[str, int]:
        """What there is of everything."""
        return {
            "songs": len(self.songs),
            "segments": len(self.segments),
            "clusters": int(self.songs["cluster"].nunique()),
            "duplicates": len(self.contents) - len(np.unique(self.contents)),
            "skipped": len(self.skipped),
            "peaks": len(self.peaks),
            "words": len(self.words.names) if self.words else 0,
        }

    def _check(self, counts: dict[str, int]) -> None:
        songs, segments = counts["songs"], counts["segments"]
        rows = {
            "clusters.csv": (len(self.songs), songs),
            "skipped.csv": (len(self.skipped), counts["skipped"]),
            "segments.npy": (len(self.segments), segments),
            FILE: (len(self.index), songs),
            "neighbourhoods.npy": (len(self.neighbourhoods), songs),
            "contents.npy": (len(self.contents), songs),
            "peaks.npy": (len(self.peaks), counts.get("peaks", 0)),
            "peak_counts.npy": (len(self.peak_counts), songs),
            "words.npz": (len(self.words.logits) if self.words else songs, songs),
            "segment_songs.npy": (len(self.segment_songs), segments),
            "segment_starts.npy": (len(self.segment_starts), segments),
        }
        for name, (found, expected) in rows.items():
            if found != expected:
                raise GenerationError(f"{name} holds {found} rows and not {expected}")
        if self.peak_counts.sum() != len(self.peaks):
            raise GenerationError("peaks.npy and peak_counts.npy belong to different builds")
        complete = np.isfinite(self.songs[["x", "y", "z"]]).all(axis=None)
        if not complete or not np.array_equal(self.songs["id"], np.arange(songs)):
            raise GenerationError("clusters.csv is incomplete")
        if self.whitening.projection.shape[1] != self.index.dimensions:
            raise GenerationError(f"{FILE} and whitening.npz belong to different builds")


def _open(store: Store, folder: Path, songs: int, dimensions: int, fingerprint: str) -> VectorIndex:
    try:
        return store.open(folder, songs, dimensions, fingerprint)
    except VectorsError as error:
        raise GenerationError(f"{FILE} cannot be read") from error


def _read(path: Path, reader: Callable[[Path], Any]) -> Any:
    if not path.is_file():
        raise GenerationError(f"{path.name} is missing")
    try:
        return reader(path)
    except (OSError, ValueError, KeyError, EOFError, VectorsError, WhiteningError, WordsError) as error:
        raise GenerationError(f"{path.name} cannot be read") from error


def _mapped(path: Path) -> np.ndarray:
    return np.load(path, mmap_mode="r")


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a table as UTF-8 and RFC 4180."""
    table.to_csv(path, index=False, encoding="utf-8", lineterminator="\r\n", quoting=csv.QUOTE_MINIMAL)


def read_table(path: Path, columns: dict[str, str]) -> pd.DataFrame:
    """Read such a table: a song called "007" or "null" stays text, and only a number can be missing (NaN).

    So is every number of a column that was not yet written when the table was.
    """
    numbers = {name: [""] for name, dtype in columns.items() if dtype != "str"}
    table = pd.read_csv(path, dtype=columns, keep_default_na=False, na_values=numbers, encoding="utf-8")
    for name in LATER - set(table.columns) & set(columns):
        table[name] = np.float32(np.nan)
    return table[list(columns)]


def write_rows(path: Path, shape: tuple[int, ...], parts: Iterable[np.ndarray], dtype: str = "<f2") -> np.ndarray:
    """Write rows of this shape and type to an .npy file part by part, and map it: no library's fit into memory."""
    with path.open("wb") as file:
        header = {"descr": dtype, "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(file, header)
        for part in parts:
            file.write(np.asarray(part, dtype).tobytes())
    return np.load(path, mmap_mode="r")


def make_current(library: Path, about: dict[str, Any]) -> None:
    """Make `about["generation"]` what the library shows, at once or not at all."""
    unfinished = library / f"{CURRENT}.unfinished"
    with unfinished.open("w", encoding="utf-8") as file:
        json.dump(about, file, indent=2)  # in ASCII, for a folder's name need not be UTF-8
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(library / CURRENT)


@contextmanager
def new_generation(library: Path) -> Iterator[Path]:
    """A folder for a new generation, which is gone again unless all goes well."""
    folder = library / f"{PREFIX}{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
    try:
        folder.mkdir()
        yield folder
    except BaseException:
        discard(folder)
        raise


def sweep(library: Path, keep: set[str]) -> None:
    """Delete old generations, and those that a killed build left unfinished."""
    for folder in library.glob(f"{PREFIX}*"):
        if folder.name not in keep:
            discard(folder)
