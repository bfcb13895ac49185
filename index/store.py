"""Where a library keeps its song vectors: in a file beside the others, or in a database that library.json names."""

import shutil
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Protocol

import numpy as np

from index.faiss_index import FaissIndex
from index.milvus_index import MilvusIndex
from index.milvus_server import Address, MilvusServer, StoreError
from index.vectors import VectorIndex

FILES = "files"
FILE = "songs.faiss"
RECORD = "store.txt"  # in a generation: the store that holds a part of it, written down before anything is put there

OnWritten = Callable[[int], None]  # how many vectors are written


class Store(Protocol):
    """What keeps the vectors of generations."""

    name: str  # as library.json has it

    def check(self) -> None:
        """StoreError where it cannot be reached now: better before a long build than after it."""

    def keep(self, index: VectorIndex, folder: Path, fingerprint: str, on_written: OnWritten) -> None:
        """Write the vectors of a generation; killed at any instant, discard() finds what was begun.

        What takes long says how many are written. Raises VectorsError where they cannot be.
        """

    def open(self, folder: Path, songs: int, dimensions: int, fingerprint: str) -> VectorIndex:
        """The vectors of a generation; VectorsError where they cannot be read."""


class Files:
    """One file in the generation's folder, searched in this process."""

    name = FILES

    def check(self) -> None:
        """Always there."""

    def keep(self, index: VectorIndex, folder: Path, fingerprint: str, on_written: OnWritten) -> None:
        """As Store says."""
        if not isinstance(index, FaissIndex):
            index = FaissIndex.build(index.vectors(np.arange(len(index))))
        index.save(folder / FILE)

    def open(self, folder: Path, songs: int, dimensions: int, fingerprint: str) -> VectorIndex:
        """As Store says."""
        return FaissIndex.load(folder / FILE)


_server = cache(MilvusServer)  # generations of a library, and libraries, share a connection


class Milvus:
    """A Milvus server, a collection for each generation."""

    def __init__(self, address: Address) -> None:
        self.name = str(address)
        self._address, self._server = address, _server(address.host, address.port)

    def check(self) -> None:
        """As Store says."""
        self._server.ask("list_collections")

    def keep(self, index: VectorIndex, folder: Path, fingerprint: str, on_written: OnWritten) -> None:
        """As Store says."""
        (folder / RECORD).write_text(self.name, encoding="utf-8")
        MilvusIndex.build(self._server, self._collection(folder), index, fingerprint, on_written)

    def open(self, folder: Path, songs: int, dimensions: int, fingerprint: str) -> VectorIndex:
        """As Store says; the server is asked when something is looked for."""
        return MilvusIndex(self._server, self._collection(folder), songs, dimensions, fingerprint)

    def drop(self, folder: Path) -> None:
        """Delete the collection of a generation, if there is one; StoreError where the server does not answer."""
        self._server.ask("drop_collection", self._collection(folder))

    def _collection(self, folder: Path) -> str:
        return f"{self._address.collection}_{folder.name.removeprefix('generation-').replace('-', '_')}"


def open_store(name: str) -> Store:
    """The store of that name, "files" or "milvus://HOST:19530/COLLECTION"; StoreError for any other name."""
    return Files() if name == FILES else Milvus(Address.read(name))


def discard(folder: Path) -> None:
    """Delete a generation and what a store holds of it; its folder stays where that store cannot be reached now."""
    with suppress(StoreError):
        record = folder / RECORD
        if record.is_file() and (name := record.read_text(encoding="utf-8")):  # empty: killed before anything was put
            Milvus(Address.read(name)).drop(folder)
        shutil.rmtree(folder, ignore_errors=True)
