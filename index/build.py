"""From a folder of songs to a library: the pipeline."""

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
from index.embeds import Embeds, Speaks, parts_of
from index.faiss_index import FaissIndex
from index.generation import COLUMNS, FORMAT, SKIPPED, Generation, make_current, new_generation, sweep, write_rows
from index.intake import Heard, Intake, Progress
from index.journal import Journal, JournalBusyError, JournalError
from index.library import Library, LibraryError
from index.naming import name_clusters
from index.projection import flatten, place, project
from index.ranking import neighbourhood
from index.shelf import NewerLibraryError
from index.songs import Song, scan
from index.store import FILES, open_store
from index.underway import Teller, read_underway
from index.vectors import VectorsError
from index.whitening import FITTED_ON, Whitening, WhiteningError
from index.words import WordIndex, WordsError

JOURNAL = "journal.sqlite"
MAP = ["x", "y", "z", "u", "v"]
BYTES_PER_SONG = 40_000  # of a song of six minutes, in the journal and once more in a generation
MOST_CHANGES = 0.1  # share of the songs that may come or go before the map is drawn anew
DECIMALS = {"length": 3, "stated_length": 3, "bpm": 2, "loudness": 2, "brightness": 1, "percussiveness": 4}


class BuildError(Exception):
    """No library could be built; the message says why, and the one that was there is untouched."""


class BusyError(BuildError):
    """Another process is building the library."""


@dataclass(frozen=True)
class BuildOptions:
    """What can be chosen about a library."""

    clusters: int | None = None  # how many; None lets the songs decide
    dimensions: int = 256  # of the vectors searched, at most
    seed: int = 0  # of the map
    remap: bool = False  # draw the map anew, however few songs came or went
    relisten: bool = False  # have another version of the library's ear hear all songs again
    store: str | None = None  # where the vectors are kept, see store.py; None leaves them where they are


