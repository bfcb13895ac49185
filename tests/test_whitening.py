"""The space a library is searched in, fitted on vectors of every awkward kind."""

import numpy as np
import pytest
from spectrum import Part

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


def cosines(rows):
    return rows @ rows.T


def test_parts_are_whitened_each_as_far_as_it_bears():
    vectors = cloud(2000, dim=10)
    whitening = Whitening.fit(vectors, parts=(Part(6, power=1), Part(4, power=0.25)))
    for part, rows, power in zip(whitening.parts, (vectors[:, :6], vectors[:, 6:]), (1, 0.25), strict=True):
        before = np.linalg.svd(rows - rows.mean(axis=0), compute_uv=False)
        assert np.linalg.norm((rows - part.mean) @ part.projection, axis=0) == pytest.approx(
            before ** (1 - power), rel=1e-3
        )


def test_a_part_weighs_what_the_encoder_says_on_whatever_scale_it_comes():
    halves = RNG.normal(size=(2, 3000, 8))  # as many as it takes for their means to be nothing
    whitening = Whitening.fit(np.hstack([halves[0], 1000 * halves[1]]), parts=(Part(8, weight=3), Part(8, weight=1)))
    songs = whitening.apply(np.hstack([halves[0], 1000 * halves[1]])[:50])
    unit = [half[:50] / np.linalg.norm(half[:50], axis=1, keepdims=True) for half in halves]
    assert cosines(songs) == pytest.approx((3 * cosines(unit[0]) + cosines(unit[1])) / 4, abs=0.1)


def test_a_song_that_lies_far_out_in_one_part_is_still_known_by_the_other():
    group = np.arange(200) % 4
    known = np.eye(4)[group] + 0.1 * RNG.normal(size=(200, 4))
    wild = RNG.normal(size=(200, 4)) * 10 ** RNG.uniform(-1, 1, size=(200, 1))

    def purity(parts):
        vectors = np.hstack([known, wild])
        rows = Whitening.fit(vectors, parts=parts).apply(vectors)
        nearest = np.argsort(-cosines(rows) + 9 * np.eye(200), axis=1)[:, :5]
        return (group[nearest] == group[:, None]).mean()

    assert purity((Part(4), Part(4))) > purity(()) + 0.1


def test_there_are_no_more_axes_than_asked_for_with_parts_either():
    vectors = cloud(500, dim=40)
    assert Whitening.fit(vectors, 8, (Part(30), Part(10))).apply(vectors).shape == (500, 8)


def test_a_part_in_which_all_songs_are_alike_says_nothing():
    vectors = cloud(100, dim=6)
    silent = np.hstack([vectors, np.full((100, 3), 2.5, np.float32)])
    alone, with_silence = (
        Whitening.fit(each, parts=parts).apply(each)
        for each, parts in ((vectors, (Part(6),)), (silent, (Part(6), Part(3))))
    )
    assert cosines(with_silence) == pytest.approx(cosines(alone), abs=1e-4)


def test_a_few_songs_keep_their_cosines_whatever_their_parts():
    vectors = cloud(3)
    assert Whitening.fit(vectors, parts=(Part(20), Part(12))).parts == ()


def test_parts_that_are_not_the_vector_are_refused():
    with pytest.raises(WhiteningError, match="parts do not make up its 32 numbers"):
        Whitening.fit(cloud(50), parts=(Part(20), Part(13)))


def test_vectors_whose_values_are_not_finite_are_refused_by_row():
    vectors = cloud(10)
    vectors[6, 3] = np.nan
    with pytest.raises(WhiteningError, match="row 6 "):
        Whitening.fit(vectors)
    with pytest.raises(WhiteningError, match="row 6 "):
        Whitening.fit(cloud(10)).apply(vectors)


def test_a_vector_of_another_encoder_is_refused_with_both_lengths():
    for parts in ((), (Part(20), Part(12))):
        with pytest.raises(WhiteningError, match=r"32 numbers.*31"):
            Whitening.fit(cloud(10), parts=parts).apply(cloud(1, dim=31))


def test_no_vectors_are_refused():
    with pytest.raises(WhiteningError, match="no vectors"):
        Whitening.fit(np.zeros((0, 8), np.float32))


@pytest.mark.parametrize("parts", [(), (Part(20, 1.0), Part(12, 0.0, 0.3))])
def test_what_was_saved_whitens_the_same(tmp_path, parts):
    vectors = cloud(50)
    whitening = Whitening.fit(vectors, parts=parts)
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


@pytest.mark.parametrize("name", ["mean_1", "projection_0"])
def test_a_file_that_lacks_some_of_its_parts_is_damaged(tmp_path, name):
    path = tmp_path / "whitening.npz"
    Whitening.fit(cloud(50), parts=(Part(20), Part(12))).save(path)
    np.savez(path, **{key: array for key, array in np.load(path).items() if key != name})
    with pytest.raises(WhiteningError, match=r"whitening\.npz is damaged"):
        Whitening.load(path)


def test_a_file_whose_parts_do_not_fit_together_is_damaged(tmp_path):
    path = tmp_path / "whitening.npz"
    Whitening.fit(cloud(50), parts=(Part(20), Part(12))).save(path)
    arrays = dict(np.load(path))
    np.savez(path, **arrays | {"projection_0": arrays["projection_0"][:, 1:]})
    with pytest.raises(WhiteningError, match=r"whitening\.npz is damaged"):
        Whitening.load(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(WhiteningError, match=r"whitening\.npz is missing"):
        Whitening.load(tmp_path / "whitening.npz")
