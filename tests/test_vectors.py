"""The vector index, exact and approximate, with the traps of FAISS closed."""

import numpy as np
import pytest

import index.faiss_index
from index.faiss_index import FaissIndex
from index.vectors import VectorsError


def unit(n, dim=16, seed=3):
    rows = np.random.default_rng(seed).normal(size=(n, dim)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture(params=["exact", "inverted lists"])
def songs(request, monkeypatch):
    """500 vectors and an index of them; of each kind in turn."""
    if request.param == "inverted lists":
        monkeypatch.setattr(index.faiss_index, "EXACT_UP_TO", 100)
    vectors = unit(500)
    return vectors, FaissIndex.build(vectors)


def test_each_song_is_its_own_nearest(songs):
    vectors, held = songs
    ids, cosines = held.search(vectors, 1)
    assert ids.ravel().tolist() == list(range(500))
    assert cosines.ravel() == pytest.approx(np.ones(500), abs=1e-3)


def test_exact_search_gives_the_cosines_in_order():
    vectors = unit(300)
    ids, cosines = FaissIndex.build(vectors).search(vectors[:5], 300)
    expected = vectors[:5] @ vectors.T
    assert cosines == pytest.approx(np.take_along_axis(expected, ids, axis=1), abs=1e-3)
    assert (np.diff(cosines) <= 0).all()


def test_inverted_lists_find_nearly_what_an_exact_search_finds(monkeypatch):
    groups = unit(50, dim=32, seed=1)[np.arange(5000) % 50]
    vectors = groups + 0.5 * unit(5000, dim=32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    exact, _ = FaissIndex.build(vectors).search(vectors[:200], 10)
    monkeypatch.setattr(index.faiss_index, "EXACT_UP_TO", 1000)
    found, _ = FaissIndex.build(vectors).search(vectors[:200], 10)
    assert np.mean([len(set(a) & set(b)) / 10 for a, b in zip(exact, found, strict=True)]) > 0.95


def test_it_behaves_like_a_container(songs):
    _, held = songs
    assert len(held) == 500
    assert 499 in held
    assert 500 not in held
    assert -1 not in held


def test_asking_for_more_than_there_are_gives_all_of_them():
    ids, cosines = FaissIndex.build(unit(4)).search(unit(2, seed=9), 50)
    assert ids.shape == cosines.shape == (2, 4)
    assert sorted(ids[0]) == [0, 1, 2, 3]


def test_an_empty_index_finds_nothing():
    ids, _ = FaissIndex.build(unit(0)).search(unit(2), 5)
    assert ids.shape == (2, 0)


def test_a_song_added_again_is_replaced_not_doubled(songs):
    vectors, held = songs
    held.add([3], vectors[7:8])
    assert len(held) == 500
    assert set(held.search(vectors[7:8], 2)[0][0]) == {3, 7}
    assert held.vector(3) == pytest.approx(vectors[7], abs=1e-3)


def test_an_id_given_twice_is_refused(songs):
    vectors, held = songs
    with pytest.raises(VectorsError, match="song 600 was given twice"):
        held.add([600, 600], vectors[:2])


def test_a_removed_song_is_found_no_more(songs):
    vectors, held = songs
    held.remove([7, 8, 12345])
    assert len(held) == 498
    assert 7 not in held
    assert 7 not in held.search(vectors[7:8], 50)[0]
    with pytest.raises(VectorsError, match="no song 7"):
        held.vector(7)


def test_an_index_that_outgrows_exact_search_keeps_its_songs(monkeypatch):
    vectors = unit(500)
    held = FaissIndex.build(vectors[:300])
    monkeypatch.setattr(index.faiss_index, "EXACT_UP_TO", 400)
    held.add(range(300, 500), vectors[300:])
    assert len(held) == 500
    assert held.search(vectors, 1)[0].ravel().tolist() == list(range(500))


@pytest.mark.parametrize("share", [0.0, 0.01, 0.05, 0.5, 0.9, 1.0])
def test_among_some_songs_the_nearest_of_them_are_found(songs, share):
    vectors, held = songs
    among = np.random.default_rng(0).random(len(vectors)) < share
    ids, cosines = held.search(vectors[:3], 7, among)
    for query in range(3):
        expected = np.where(among, vectors @ vectors[query], -2)
        best = np.argsort(-expected, kind="stable")[: min(7, among.sum())]
        assert len(ids[query]) == len(best)
        assert among[ids[query]].all()
        assert cosines[query] == pytest.approx(expected[best], abs=1e-3)


@pytest.mark.parametrize("share", [0.5, 1.0])
def test_many_questions_at_once_find_what_each_finds_alone(songs, share):
    vectors, held = songs
    held.remove([4, 5, 6])
    among = np.random.default_rng(0).random(500) < share
    among[4:7] = False
    together = held.search(vectors[:200], 5, among)
    alone = [held.search(vectors[i : i + 1], 5, among) for i in range(200)]
    assert (together[0] == np.concatenate([ids for ids, _ in alone])).mean() > 0.99  # but for ties
    assert together[1] == pytest.approx(np.concatenate([cosines for _, cosines in alone]), abs=1e-5)


def test_the_vectors_of_many_songs_come_in_the_order_asked(songs):
    vectors, held = songs
    assert held.vectors(np.array([5, 3, 5])) == pytest.approx(vectors[[5, 3, 5]], abs=1e-3)
    assert held.vectors(np.array([], int)).shape == (0, 16)
    with pytest.raises(VectorsError, match="holds no song 9999"):
        held.vectors(np.array([5, 9999]))


def test_another_dimension_is_refused_with_both_numbers(songs):
    _, held = songs
    for ask in (lambda rows: held.search(rows, 3), lambda rows: held.add([900], rows)):
        with pytest.raises(VectorsError, match="16 numbers; these are 1x15"):
            ask(unit(1, dim=15))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_value_that_is_not_finite_is_refused_by_row(value):
    vectors = unit(10)
    vectors[4, 2] = value
    with pytest.raises(VectorsError, match="row 4 "):
        FaissIndex.build(vectors)


def test_what_was_saved_answers_the_same(songs, tmp_path):
    vectors, held = songs
    held.save(tmp_path / "songs.faiss")
    again = FaissIndex.load(tmp_path / "songs.faiss")
    assert [path.name for path in tmp_path.iterdir()] == ["songs.faiss"]
    for first, second in zip(held.search(vectors[:20], 5), again.search(vectors[:20], 5), strict=True):
        assert (first == second).all()


def test_a_loaded_index_can_be_changed_and_its_file_stays(songs, tmp_path):
    vectors, held = songs
    held.save(tmp_path / "songs.faiss")
    again = FaissIndex.load(tmp_path / "songs.faiss")
    again.remove([0])
    again.add([500], vectors[:1])
    assert again.search(vectors[:1], 1)[0] == 500
    assert 500 not in FaissIndex.load(tmp_path / "songs.faiss")


@pytest.mark.parametrize("kept", [0, 3, 100, 5000])
def test_a_truncated_file_is_named(songs, tmp_path, kept):
    path = tmp_path / "songs.faiss"
    songs[1].save(path)
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(VectorsError, match=r"songs\.faiss is damaged"):
        FaissIndex.load(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(VectorsError, match=r"songs\.faiss is missing"):
        FaissIndex.load(tmp_path / "songs.faiss")


def test_a_save_that_fails_leaves_no_half_file(tmp_path):
    with pytest.raises(VectorsError, match="cannot be written"):
        FaissIndex.build(unit(5)).save(tmp_path / "nowhere" / "songs.faiss")


def test_what_comes_out_is_of_unit_length_in_half_precision_too():
    given = np.random.default_rng(0).standard_normal((50, 16)).astype(np.float32)
    given /= np.linalg.norm(given, axis=1, keepdims=True)
    found = FaissIndex.build(given).vectors(np.arange(50))
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-6)
    assert (np.einsum("ij,ij->i", found, given) > 1 - 1e-6).all()
