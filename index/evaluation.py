"""A library put to the test: its own encoder and others, on the same songs, by what the listener says goes together."""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import numpy as np

from index.bootstrap import Figure
from index.build import JOURNAL
from index.embeds import Embeds
from index.intake import Intake, Progress
from index.journal import Journal
from index.judged import Judged
from index.labels import albums_of, check_groups, labels_of
from index.library import Library, LibraryError
from index.quality import chance, distinct

BEYOND_ALBUMS = ("artist", "genre")  # labels by which songs of other albums belong together, too

Cut = Callable[[Path, Path, int], Mapping[str, Path]]  # song, folder to write into, its number -> files by condition
OnProgress = Callable[[Progress], None]


class EvaluationError(Exception):
    """Nothing can be measured; the message says why."""


@dataclass(frozen=True)
class Evaluation:
    """What was measured, on how many songs, and which were left out."""

    library: str
    labels: str
    songs: int
    groups: int
    asked: int  # songs that share their label with another
    excerpts: int  # songs that gave excerpts
    chance: float  # the P@1 of neighbours drawn by lot
    left_out: dict[str, int]  # how many songs, by why
    figures: dict[str, dict[str, Figure]]  # by encoder, the library's own first, and figure
    differences: dict[str, dict[str, Figure]]  # by other encoder: the library's own minus it, song by song


def evaluate(
    library: Library,
    encoders: Sequence[Embeds],
    cut: Cut,
    labels: str = "folder",
    excerpts: int = 200,
    on_progress: OnProgress = lambda progress: None,
) -> Evaluation:
    """Measure encoders, the library's own first, on the songs of the library that have a label.

    Each hears what the library's journal does not hold of it yet. At most `excerpts` songs, evenly spread, are cut up.
    Songs are left out, and counted, where the label is missing, where the file is gone or changed, where an encoder
    cannot hear it, and where it is the recording of an earlier one. Raises LabelsError where the labels are none or
    make no two groups, JournalError, and EvaluationError where no files are left or the first encoder is not the
    library's.
    """
    if encoders[0].fingerprint != library.fingerprint:
        raise EvaluationError(
            f"the library was heard by another version of {library.encoder} ({library.fingerprint}, here is "
            f"{encoders[0].fingerprint}); build it again with: python cli.py build-index"
        )
    songs, heard, left_out = _choose(library, encoders, labels, on_progress)
    _, groups = np.unique(labels_of(library.songs, labels)[songs].astype(str), return_inverse=True)
    albums = albums_of(library.songs)[songs]
    table = library.songs.iloc[songs]

    judged = []
    for number, (encoder, raw) in enumerate(zip(encoders, heard, strict=True)):
        on_progress(Progress(f"{encoder.name}: measuring", number, len(encoders), 0, 0))
        one = Judged.of(encoder, raw, library.options["dimensions"])
        one.neighbours(groups, albums if labels in BEYOND_ALBUMS and (albums != "").any() else None)
        one.hubs()
        one.map_and_clusters(groups, table["cluster"].nunique(), table if number == 0 else None)
        judged.append(one)
    with tempfile.TemporaryDirectory(prefix="songboard-excerpts-") as folder:
        files = _excerpts(library, songs, cut, Path(folder), excerpts, on_progress)
        for one in judged:
            one.excerpts(files, groups, _counter(f"{one.encoder.name}: hearing excerpts", files, on_progress))
    return Evaluation(
        library=str(library.folder),
        labels=labels,
        songs=len(songs),
        groups=len(np.unique(groups)),
        asked=len(judged[0].answers["p1"][0]),
        excerpts=len(files),
        chance=chance(groups),
        left_out=left_out,
        figures={one.encoder.name: one.figures for one in judged},
        differences={one.encoder.name: judged[0].minus(one) for one in judged[1:]},
    )


def _choose(
    library: Library, encoders: Sequence[Embeds], labels: str, on_progress: OnProgress
) -> tuple[np.ndarray, list[np.ndarray], dict[str, int]]:
    """The songs all encoders are judged on: ids [songs], raw vectors [songs, dim] from each, and how many are not."""
    named = labels_of(library.songs, labels)
    left_out: dict[str, int] = {}

    def keep(songs: np.ndarray, kept: list[bool] | np.ndarray, reason: str) -> np.ndarray:
        kept = np.asarray(kept, bool)
        if not kept.all():
            left_out[reason] = int((~kept).sum())
        return songs[kept]

    songs = keep(np.arange(len(library)), named != "", f"without a tag for the {labels}")
    check_groups(named[songs], labels)
    with Journal(library.folder / JOURNAL) as journal:
        songs = keep(songs, [_is_there(library, journal, song) for song in songs], "gone or changed since the build")
        if not len(songs):
            raise EvaluationError(f"the songs are no longer in {library.songs_folder}: put them back, or build again")
        check_groups(named[songs], labels)
        heard = [_listen(encoder, library, journal, songs, on_progress) for encoder in encoders]
    contents = library.contents
    songs = keep(songs, [all(contents[song] in by for by in heard) for song in songs], "not heard by every encoder")
    if len(songs):
        songs = keep(songs, distinct(library.vectors()[songs]), "the same recording as another")
    check_groups(named[songs], labels)
    return songs, [np.stack([by[contents[song]] for song in songs]) for by in heard], left_out


def _is_there(library: Library, journal: Journal, song: int) -> bool:
    """Whether the file is where the library says, and what the library heard."""
    try:
        return journal.content_hash(library.audio_path(song)) == library.contents[song]
    except (LibraryError, OSError):
        return False


def _listen(
    encoder: Embeds, library: Library, journal: Journal, songs: np.ndarray, on_progress: OnProgress
) -> dict[str, np.ndarray]:
    """The raw vectors of songs by content: out of the journal, and the others into it."""
    step = f"{encoder.name}: hearing songs"
    intake = Intake(encoder, journal, lambda progress: on_progress(replace(progress, step=step)))
    intake.songs = [(library.song(song), library.contents[song]) for song in songs]
    intake.remember()
    intake.listen(library.songs_folder)
    contents = [content for _, content in intake.songs]
    return {content: heard.vector for content, heard in zip(contents, intake.remembered(), strict=True)}


def _excerpts(
    library: Library, songs: np.ndarray, cut: Cut, folder: Path, most: int, on_progress: OnProgress
) -> dict[int, Mapping[str, Path]]:
    """Files by condition, by row in `songs`, of songs evenly spread; those that give none are passed over."""
    rows = np.linspace(0, len(songs) - 1, min(most, len(songs))).round().astype(int)
    files = {}
    for done, row in enumerate(rows.tolist(), start=1):
        if by_condition := cut(library.audio_path(songs[row]), folder, row):
            files[row] = by_condition
        on_progress(Progress("cutting excerpts", done, len(rows), 0, 0))
    return files


def _counter(step: str, files: Mapping[int, Mapping[str, Path]], on_progress: OnProgress) -> Callable[[], None]:
    """What is called for each file heard."""
    done, total = count(1), sum(len(by_condition) for by_condition in files.values())
    return lambda: on_progress(Progress(step, next(done), total, 0, 0))
