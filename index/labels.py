"""What a listener says belongs together: the folder, the artist, the album or the genre of each song."""

from pathlib import PurePosixPath

import numpy as np
import pandas as pd

LABELS = ("folder", "artist", "album", "genre")


class LabelsError(Exception):
    """Labels that cannot judge an encoder; the message says what to choose."""


def labels_of(songs: pd.DataFrame, kind: str) -> np.ndarray:
    """The label of each song, str [songs]; "" where the tag is missing.

    The folder is the one a song lies in; an album is told from others of its name as in albums_of(). Raises LabelsError
    for a kind that is none of LABELS.
    """
    if kind not in LABELS:
        raise LabelsError(f"songs have no label {kind!r}; choose from: {', '.join(LABELS)}")
    if kind == "folder":
        return np.array([str(PurePosixPath(path).parent) for path in songs["path"]], object)
    return albums_of(songs) if kind == "album" else songs[kind].to_numpy(object)


def albums_of(songs: pd.DataFrame) -> np.ndarray:
    """The album of each song and whose it is, as the ranking tells albums apart, str [songs]; "" for a missing tag."""
    by = songs["albumartist"].where(songs["albumartist"] != "", songs["artist"])
    return (songs["album"] + "\n" + by).where(songs["album"] != "", "").to_numpy(object)


def check_groups(labels: np.ndarray, kind: str) -> None:
    """Raise LabelsError unless two groups of two songs are there: less cannot tell right neighbours from wrong ones."""
    sizes = pd.Series(labels, dtype=object).value_counts()
    shared = int((sizes > 1).sum())
    if shared < 2:
        others = ", ".join(other for other in LABELS if other != kind)
        found = "no two songs share" if not shared else "only one group of songs shares"
        raise LabelsError(f"{found} the {kind}, and two such groups are needed: try --labels with one of {others}")
