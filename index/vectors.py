"""Vectors by song id and a search by cosine: the seam for whatever keeps them, FAISS in a file or a database."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np


class VectorsError(Exception):
    """Vectors that cannot be indexed, found or read."""


class VectorIndex(Protocol):
    """What a library asks of its song vectors, unit rows under the ids of the songs."""

    @property
    def dimensions(self) -> int:
        """The length of its vectors."""

    def __len__(self) -> int: ...

    def add(self, ids: Sequence[int] | np.ndarray, vectors: np.ndarray) -> None:
        """Add `vectors` [n, dim], unit rows, under `ids` [n]; a song already held is replaced.

        Raises VectorsError for another dimension, a value that is not finite, or an id given twice.
        """

    def remove(self, ids: Sequence[int] | np.ndarray) -> None:
        """Take songs out; an id it does not hold is passed over."""

    def search(self, queries: np.ndarray, k: int, among: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """The k nearest songs of each query [q, dim], nearest first: ids [q, k] and cosines [q, k].

        `among`, bool [songs], leaves only some of the songs 0..songs-1 to be found. There are no more columns than
        songs. A large index looks at a part of them and may find fewer: those places hold the id -1. Raises
        VectorsError as add() does.
        """

    def vectors(self, songs: np.ndarray) -> np.ndarray:
        """The vectors of some songs, float32 [n, dim], unit rows; VectorsError for one it does not hold."""


def checked(vectors: np.ndarray, dimensions: int) -> np.ndarray:
    """The vectors as float32 [n, dim], once it is sure that an index of so many dimensions can take them."""
    vectors = np.ascontiguousarray(vectors, np.float32)
    if vectors.ndim != 2 or vectors.shape[1] != dimensions:
        shape = "x".join(map(str, vectors.shape))
        raise VectorsError(f"the index holds vectors of {dimensions} numbers; these are {shape}")
    broken = np.flatnonzero(~np.isfinite(vectors).all(axis=1))
    if len(broken):
        raise VectorsError(f"row {broken[0]} holds a value that is not a finite number")
    return vectors


def checked_ids(ids: Sequence[int] | np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """The ids as int64 [n], once it is sure that there is one for each vector, and none twice."""
    ids = np.asarray(ids, np.int64)
    if len(ids) != len(vectors):
        raise VectorsError(f"{len(ids)} ids were given for {len(vectors)} vectors")
    values, counts = np.unique(ids, return_counts=True)
    if len(values) < len(ids):
        raise VectorsError(f"song {values[counts > 1][0]} was given twice: give every id once")
    return ids
