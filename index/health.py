"""What is wrong with the files of a folder: left out, silent, cut short, or there more than once."""

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd

from index.library import Library
from index.ranking import SAME_RECORDING

COLUMNS = ["path", "song", "kind", "detail"]
KINDS = ("skipped", "silent", "truncated", "very short", "duplicate content", "same recording")
SAID = {"silent": re.compile("silent"), "very short": re.compile(r"short|only .* long")}  # in an encoder's reason
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # how a cell begins that a spreadsheet would work out
QUIET = 10  # a peak of at most this height is below -55 dBFS
MOSTLY = 0.9  # share of a song that must be quiet for it to be called silent
SHORT = 10.0  # seconds; below it an ear has little to go by
MISSING_SECONDS, MISSING_SHARE = 2.0, 0.02  # by both of which a file must fall short of what it says
AXES = 12  # of the vectors, the widest, on which copies are looked for; the others only confirm them


def health(library: Library) -> pd.DataFrame:
    """One row for everything that is wrong with a file: path, song (its id, -1 where it was left out), kind, detail.

    The kind is one of KINDS and the detail a sentence. Rows are in the order of the kinds, then of the paths; a file
    may have several. What an older library does not know of its files, their peaks and stated lengths, is passed over.
    """
    rows = [*_left_out(library), *_unsound(library), *_copies(library)]
    rows.sort(key=lambda row: (KINDS.index(row[2]), row[0]))
    return pd.DataFrame(rows, columns=COLUMNS).astype({"song": "int64"})


def to_csv(table: pd.DataFrame) -> str:
    """A table for a spreadsheet: RFC 4180, and a text that would begin a formula begins with an apostrophe instead."""
    texts = table.select_dtypes(exclude="number").columns
    safe = table.assign(**{str(name): [_harmless(str(cell)) for cell in table[name]] for name in texts})
    return safe.to_csv(index=False, lineterminator="\r\n")


Row = tuple[str, int, str, str]


def _left_out(library: Library) -> Iterator[Row]:
    """The files that were skipped, by the reason."""
    for path, reason in library.skipped.itertuples(index=False):
        kind = next((kind for kind, said in SAID.items() if said.search(reason)), "skipped")
        yield path, -1, kind, f"It was left out: it {reason}."


def _unsound(library: Library) -> Iterator[Row]:
    """The songs that were heard, although little or only a part of them could be."""
    songs = library.songs
    for song, (path, length, stated) in enumerate(songs[["path", "length", "stated_length"]].itertuples(index=False)):
        peaks = library.peaks(song)
        if len(peaks) and (quiet := float((peaks <= QUIET).mean())) > MOSTLY:
            yield path, song, "silent", f"There is no sound in {quiet:.0%} of it."
        if length < SHORT:
            yield path, song, "very short", f"It lasts only {length:.1f} seconds."
        if stated - length > max(MISSING_SECONDS, MISSING_SHARE * stated):
            yield path, song, "truncated", f"It should last {_clock(stated)} and ends after {_clock(length)}."


def _copies(library: Library) -> Iterator[Row]:
    """The songs of which an earlier file has the same bytes, or holds the same recording in others."""
    paths, contents = library.songs["path"].tolist(), pd.Series(library.contents)
    first = contents.map(contents.reset_index().groupby(0)["index"].first()).to_numpy()
    copies = first != np.arange(len(paths))
    for song in np.flatnonzero(copies).tolist():
        yield paths[song], song, "duplicate content", f"It is the very same file as {paths[first[song]]}."
    different = np.flatnonzero(~copies)
    for song, earlier in _same_recordings(library.vectors()[different]).items():
        song, earlier = int(different[song]), int(different[earlier])
        yield paths[song], song, "same recording", f"It is the same recording as {paths[earlier]}, in another file."


def _same_recordings(vectors: np.ndarray) -> dict[int, int]:
    """The row of the first vector that is the same recording, by that of every later one.

    A cosine above SAME_RECORDING is a small distance, on some of the axes no larger than on all: so a tree over a few
    of them misses none.
    """
    from scipy.spatial import cKDTree  # a third of a second that a page which never asks need not wait for

    widest = np.argsort(-vectors.var(axis=0), kind="stable")[:AXES]
    near = cKDTree(vectors[:, widest]).query_pairs(np.sqrt(2 - 2 * SAME_RECORDING), output_type="ndarray")  # [n, 2]
    near = near[np.lexsort((near[:, 1], near[:, 0]))]
    same = np.einsum("nd,nd->n", vectors[near[:, 0]], vectors[near[:, 1]]) > SAME_RECORDING
    found: dict[int, int] = {}
    for earlier, later in near[same].tolist():
        found.setdefault(later, found.get(earlier, earlier))
    return found


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"
