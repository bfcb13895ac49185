"""From a folder of songs to a library: the pipeline."""

import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from index.clusters import ClustersError, cluster
from index.embeds import Embeds
from index.generation import COLUMNS, FORMAT, SKIPPED, Generation, make_current, write_segments
from index.intake import Heard, Intake, Progress
from index.journal import Journal, JournalError
from index.library import Library, LibraryError
from index.naming import name_clusters
from index.projection import place, project
from index.ranking import neighbourhood
from index.songs import Song, scan
from index.vectors import VectorIndex, VectorsError
from index.whitening import Whitening, WhiteningError
from index.words import WordIndex, WordsError

JOURNAL = "journal.sqlite"
PREFIX = "generation-"
MOST_CHANGES = 0.1  # share of the songs that may come or go before the map is drawn anew
DECIMALS = {"length": 3, "bpm": 2, "loudness": 2, "brightness": 1, "percussiveness": 4}


class BuildError(Exception):
    """No library could be built; the message says why, and the one that was there is untouched."""


@dataclass(frozen=True)
class BuildOptions:
    """What can be chosen about a library."""

    clusters: int | None = None  # how many; None lets the songs decide
    dimensions: int = 256  # of the vectors searched, at most
    seed: int = 0  # of the map


@dataclass(frozen=True)
class Summary:
    """What a build did."""

    indexed: int  # songs in the library
    remembered: int  # of them, those whose content the journal knew
    duplicates: int  # of them, those whose content an earlier one has, too
    skipped: list[tuple[str, str]]  # path in the songs folder, reason
    seconds: float
    library: Path


def build_library(
    songs: Path,
    embedder: Embeds,
    out: Path,
    options: BuildOptions = BuildOptions(),
    on_progress: Callable[[Progress], None] = lambda progress: None,
) -> Summary:
    """Make the library in the folder `out` show the songs below `songs`, as `embedder` hears them.

    Only what the library's journal does not know is embedded, each content once. The new generation is written beside
    the old one and takes its place at once; until then the old one opens. The map stays as it is while few songs come
    and go. Raises SongsError where `songs` holds none, and BuildError where none of them can be indexed, where the
    library cannot be written, or where another process is building it.
    """
    try:
        return _build(songs, embedder, out, options, on_progress)
    except (ClustersError, JournalError, VectorsError, WhiteningError, WordsError) as error:
        raise BuildError(str(error)) from error


def _build(
    songs: Path, embedder: Embeds, out: Path, options: BuildOptions, on_progress: Callable[[Progress], None]
) -> Summary:
    began = time.monotonic()
    paths = scan(songs)
    with _writing(out):
        out.mkdir(parents=True, exist_ok=True)
    with Journal(out / JOURNAL) as journal:
        intake = Intake(embedder, journal, on_progress)
        intake.scan(paths, songs)
        remembered = intake.remember()
        intake.listen(songs)
        if not intake.songs:
            name, reason = intake.skipped[0]
            raise BuildError(f"none of the {len(paths)} files in {songs} can be indexed; the first, {name}, {reason}")
        contents = [content for _, content in intake.songs]
        heard = [intake.heard[content] for content in contents]

        intake.report("whiten")
        raw = np.stack([each.vector for each in heard])  # [songs, dim]
        whitening = Whitening.fit(np.vstack([embedder.reference.reshape(-1, raw.shape[1]), raw]), options.dimensions)
        vectors = whitening.apply(raw)  # [songs, k], unit rows
        index = VectorIndex.build(vectors)
        neighbourhoods = neighbourhood(vectors, index)

        intake.report("cluster")
        table = _table(intake.songs, heard)
        table["cluster"] = cluster(vectors, options.clusters)
        words = WordIndex.build(embedder.words, raw, embedder.reference) if embedder.words else None
        names = name_clusters(table["cluster"].to_numpy(), table, words)
        table["cluster_name"] = np.array(names, object)[table["cluster"]]

        intake.report("map")
        old = _current(out)
        coordinates, changes = _map(vectors, contents, old, embedder.fingerprint, options)
        table[["x", "y", "z"]] = coordinates

        intake.report("write")
        counts = [len(each.starts) for each in heard]
        shape = (sum(counts), heard[0].width)
        with _writing(out), _new_folder(out) as folder:
            generation = Generation(
                songs=table.astype(COLUMNS)[list(COLUMNS)],
                skipped=pd.DataFrame(intake.skipped, columns=list(SKIPPED)),
                index=index,
                whitening=whitening,
                words=words,
                neighbourhoods=neighbourhoods,
                contents=np.array(contents, bytes),
                segments=write_segments(folder / "segments.npy", shape, intake.segments()),
                segment_songs=np.repeat(np.arange(len(heard), dtype=np.int32), counts),
                segment_starts=np.concatenate([each.starts for each in heard]).astype(np.float32),
            )
            generation.save(folder)
            about = {
                "format": FORMAT,
                "encoder": embedder.name,
                "fingerprint": embedder.fingerprint,
                "songs": str(songs.absolute()),
                "generation": folder.name,
                "counts": generation.counts() | {"map_changes": changes},
                "options": asdict(options),
                "created": datetime.now(UTC).isoformat(timespec="seconds"),
            }
            make_current(out, about)
        _sweep(out, keep={folder.name, old.generation if old else folder.name})
        intake.report("write", 1)
    duplicates = generation.counts()["duplicates"]
    return Summary(len(table), remembered, duplicates, intake.skipped, time.monotonic() - began, out)