@dataclass(frozen=True)
class Summary:
    """What a build did."""

    indexed: int  # songs in the library
    remembered: int  # of them, those whose content the journal knew
    duplicates: int  # of them, those whose content an earlier one has, too
    skipped: list[tuple[str, str]]  # path in the songs folder, reason
    seconds: float
    library: Path
    listened: dict[str, float | str]  # in this run: songs, seconds it took, seconds of audio, songs a second, device


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
    library cannot be written or is a newer version's; BusyError where another process is building it.
    """
    try:
        return _build(songs, embedder, out, options, on_progress)
    except JournalBusyError as error:
        holder = read_underway(out)
        how_far = f" (process {holder.pid}, {holder.step} {holder.done}/{holder.total})" if holder else ""
        raise BusyError(f"{error}{how_far}") from error
    except (ClustersError, JournalError, VectorsError, WhiteningError, WordsError) as error:
        raise BuildError(str(error)) from error


def _build(
    songs: Path, embedder: Embeds, out: Path, options: BuildOptions, on_progress: Callable[[Progress], None]
) -> Summary:
    began = time.monotonic()
    paths = scan(songs)
    with _writing(out):
        out.mkdir(parents=True, exist_ok=True)
    with Journal(out / JOURNAL) as journal, Teller(out, embedder.device) as teller:
        old = _current(out)
        _check_ear(out, old, embedder, options)
        store = open_store(options.store or (old.store if old else FILES))
        store.check()
        intake = Intake(embedder, journal, teller.beside(on_progress))
        intake.scan(paths, songs)
        remembered = intake.remember()
        _check_room(out, len(intake.songs), len(intake.songs) - remembered)
        intake.listen(songs)
        intake.draw(songs)
        if not intake.songs:
            name, reason = intake.skipped[0]
            raise BuildError(f"none of the {len(paths)} files in {songs} can be indexed; the first, {name}, {reason}")
        listened = intake.listened()
        with _writing(out), new_generation(out) as folder:
            generation, changes = _generation(folder, intake, old, options)
            counts = generation.counts()
            generation.save(
                folder, store, embedder.fingerprint, lambda done: intake.report("write", done, counts["songs"])
            )
            about = {
                "format": FORMAT,
                "encoder": embedder.name,
                "segment_seconds": embedder.segment_seconds,
                "sentences": isinstance(embedder, Speaks),
                "fingerprint": embedder.fingerprint,
                "songs": str(songs.absolute()),
                "generation": folder.name,
                "store": store.name,
                "counts": counts | {"map_changes": changes},
                "options": asdict(options) | {"remap": False, "relisten": False, "store": None},
                "listened": listened,
                "created": datetime.now(UTC).isoformat(timespec="seconds"),
            }
            make_current(out, about)
        sweep(out, keep={folder.name, old.generation if old else folder.name})
        intake.report("write", 1)
    spent = time.monotonic() - began
    return Summary(counts["songs"], remembered, counts["duplicates"], intake.skipped, spent, out, listened)


def _generation(folder: Path, intake: Intake, old: Library | None, options: BuildOptions) -> tuple[Generation, int]:
    """All that is found out about the songs, and how many came or went since their map was drawn."""
    embedder = intake.embedder
    contents = [content for _, content in intake.songs]
    heard = [intake.heard[content] for content in contents]

    intake.report("whiten")
    scratch = folder / "vectors.npy"  # on disk, for a million of them would not fit into memory
    raw = write_rows(scratch, (len(heard), heard[0].dimensions), (each.vector for each in intake.remembered()), "<f4")
    sample = _sample(embedder.reference.reshape(-1, raw.shape[1]), raw)
    whitening = Whitening.fit(sample, options.dimensions, parts_of(embedder))
    vectors = whitening.apply(raw)  # [songs, k], unit rows
    index = FaissIndex.build(vectors)  # wherever they are kept: every song asks for its neighbours
    neighbourhoods = neighbourhood(vectors, index)

    intake.report("cluster")
    table = _table(intake.songs, heard)
    table["cluster"] = cluster(vectors, options.clusters)
    words = WordIndex.build(embedder.words, raw, embedder.reference) if embedder.words else None
    del raw
    scratch.unlink()
    names = name_clusters(table["cluster"].to_numpy(), table, words)
    table["cluster_name"] = np.array(names, object)[table["cluster"]]

    intake.report("map")
    coordinates, changes = _map(vectors, contents, old, embedder.fingerprint, options)
    table[MAP] = coordinates

    intake.report("write")
    counts = [len(each.starts) for each in heard]
    peaks = [each.peaks for each in heard]
    return Generation(
        songs=table.astype(COLUMNS)[list(COLUMNS)],
        skipped=pd.DataFrame(intake.skipped, columns=list(SKIPPED)),
        index=index,
        whitening=whitening,
        words=words,
        neighbourhoods=neighbourhoods,
        contents=np.array(contents, bytes),
        peaks=write_rows(folder / "peaks.npy", (sum(peaks),), (each.peaks for each in intake.remembered()), "|u1"),
        peak_counts=np.array(peaks, np.int32),
        segments=write_rows(
            folder / "segments.npy", (sum(counts), heard[0].width), (each.segments for each in intake.remembered())
        ),
        segment_songs=np.repeat(np.arange(len(heard), dtype=np.int32), counts),
        segment_starts=np.concatenate([each.starts for each in heard]).astype(np.float32),
    ), changes  # fmt: skip


def _sample(reference: np.ndarray, raw: np.ndarray) -> np.ndarray:
    """Vectors evenly spread over both tables, so many as the whitening is fitted on, [n, dim]."""
    total = len(reference) + len(raw)
    rows = np.linspace(0, total - 1, min(total, FITTED_ON)).astype(int)
    beyond = rows[rows >= len(reference)] - len(reference)
    return np.vstack([reference[rows[rows < len(reference)]], raw[beyond]])


def _table(songs: list[tuple[Song, str]], heard: list[Heard]) -> pd.DataFrame:
    """One row a song: its tags, and what the encoder can name of its sound."""
    table = pd.DataFrame([asdict(song) | each.descriptors for (song, _), each in zip(songs, heard, strict=True)])
    table.insert(0, "id", np.arange(len(table)))
    table["stated_length"] = table["length"]
    table["length"] = [each.length for each in heard]
    for name, dtype in COLUMNS.items():
        if name not in table:
            table[name] = "" if dtype == "str" else np.nan
    table["initial_key"] = table["initial_key"].fillna("")
    return table.round(DECIMALS)


def _map(
    vectors: np.ndarray, contents: list[str], old: Library | None, fingerprint: str, options: BuildOptions
) -> tuple[np.ndarray, int]:
    """Coordinates [songs, 5], in three dimensions and in two, and how many songs came or went since they were drawn.

    While these are few, the songs of the old library stay where they were and new ones are placed among them. Drawn
    anew, the map starts from where they were.
    """
    before = None
    if old and old.fingerprint == fingerprint and old.options.get("seed") == options.seed:
        where: dict[str, list[np.ndarray]] = {}  # twins share their content, and each has its place
        for content, at in zip(old.contents, old.songs[MAP].to_numpy(), strict=True):
            where.setdefault(content, []).append(at)
        stood = [where[content].pop(0) if where.get(content) else None for content in contents]
        known = np.array([at is not None for at in stood])
        changes = old.counts["map_changes"] + len(set(contents) ^ set(old.contents))
        before = np.array([np.zeros(len(MAP)) if at is None else at for at in stood], np.float32)
        before[~known] = place(vectors[~known], vectors[known], before[known])
        if changes <= MOST_CHANGES * len(contents) and not options.remap:
            if not old.flat:
                before[:, 3:] = flatten(vectors, before[:, :3])
            return before, changes
        before = before[:, :3] if known.sum() > MOST_CHANGES * len(contents) else None  # else it says too little
    space = project(vectors, options.seed, before)
    return np.hstack([space, flatten(vectors, space)]), 0


def _current(out: Path) -> Library | None:
    """The library as it is; None where there is none, or it is damaged. BuildError where it is a newer version's."""
    try:
        return Library.load(out)
    except NewerLibraryError as error:
        raise BuildError(str(error)) from error
    except LibraryError:
        return None


def _check_ear(out: Path, old: Library | None, embedder: Embeds, options: BuildOptions) -> None:
    """BuildError where all songs would be listened to again, which may take days, and nobody has asked for it."""
    if old and old.encoder == embedder.name and old.fingerprint != embedder.fingerprint and not options.relisten:
        raise BuildError(
            f"the {len(old)} songs in {out} were heard by another version of {embedder.name}: add --relisten to have "
            "this one hear them again, or name another --library; until then the library stays as it is"
        )


def _check_room(out: Path, songs: int, new: int) -> None:
    """BuildError where the disk is too full for what is to be written; what fills it later ends the build as well."""
    needed, free = BYTES_PER_SONG * (songs + new), shutil.disk_usage(out).free
    if free < needed:
        raise BuildError(
            f"{out} has {free / 1e6:.0f} MB left and {songs} songs need about {needed / 1e6:.0f} MB: "
            "make room, or choose another --library"
        )


@contextmanager
def _writing(out: Path) -> Iterator[None]:
    """Turn what the disk refuses into a sentence."""
    try:
        yield
    except OSError as error:
        raise BuildError(f"{out} cannot be written: {error.strerror or error}") from error
