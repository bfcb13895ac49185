"""The song vectors in a Milvus server: one collection for one generation of a library."""

import json
from collections.abc import Callable, Sequence
from typing import Any, Self

import numpy as np

from index.milvus_server import LONG, MilvusServer, StoreError
from index.vectors import VectorsError, checked, checked_ids

AT_ONCE = 4096  # vectors in a message to the server and in one from it: 4 MB
ASKED_AT_ONCE = 256  # questions in a message: what it takes an instant to answer
MOST = 16_384  # songs found for a question: Milvus' own limit
FEW = 2000  # songs among which each is compared here: they come as quickly as an answer about them
LISTS_PER_ROOT = 1  # lists are sqrt(n): Milvus takes minutes to find four times as many, and no answer gains by them
SEGMENT = 400_000  # vectors that Milvus keeps together, each such part with lists of its own
PROBED = 32
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
        parts: Callable[[int, int], np.ndarray],
        songs: int,
        dimensions: int,
        fingerprint: str,
        on_written: Callable[[int], None] = lambda written: None,
    ) -> Self:
        """A new collection of the songs 0..songs-1; `parts` gives the vectors [b - a, dim] of those from a to b.

        Raises StoreError where the server does not take them; a part of them may then be there.
        """
        from pymilvus import DataType, MilvusClient  # not before it is needed: it takes a second

        about = json.dumps({"fingerprint": fingerprint})
        schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False, description=about)
        schema.add_field("id", DataType.INT64, is_primary=True)
        schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dimensions)
        server.ask("create_collection", collection, schema=schema, consistency_level="Session")
        for start in range(0, songs, AT_ONCE):
            end = min(start + AT_ONCE, songs)
            server.ask("insert", collection, _rows(range(start, end), parts(start, end)), timeout=LONG)
            on_written(end)
        server.ask("flush", collection, timeout=LONG)
        params = MilvusClient.prepare_index_params()
        params.add_index("vector", index_type="IVF_FLAT", metric_type="IP", params={"nlist": _lists(songs)})
        server.ask("create_index", collection, params, timeout=LONG)
        server.ask("load_collection", collection, timeout=LONG)
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
            self._ask("upsert", _rows(ids[block].tolist(), vectors[block]))
        self._songs = self._count()

    def remove(self, ids: Sequence[int] | np.ndarray) -> None:
        """As VectorIndex says."""
        ids = np.asarray(ids, np.int64)
        for start in range(0, len(ids), AT_ONCE):
            self._ask("delete", filter=f"id in {ids[start : start + AT_ONCE].tolist()}")
        self._songs = self._count()

    def search(self, queries: np.ndarray, k: int, among: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """As VectorIndex says; no more than 16,384 songs are found for a question. StoreError without the server."""
        queries = checked(queries, self.dimensions)
        allowed = None if among is None or among.all() else np.flatnonzero(among)
        k = min(k, len(self) if allowed is None else len(allowed))
        if allowed is not None and len(allowed) <= FEW:
            cosines = queries @ self.vectors(allowed).T
            order = np.argsort(-cosines, axis=1, kind="stable")[:, :k]
            return allowed[order], np.take_along_axis(cosines, order, axis=1)
        ids, cosines = np.full((len(queries), k), -1), np.full((len(queries), k), -np.inf, np.float32)
        chosen = self._only(k, among, allowed)
        for start in range(0, len(queries) if k else 0, ASKED_AT_ONCE):
            block = queries[start : start + ASKED_AT_ONCE]
            found = self._ask("search", list(block), limit=min(k, MOST), **chosen)
            for row, hits in enumerate(found, start=start):
                ids[row, : len(hits.ids)], cosines[row, : len(hits.ids)] = hits.ids, hits.distances
        return ids, cosines

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

    def _only(self, k: int, among: np.ndarray | None, allowed: np.ndarray | None) -> dict[str, Any]:
        """How Milvus is told to look at these songs alone; the fewer they are, the more lists it must look into."""
        share, lists = 1.0 if allowed is None else len(allowed) / len(self), _lists(len(self))
        probed = max(PROBED, SPARE * k * lists / max(len(self), 1)) / share
        chosen: dict[str, Any] = {"search_params": {"params": {"nprobe": min(lists, int(probed))}}}
        if among is not None and allowed is not None:
            barred = np.flatnonzero(~among)
            shorter = f"id in {allowed.tolist()}" if share < 0.5 else f"id not in {barred.tolist()}"
            chosen["filter"] = shorter
        return chosen

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


def _rows(ids: Sequence[int], vectors: np.ndarray) -> list[dict[str, Any]]:
    return [{"id": song, "vector": vector} for song, vector in zip(ids, vectors, strict=True)]