def _table(songs: list[tuple[Song, str]], heard: list[Heard]) -> pd.DataFrame:
    """One row a song: its tags, and what the encoder can name of its sound."""
    table = pd.DataFrame([asdict(song) | each.descriptors for (song, _), each in zip(songs, heard, strict=True)])
    table.insert(0, "id", np.arange(len(table)))
    table["length"] = [each.length for each in heard]
    for name, dtype in COLUMNS.items():
        if name not in table:
            table[name] = "" if dtype == "str" else np.nan
    table["initial_key"] = table["initial_key"].fillna("")
    return table.round(DECIMALS)


def _map(
    vectors: np.ndarray, contents: list[str], old: Library | None, fingerprint: str, options: BuildOptions
) -> tuple[np.ndarray, int]:
    """Coordinates [songs, 3], and how many songs have come or gone since the map was drawn.

    While these are few, the songs of the old library stay where they were and new ones are placed among them.
    """
    if old and old.fingerprint == fingerprint and old.options.get("seed") == options.seed:
        where = dict(zip(old.contents, old.songs[["x", "y", "z"]].to_numpy(), strict=True))
        known = np.array([content in where for content in contents])
        changes = old.counts["map_changes"] + int((~known).sum()) + len(where.keys() - set(contents))
        if changes <= MOST_CHANGES * len(contents):
            coordinates = np.array([where.get(content, (0, 0, 0)) for content in contents], np.float32)
            coordinates[~known] = place(vectors[~known], vectors[known], coordinates[known])
            return coordinates, changes
    return project(vectors, options.seed), 0


def _current(out: Path) -> Library | None:
    try:
        return Library.load(out)
    except LibraryError:
        return None


@contextmanager
def _writing(out: Path) -> Iterator[None]:
    """Turn what the disk refuses into a sentence."""
    try:
        yield
    except OSError as error:
        raise BuildError(f"{out} cannot be written: {error.strerror or error}") from error


@contextmanager
def _new_folder(out: Path) -> Iterator[Path]:
    """A folder for a new generation, which is gone again unless all goes well."""
    folder = out / f"{PREFIX}{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
    try:
        folder.mkdir()
        yield folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _sweep(out: Path, keep: set[str]) -> None:
    """Delete old generations, and those that a killed build left unfinished."""
    for folder in out.glob(f"{PREFIX}*"):
        if folder.name not in keep:
            shutil.rmtree(folder, ignore_errors=True)
