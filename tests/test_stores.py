"""What a library asks of its vectors, of every store there is: FAISS in a file, and a real Milvus server."""

import os
import signal
import time

import milvus_server
import numpy as np
import pytest

from index.faiss_index import FaissIndex
from index.milvus_index import MilvusIndex
from index.milvus_server import MilvusServer
from index.store import StoreError
from index.vectors import VectorIndex, VectorsError

SONGS, DIMENSIONS = 3000, 32  # more than are compared one by one, and than Milvus leaves without an index


def made_up(songs: int, dimensions: int, seed: int = 0) -> np.ndarray:
    """Unit vectors in groups, as songs are."""
    random = np.random.default_rng(seed)
    groups = random.standard_normal((songs // 200, dimensions), np.float32)
    vectors = groups[random.integers(len(groups), size=songs)]
    vectors += random.standard_normal((songs, dimensions), np.float32)
    vectors *= np.arange(1, dimensions + 1, dtype=np.float32) ** -0.5  # some axes are wide, most are narrow
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def index_of(vectors: np.ndarray, where: MilvusServer | None) -> VectorIndex:
    index = FaissIndex.build(vectors)
    return index if where is None else MilvusIndex.build(where, f"t_{os.urandom(4).hex()}", index, "ear")


@pytest.fixture(scope="module", params=["files", "milvus"])
def held(request) -> tuple[np.ndarray, VectorIndex]:
    """Vectors and an index that holds them, to be asked; of each kind in turn."""
    vectors = made_up(SONGS, DIMENSIONS)
    host = None
    if request.param == "milvus":
        host, port = request.getfixturevalue("address").split(":")
        host = MilvusServer(host, int(port))
    return vectors, index_of(vectors, host)


def recall(found: np.ndarray, queries: np.ndarray, vectors: np.ndarray) -> float:
    nearest = np.argsort(-(queries @ vectors.T), axis=1)[:, : found.shape[1]]
    return float(
        np.mean([len(set(a) & set(b)) / len(b) for a, b in zip(found.tolist(), nearest.tolist(), strict=True)])
    )


def test_each_song_is_its_own_nearest_and_the_others_follow_by_their_cosine(held):
    vectors, index = held
    ids, cosines = index.search(vectors[:400], 20)
    assert (ids[:, 0] == np.arange(400)).all() and len(index) == SONGS and index.dimensions == DIMENSIONS
    assert recall(ids, vectors[:400], vectors) >= 0.98
    assert cosines == pytest.approx(np.einsum("qd,qkd->qk", vectors[:400], vectors[ids]), abs=1e-3)
    assert (np.diff(cosines) <= 1e-6).all()


def test_asking_for_more_than_there_are_gives_all_of_them(held):
    vectors, index = held
    ids, _ = index.search(vectors[:2], SONGS + 1)
    assert [sorted(found) for found in ids.tolist()] == [list(range(SONGS))] * 2


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.8, 0.95, 1.0])
def test_among_some_songs_the_nearest_of_them_are_found(held, share):
    vectors, index = held
    among = np.random.default_rng(1).random(SONGS) < share
    ids, cosines = index.search(vectors[:50], 10, among)
    allowed = np.flatnonzero(among)
    assert ids.shape == (50, min(10, len(allowed))) and among[ids].all()
    if len(allowed):
        best = np.sort(vectors[:50] @ vectors[allowed].T, axis=1)[:, ::-1][:, : ids.shape[1]]
        assert np.isclose(cosines, best, atol=1e-3).mean() >= 0.98


def test_vectors_come_in_the_order_asked_and_a_song_that_is_not_there_is_named(held):
    vectors, index = held
    assert index.vectors(np.array([5, 3, 5])) == pytest.approx(vectors[[5, 3, 5]], abs=1e-3)
    assert index.vectors(np.array([], int)).shape == (0, DIMENSIONS)
    assert index.vectors(np.arange(SONGS)) == pytest.approx(vectors, abs=1e-3)
    with pytest.raises(VectorsError, match="holds no song 9999"):
        index.vectors(np.array([5, 9999]))


def test_what_is_no_vector_of_this_index_is_refused(held):
    vectors, index = held
    for ask in (lambda rows: index.search(rows, 3), lambda rows: index.add([9000], rows)):
        with pytest.raises(VectorsError, match="32 numbers; these are 1x31"):
            ask(vectors[:1, 1:])
        with pytest.raises(VectorsError, match="row 0 holds a value that is not a finite"):
            ask(vectors[:1] * np.nan)
    with pytest.raises(VectorsError, match="song 9000 was given twice"):
        index.add([9000, 9000], vectors[:2])


def test_songs_are_added_replaced_and_removed_at_once(held):
    vectors, index = held
    index.add([3, SONGS], vectors[[7, 8]])
    assert len(index) == SONGS + 1
    assert set(index.search(vectors[7:8], 2)[0][0]) == {3, 7} and set(index.search(vectors[8:9], 2)[0][0]) == {8, SONGS}
    assert index.vectors(np.array([3])) == pytest.approx(vectors[7:8], abs=1e-3)
    index.remove([7, SONGS, 12345])
    assert len(index) == SONGS - 1 and 7 not in index.search(vectors[7:8], 50)[0]
    with pytest.raises(VectorsError, match="holds no song 7"):
        index.vectors(np.array([7]))
    index.add([3, 7], vectors[[3, 7]])  # the index is the other tests', too


def test_of_a_hundred_thousand_vectors_the_nearest_are_found_and_none_is_lost_by_kill_9(frail):
    vectors = made_up(100_000, 64)  # shorter than a song's, and so built in a fourth of the time
    queries = vectors[np.random.default_rng(2).integers(len(vectors), size=200)]
    index = index_of(vectors, MilvusServer("127.0.0.1", frail.port))
    ids, _ = index.search(queries, 10)
    assert recall(ids, queries, vectors) >= 0.98
    frail.signal(signal.SIGSTOP)  # it takes questions, and answers none
    with pytest.raises(StoreError, match="does not answer within 5 seconds"):
        index.search(queries[:1], 10)
    frail.kill()
    with pytest.raises(StoreError, match=r"Milvus at .* (does not answer|cannot be reached)"):
        index.search(queries[:1], 10)
    frail.start()
    until = time.monotonic() + milvus_server.PATIENCE
    while True:
        try:
            again, _ = index.search(queries, 10)
            break
        except StoreError:
            assert time.monotonic() < until
            time.sleep(0.5)
    assert recall(again, queries, vectors) >= 0.98
    some = np.arange(0, 100_000, 25)
    assert index.vectors(some) == pytest.approx(vectors[some], abs=1e-3)
    fresh = MilvusIndex(MilvusServer("127.0.0.1", frail.port), index._collection, len(vectors), 64, "ear")
    assert fresh.search(queries[:1], 1)[0].size == 1  # it counts them before it answers
