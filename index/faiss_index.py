"""The song vectors in one file, searched in this process: exactly while they are few, nearly when they are many."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import faiss
import numpy as np

from index.vectors import VectorsError, checked, checked_ids

EXACT_UP_TO = 100_000  # songs; beyond it a query costs more than 5 ms, and the lists find as much in a tenth of that
LISTS_PER_ROOT = 4  # IVF lists are 4 sqrt(n), FAISS' own advice
SONGS_PER_LIST = 39  # to train a list on; fewer, and FAISS complains; more find no more and take longer
LISTS_PROBED = 16
LISTS_LOOKED_AT = 64  # on the way to those to probe; at FAISS' own 16, one in seven is another than it should be
FEW = 0.1  # share of the songs up to which it is quicker to look at each of them than to ask FAISS
MANY = 64  # queries from which it is quicker to unpack every vector and multiply matrices
SEARCHED_AT_ONCE = 4096  # queries, so that memory does not grow with their number


class FaissIndex:
    """A VectorIndex of FAISS."""

    def __init__(self, dimensions: int) -> None:
        halves = faiss.IndexScalarQuantizer(dimensions, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
        self._index: Any = faiss.IndexIDMap2(halves)  # or one of inverted lists, when large
        self._mapped = False

    @classmethod
    def build(cls, vectors: np.ndarray, exact: bool = True) -> Self:
        """An index of `vectors` [songs, dim], unit rows, under the ids 0..songs-1; VectorsError as in add().

        One that need not be `exact` is approximate however few they are, which is quicker to ask for all of them.
        """
        if np.ndim(vectors) != 2:
            raise VectorsError(f"an index is built from a table of vectors, not from {np.ndim(vectors)} dimensions")
        index = cls(vectors.shape[1])
        if not exact:
            index._index = _inverted_lists(checked(vectors, index.dimensions))
        index.add(range(len(vectors)), vectors)
        return index

    @property
    def dimensions(self) -> int:
        """The length of its vectors."""
        return self._index.d

    def __len__(self) -> int:
        return self._index.ntotal

    def __contains__(self, song: int) -> bool:
        try:
            self._index.reconstruct(int(song))
        except RuntimeError:
            return False
        return True

    def add(self, ids: Sequence[int] | np.ndarray, vectors: np.ndarray) -> None:
        """As VectorIndex says; one that outgrows exact search becomes approximate."""
        vectors = checked(vectors, self.dimensions)
        ids = checked_ids(ids, vectors)
        self.remove(ids)  # FAISS would keep both
        if self._is_exact and len(self) + len(ids) > EXACT_UP_TO:
            held = faiss.vector_to_array(self._index.id_map)
            ids = np.concatenate([held, ids])
            vectors = np.concatenate([self._index.index.reconstruct_n(0, len(held)), vectors])
            self._index = _inverted_lists(vectors)
        self._know_places(False)
        self._index.add_with_ids(vectors, ids)
        self._know_places(True)

    def remove(self, ids: Sequence[int] | np.ndarray) -> None:
        """Take songs out; an id it does not hold is passed over."""
        if self._mapped:  # FAISS ends the process when a memory-mapped index is changed
            self._index, self._mapped = faiss.deserialize_index(faiss.serialize_index(self._index)), False
        ids = np.asarray(ids, np.int64)
        if len(ids) and len(self):
            self._know_places(False)
            self._index.remove_ids(faiss.IDSelectorBatch(ids))
            self._know_places(True)

    def search(self, queries: np.ndarray, k: int, among: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """As VectorIndex says; a large index looks into a few lists alone, and among few songs at every one."""
        queries = checked(queries, self.dimensions)
        allowed = None if among is None or among.all() else np.flatnonzero(among)
        k = min(k, len(self) if allowed is None else len(allowed))
        few = allowed is not None and len(allowed) <= FEW * len(self)
        if k > 0 and (few or (self._is_exact and len(queries) >= MANY)):
            songs = faiss.vector_to_array(self._index.id_map) if allowed is None else allowed
            cosines, best = faiss.knn(queries, self._rows(songs), k, metric=faiss.METRIC_INNER_PRODUCT)
            return songs[best], cosines
        ids, cosines = np.empty((len(queries), k), np.int64), np.empty((len(queries), k), np.float32)
        if k > 0:
            chosen = None if among is None or allowed is None else self._only(among, len(allowed) / len(self))
            for start in range(0, len(queries), SEARCHED_AT_ONCE):
                block = slice(start, start + SEARCHED_AT_ONCE)
                cosines[block], ids[block] = self._index.search(queries[block], k, params=chosen)
        return ids, cosines

    def vector(self, song: int) -> np.ndarray:
        """The vector of one song, float32 [dim]; VectorsError for a song it does not hold."""
        return self.vectors(np.array([song]))[0]

    def vectors(self, songs: np.ndarray) -> np.ndarray:
        """The vectors of some songs, float32 [n, dim], unit rows; VectorsError for one it does not hold."""
        rows = self._rows(songs)
        faiss.normalize_L2(rows)  # half precision leaves them not quite unit, and a twin would not be known
        return rows

    def _rows(self, songs: np.ndarray) -> np.ndarray:
        """The same as they are kept, and as FAISS compares them."""
        songs = np.asarray(songs, np.int64)
        if not len(songs):
            return np.empty((0, self.dimensions), np.float32)
        try:
            return self._index.reconstruct_batch(songs)
        except RuntimeError:
            missing = next(int(song) for song in songs if song not in self)
            raise VectorsError(f"the index holds no song {missing}") from None

    def save(self, path: Path) -> None:
        """Write the index to one file, whole or not at all."""
        path = Path(path)
        unfinished = path.with_name(path.name + ".unfinished")
        try:
            faiss.write_index(self._index, str(unfinished))
            unfinished.replace(path)
        except (RuntimeError, OSError) as error:
            unfinished.unlink(missing_ok=True)
            raise VectorsError(f"{path} cannot be written: is there room, and may you write there?") from error

    @classmethod
    def load(cls, path: Path) -> Self:
        """Open a saved index, mapped into memory and shared between processes; VectorsError where that fails."""
        if not Path(path).is_file():
            raise VectorsError(f"{path} is missing: build the library again")
        index = cls.__new__(cls)
        try:
            index._index, index._mapped = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC), True
        except RuntimeError as error:
            raise VectorsError(f"{path} is damaged: build the library again") from error
        return index

    @property
    def _is_exact(self) -> bool:
        return isinstance(self._index, faiss.IndexIDMap2)

    def _know_places(self, known: bool) -> None:
        """Let FAISS know where in its lists each song stands, or forget it, for then alone songs may come and go."""
        if not self._is_exact:
            places: Any = faiss.DirectMap  # type: ignore[attr-defined]
            try:
                self._index.set_direct_map_type(places.Array if known else places.NoMap)
            except RuntimeError:  # the ids have gaps; a table of them is read ten times as slowly
                self._index.set_direct_map_type(places.Hashtable)

    def _only(self, among: np.ndarray, share: float) -> Any:
        """How FAISS is told to look at these songs alone; the fewer they are, the more lists it must look into."""
        chosen: Any = faiss.SearchParameters() if self._is_exact else faiss.SearchParametersIVF()
        bits: Any = np.packbits(among, bitorder="little")
        chosen.sel = faiss.IDSelectorBitmap(bits)  # type: ignore[call-arg]
        if not self._is_exact:
            chosen.nprobe = int(LISTS_PROBED / share)
        return chosen


def _inverted_lists(vectors: np.ndarray) -> Any:
    """An empty IVF index trained on the vectors, half-precision as the exact one."""
    lists = max(1, min(int(LISTS_PER_ROOT * len(vectors) ** 0.5), len(vectors) // SONGS_PER_LIST))
    index: Any = faiss.index_factory(vectors.shape[1], f"IVF{lists}_HNSW32,SQfp16", faiss.METRIC_INNER_PRODUCT)
    index.cp.max_points_per_centroid = SONGS_PER_LIST
    graph: Any = faiss.downcast_index(index.quantizer)
    index.nprobe, graph.hnsw.efSearch = LISTS_PROBED, LISTS_LOOKED_AT
    index.train(vectors)
    return index
