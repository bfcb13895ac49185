"""The song vectors in a Milvus server: one collection for one generation of a library."""

import json
from collections.abc import Callable, Sequence
from typing import Any, Self

import numpy as np

from index.milvus_server import LONG, PATIENCE, MilvusServer, StoreError
from index.vectors import VectorIndex, VectorsError, checked, checked_ids

AT_ONCE = 4096  # vectors in a message to the server and in one from it: 4 MB
ASKED_AT_ONCE = 32  # questions in a message: what it takes an instant to answer
MOST = 16_384  # songs found for a question: Milvus' own limit
FOUND_AT_ONCE = 50_000  # songs asked for beyond those that are to be found, for all questions together
FEW = 256  # songs among which each is compared here: they come as quickly as an answer about them
NAMES_A_SECOND = 50_000  # songs in a list that Milvus reads
INDEXED_A_SECOND = 500  # vectors, on the slowest machine that is waited for
LISTS_PER_ROOT = 1  # lists are sqrt(n): Milvus takes minutes to find four times as many, and no answer gains by them
SEGMENT = 400_000  # vectors that Milvus keeps together, each such part with lists of its own
PROBED = 48
SPARE = 4  # times as many songs as are to be found stand in the lists looked into


class MilvusIndex:
    """A VectorIndex in a server. To open it asks nothing: the server may be gone, and come back."""

    def __init__(self, server: MilvusServer, collection: str, songs: int, dimensions: int, fingerprint: str) -> None:
        """What a collection should hold: so many vectors, of the encoder with this fingerprint."""
        self._server, self._collection = server, collection
        self._songs, self._dimensions, self._fingerprint = songs, dimensions, fingerprint
        self._is_checked = False

    @classmethod
    def build(
        cls,
        server: MilvusServer,
        collection: str,
        index: VectorIndex,
        fingerprint: str,
        on_written: Callable[[int], None] = lambda written: None,
    ) -> Self:
        """A new collection of all that `index` holds under the ids 0..songs-1, of the encoder with this fingerprint.

        Raises StoreError where the server does not take them; a part of them may then be there.
        """
        from pymilvus import DataType, MilvusClient  # not before it is needed: it takes a second

        songs, dimensions = len(index), index.dimensions
        patience = LONG + songs / INDEXED_A_SECOND
        about = json.dumps({"fingerprint": fingerprint})
        schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False, description=about)
        schema.add_field("id", DataType.INT64, is_primary=True)
        schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dimensions)
        server.ask("create_collection", collection, schema=schema, consistency_level="Session")
        for start in range(0, songs, AT_ONCE):
            ids = np.arange(start, min(start + AT_ONCE, songs))
            server.ask("insert", collection, _rows(ids, index.vectors(ids)), timeout=LONG)
            on_written(start + len(ids))
        server.ask("flush", collection, timeout=patience)
        params = MilvusClient.prepare_index_params()
        params.add_index("vector", index_type="IVF_FLAT", metric_type="IP", params={"nlist": _lists(songs)})
        server.ask("create_index", collection, params, timeout=patience)
        server.ask("load_collection", collection, timeout=patience)
        built = cls(server, collection, songs, dimensions, fingerprint)
        built._check()
        return built

    @property
    def dimensions(self) -> int:
        """The length of its vectors."""
        return self._dimensions

    def __len__(self) -> int:
        return self._songs

    def add(self, ids: Sequence[int] | np.ndarray, vectors: np.ndarray) -> None:
        """As VectorIndex says."""
        vectors = checked(vectors, self.dimensions)
        ids = checked_ids(ids, vectors)
        for start in range(0, len(ids), AT_ONCE):
            block = slice(start, start + AT_ONCE)
            self._ask("upsert", _rows(ids[block], vectors[block]))
        self._songs = self._count()

    def remove(self, ids: Sequence[int] | np.ndarray) -> None:
        """As VectorIndex says."""
        ids = np.asarray(ids, np.int64)
        for start in range(0, len(ids), AT_ONCE):
            self._ask("delete", filter=f"id in {ids[start : start + AT_ONCE].tolist()}")
        self._songs = self._count()

    def search(self, queries: np.ndarray, k: int, among: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """As VectorIndex says; no more than 16,384 songs are found for a question. StoreError without the server.

        Milvus reads a list of songs slowly. So a few songs are compared here; of many, more are asked for, and those
        that may not be found are left out; only where too few remain is it told which songs it may find.
        """
        queries = checked(queries, self.dimensions)
        if among is None or among.all():
            return self._nearest(queries, min(k, len(self)))
        allowed = np.flatnonzero(among)
        k, share = min(k, len(allowed)), len(allowed) / len(self)
        if len(allowed) <= FEW:
            cosines = queries @ self.vectors(allowed).T
            order = np.argsort(-cosines, axis=1, kind="stable")[:, :k]
            return allowed[order], np.take_along_axis(cosines, order, axis=1)
        wide = min(len(self), int(SPARE * k / share))
        if wide <= MOST and wide * len(queries) <= FOUND_AT_ONCE:
            ids, cosines = self._nearest(queries, wide)
            found = among[ids] & (ids >= 0)  # [q, wide]
            if (found.sum(axis=1) >= k).all():
                order = np.argsort(~found, axis=1, kind="stable")[:, :k]
                return np.take_along_axis(ids, order, axis=1), np.take_along_axis(cosines, order, axis=1)
        barred = np.flatnonzero(~among)
        named = f"id in {allowed.tolist()}" if share < 0.5 else f"id not in {barred.tolist()}"
        patience = PATIENCE + min(len(allowed), len(barred)) / NAMES_A_SECOND
        return self._nearest(queries, k, share, filter=named, timeout=patience)

    def vectors(self, songs: np.ndarray) -> np.ndarray:
        """As VectorIndex says; StoreError without the server."""
        wanted, places = np.unique(np.asarray(songs, np.int64), return_inverse=True)
        rows = np.empty((len(wanted), self.dimensions), np.float32)
        for start in range(0, len(wanted), AT_ONCE):
            block = wanted[start : start + AT_ONCE]
            found = self._ask("query", filter=f"id in {block.tolist()}", output_fields=["vector"])
            held = {each["id"]: each["vector"] for each in found}
            for row, song in enumerate(block.tolist(), start=start):
                if song not in held:
                    raise VectorsError(f"the index holds no song {song}")
                rows[row] = held[song]
        return rows[places]

    def _nearest(
        self, queries: np.ndarray, k: int, share: float = 1.0, **options: Any
    ) -> tuple[np.ndarray, np.ndarray]:
        """The k nearest of each query; the smaller the share of the songs to find, the more lists are looked into."""
        ids, cosines = np.full((len(queries), k), -1), np.full((len(queries), k), -np.inf, np.float32)
        lists = _lists(len(self))
        probed = min(lists, int(max(PROBED, SPARE * k * lists / max(len(self), 1)) / share))
        options["search_params"] = {"params": {"nprobe": probed}}
        for start in range(0, len(queries) if k else 0, ASKED_AT_ONCE):
            block = queries[start : start + ASKED_AT_ONCE]
            for row, hits in enumerate(self._ask("search", list(block), limit=min(k, MOST), **options), start=start):
                ids[row, : len(hits.ids)], cosines[row, : len(hits.ids)] = hits.ids, hits.distances
        return ids, cosines

    def _ask(self, what: str, *arguments: Any, **options: Any) -> Any:
        if not self._is_checked:
            self._check()
        return self._server.ask(what, self._collection, *arguments, **options)

    def _check(self) -> None:
        """StoreError where the collection does not hold what it should."""
        about = self._server.ask("describe_collection", self._collection)
        if about["description"] != json.dumps({"fingerprint": self._fingerprint}):
            raise StoreError(f"{self._server} holds the vectors of another encoder: build the library again")
        if (held := self._count()) != self._songs:
            raise StoreError(f"{self._server} holds {held} vectors and not {self._songs}: build the library again")
        self._is_checked = True

    def _count(self) -> int:
        counted = self._server.ask(
            "query", self._collection, filter="", output_fields=["count(*)"], consistency_level="Strong"
        )
        return int(counted[0]["count(*)"])


def _lists(songs: int) -> int:
    return max(1, int(LISTS_PER_ROOT * min(songs, SEGMENT) ** 0.5))


def _rows(ids: np.ndarray, vectors: np.ndarray) -> list[dict[str, Any]]:
    return [{"id": song, "vector": vector} for song, vector in zip(ids.tolist(), vectors, strict=True)]
