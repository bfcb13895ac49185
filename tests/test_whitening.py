"""The space a library is searched in, fitted on vectors of every awkward kind."""

import numpy as np
import pytest

from index.whitening import Whitening, WhiteningError

RNG = np.random.default_rng(7)


def cloud(n, dim=32, spread=1.0):
    """Vectors far from the origin whose axes differ in width, as an encoder's do."""
    return (5 + spread * RNG.normal(size=(n, dim)) / np.arange(1, dim + 1)).astype(np.float32)


@pytest.mark.parametrize("n", [1, 2, 3, 7, 8, 9, 40, 500])
def test_every_row_has_unit_length_however_few_the_songs(n):
    vectors = cloud(n, dim=100)
    whitened = Whitening.fit(vectors).apply(vectors)
    assert whitened.dtype == np.float32
    assert np.linalg.norm(whitened, axis=1) == pytest.approx(np.ones(n), abs=1e-5)


@pytest.mark.parametrize(("n", "dim", "asked", "axes"), [(500, 32, 8, 8), (500, 32, 256, 32), (20, 100, 256, 19)])
def test_there_are_no_more_axes_than_asked_for_or_spanned(n, dim, asked, axes):
    vectors = cloud(n, dim)
    assert Whitening.fit(vectors, asked).apply(vectors).shape == (n, axes)


def test_the_spread_along_each_axis_is_the_square_root_of_what_it_was():
    vectors = cloud(2000, dim=6)
    whitening = Whitening.fit(vectors)
    before = np.linalg.svd(vectors - vectors.mean(axis=0), compute_uv=False)
    after = np.linalg.norm((vectors - whitening.mean) @ whitening.projection, axis=0)
    assert after == pytest.approx(np.sqrt(before), rel=1e-3)


def test_whitening_brings_out_groups_that_loud_axes_hide():
    group = np.arange(400) % 4
    vectors = np.eye(4)[group] + 0.1 * RNG.normal(size=(400, 4))
    vectors = np.hstack([vectors, 2 * RNG.normal(size=(400, 6))]) + 10

    def purity(rows):
        rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        nearest = np.argsort(-rows @ rows.T, axis=1)[:, 1:6]
        return (group[nearest] == group[:, None]).mean()

    assert purity(Whitening.fit(vectors).apply(vectors)) > purity(vectors - vectors.mean(axis=0)) + 0.2


def test_constant_and_repeated_columns_span_no_axis():
    vectors = cloud(100, dim=5)
    vectors[:, 2] = 7.3
    whitened = Whitening.fit(np.hstack([vectors, vectors])).apply(np.hstack([vectors, vectors]))
    assert whitened.shape == (100, 4)
    assert np.isfinite(whitened).all()


def test_songs_that_are_all_the_same_stay_the_same():
    vectors = np.repeat(cloud(1), 50, axis=0)
    whitened = Whitening.fit(vectors).apply(vectors)
    assert whitened @ whitened.T == pytest.approx(np.ones((50, 50)), abs=1e-5)


def test_a_few_songs_keep_their_cosines():
    vectors = cloud(3)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    whitened = Whitening.fit(vectors).apply(vectors)
    assert whitened @ whitened.T == pytest.approx(unit @ unit.T, abs=1e-5)


@pytest.mark.parametrize("n", [1, 50])
def test_a_vector_of_zeros_is_like_no_song_and_never_nan(n):
    vectors = np.zeros((n, 8), np.float32)
    assert (Whitening.fit(vectors).apply(vectors) == 0).all()


def test_two_fits_agree_in_every_sign():
    vectors = cloud(300)
    first, second = Whitening.fit(vectors), Whitening.fit(vectors[::-1].copy())
    assert first.projection == pytest.approx(second.projection, abs=1e-3)
    assert (np.take_along_axis(first.projection, np.abs(first.projection).argmax(axis=0)[None], axis=0) > 0).all()


def test_vectors_whose_values_are_not_finite_are_refused_by_row():
    vectors = cloud(10)
    vectors[6, 3] = np.nan
    with pytest.raises(WhiteningError, match="row 6 "):
        Whitening.fit(vectors)
    with pytest.raises(WhiteningError, match="row 6 "):
        Whitening.fit(cloud(10)).apply(vectors)


def test_a_vector_of_another_encoder_is_refused_with_both_lengths():
    with pytest.raises(WhiteningError, match=r"32 numbers.*31"):
        Whitening.fit(cloud(10)).apply(cloud(1, dim=31))


def test_no_vectors_are_refused():
    with pytest.raises(WhiteningError, match="no vectors"):
        Whitening.fit(np.zeros((0, 8), np.float32))


def test_what_was_saved_whitens_the_same(tmp_path):
    vectors = cloud(50)
    whitening = Whitening.fit(vectors)
    whitening.save(tmp_path / "whitening.npz")
    assert (Whitening.load(tmp_path / "whitening.npz").apply(vectors) == whitening.apply(vectors)).all()
    assert [path.name for path in tmp_path.iterdir()] == ["whitening.npz"]


@pytest.mark.parametrize("kept", [0, 10, 300, -20])
def test_a_damaged_file_is_named(tmp_path, kept):
    path = tmp_path / "whitening.npz"
    Whitening.fit(cloud(50)).save(path)
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(WhiteningError, match=r"whitening\.npz is damaged"):
        Whitening.load(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(WhiteningError, match=r"whitening\.npz is missing"):
        Whitening.load(tmp_path / "whitening.npz")
