"""The map: neighbours stay neighbours, and nothing makes it NaN."""

import numba
import numpy as np
import pytest
from scipy.spatial.distance import pdist, squareform
from sklearn.manifold import trustworthiness

from index.projection import flatten, place, plane, project


def blobs(n, groups=8, dim=64, noise=0.7):
    """n unit vectors around so many centres, and the centre of each."""
    rng = np.random.default_rng(5)
    group = np.arange(n) % groups
    rows = rng.normal(size=(groups, dim))[group] + noise * rng.normal(size=(n, dim))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32), group


@pytest.fixture(scope="module")
def mapped():
    vectors, group = blobs(300)
    return vectors, group, project(vectors)


def test_neighbours_on_the_map_are_neighbours_in_sound(mapped):
    vectors, _, coordinates = mapped
    assert trustworthiness(vectors, coordinates, n_neighbors=10) > 0.9


def test_groups_are_islands(mapped):
    _, group, coordinates = mapped
    distance = squareform(pdist(coordinates))
    np.fill_diagonal(distance, np.inf)
    assert (group[distance.argmin(axis=1)] == group).mean() > 0.98


def test_the_map_is_centred_and_95_of_100_songs_lie_within_a_radius_of_1(mapped):
    coordinates = mapped[2]
    assert coordinates.dtype == np.float32
    assert coordinates.mean(axis=0) == pytest.approx(np.zeros(3), abs=1e-5)
    assert np.percentile(np.linalg.norm(coordinates, axis=1), 95) == pytest.approx(1, abs=1e-5)
    assert (coordinates.std(axis=0) > 0.2).all()


def test_the_same_seed_gives_the_same_map_and_another_seed_another(mapped):
    vectors, _, coordinates = mapped
    assert (project(vectors) == coordinates).all()
    assert (project(vectors, seed=1) != coordinates).any()


def test_the_map_does_not_depend_on_the_number_of_threads(mapped):
    threads = numba.get_num_threads()
    try:
        numba.set_num_threads(1)
        assert (project(mapped[0]) == mapped[2]).all()
    finally:
        numba.set_num_threads(threads)


@pytest.mark.parametrize("n", [0, 1, 2, 3, 4, 5, 7, 8, 9, 12])
def test_a_few_songs_have_a_map_too(n):
    vectors, _ = blobs(max(n, 1))
    coordinates = project(vectors[:n])
    assert coordinates.shape == (n, 3)
    assert np.isfinite(coordinates).all()
    assert len(np.unique(coordinates, axis=0)) == n


def test_groups_of_a_small_library_are_islands_too():
    vectors, group = blobs(24, groups=3, noise=0.5)
    distance = squareform(pdist(project(vectors)))
    np.fill_diagonal(distance, np.inf)
    assert (group[distance.argmin(axis=1)] == group).all()


def test_three_songs_keep_their_distances():
    vectors = np.eye(3, dtype=np.float32)
    coordinates = project(vectors)
    sides = [np.linalg.norm(coordinates[i] - coordinates[j]) for i, j in ((0, 1), (1, 2), (0, 2))]
    assert sides == pytest.approx([sides[0]] * 3, rel=1e-4)


@pytest.mark.parametrize(
    "vectors",
    [
        np.full((50, 8), 0.35, np.float32),
        np.zeros((20, 8), np.float32),
        np.repeat(np.eye(3, dtype=np.float32), 40, axis=0),
        np.vstack([np.repeat(blobs(1)[0], 120, axis=0), blobs(60)[0]]),
        blobs(40, dim=2)[0],
        np.repeat(np.eye(2, dtype=np.float32), 2, axis=0),
    ],
    ids=["all the same", "all zero", "three songs 40 times", "one song 120 times", "on a plane", "two songs twice"],
)
def test_repeated_songs_never_make_the_map_nan(vectors):
    coordinates = project(vectors)
    assert np.isfinite(coordinates).all()
    assert np.linalg.norm(coordinates, axis=1).max() < 10


def test_a_large_library_is_placed_around_landmarks(mapped, monkeypatch):
    monkeypatch.setattr("index.projection.LANDMARKS", 150)
    vectors, _, _ = mapped
    coordinates = project(vectors)
    assert trustworthiness(vectors, coordinates, n_neighbors=10) > 0.85
    landmarks = np.linspace(0, 299, 150).astype(int)
    sizes = [pdist(layout) for layout in (coordinates[landmarks], project(vectors[landmarks]))]
    assert np.corrcoef(sizes)[0, 1] > 0.8
    assert (project(vectors) == coordinates).all()


def test_repeated_songs_never_make_a_large_map_nan(monkeypatch):
    monkeypatch.setattr("index.projection.LANDMARKS", 60)
    vectors = np.vstack([np.repeat(np.eye(64, dtype=np.float32)[:3], 40, axis=0), blobs(60)[0]])
    coordinates = project(vectors)
    assert np.isfinite(coordinates).all()
    assert np.isfinite(flatten(vectors, coordinates)).all()


def test_songs_that_settle_around_landmarks_keep_more_of_their_neighbours(mapped, monkeypatch):
    def kept(layout):
        near = [squareform(pdist(space)).argsort(axis=1)[:, 1:11] for space in (vectors, layout)]
        return np.mean([len(set(a) & set(b)) / 10 for a, b in zip(*near, strict=True)])

    monkeypatch.setattr("index.projection.LANDMARKS", 100)
    vectors, _, _ = mapped
    settled = kept(project(vectors))
    monkeypatch.setattr("index.projection.SETTLING_STEPS", 0)
    assert settled > kept(project(vectors)) + 0.03


def test_a_new_song_stands_among_the_songs_it_sounds_like(mapped):
    _, group, coordinates = mapped
    vectors, new_group = blobs(308)
    placed = place(vectors[300:], vectors[:300], coordinates)
    nearest = np.linalg.norm(placed[:, None] - coordinates[None], axis=2).argmin(axis=1)
    assert (group[nearest] == new_group[300:]).all()


def test_a_known_song_lands_exactly_on_itself(mapped):
    vectors, _, coordinates = mapped
    assert (place(vectors[:20], vectors, coordinates) == coordinates[:20]).all()


def test_nearer_songs_pull_harder():
    known = np.eye(2, dtype=np.float32)
    placed = place(np.array([[0.8, 0.6]], np.float32), known, np.array([[0, 0, 0], [7, 0, 0]], np.float32))
    assert placed[0].tolist() == pytest.approx([3, 0, 0])


def test_a_song_unlike_all_others_still_has_a_place():
    known = np.eye(2, dtype=np.float32)
    unlike = np.array([[-1, 0], [0.7, -0.7]], np.float32)
    placed = place(unlike, known, np.array([[0, 0, 0], [4, 0, 0]], np.float32))
    assert placed[:, 0] == pytest.approx([2, 0], abs=1e-4)  # between two that say nothing; at the one that does


def test_placing_nothing_or_on_nothing_is_allowed(mapped):
    vectors, _, coordinates = mapped
    assert place(vectors[:0], vectors, coordinates).shape == (0, 3)
    assert (place(vectors[:2], vectors[:0], coordinates[:0]) == 0).all()


@pytest.fixture(scope="module")
def crowded():
    """Forty groups, too many to lie side by side wherever one looks at the map from; and that map, laid flat."""
    vectors, group = blobs(600, groups=40)
    coordinates = project(vectors)
    return group, plane(coordinates), flatten(vectors, coordinates), vectors, coordinates


def test_on_the_flat_map_groups_are_islands_that_hid_each_other_before(crowded):
    def apart(layout):
        distance = squareform(pdist(layout))
        np.fill_diagonal(distance, np.inf)
        return (group[distance.argmin(axis=1)] == group).mean()

    group, seen, flat, _, _ = crowded
    assert (flat.shape, flat.dtype) == ((600, 2), np.float32)
    assert apart(seen) < 0.985 < 0.995 < apart(flat)
    assert np.percentile(np.linalg.norm(flat, axis=1), 95) == pytest.approx(1, abs=1e-5)


def test_the_flat_map_leaves_islands_beside_those_they_were_beside(crowded):
    group, seen, flat, vectors, coordinates = crowded
    centres = [np.stack([layout[group == g].mean(axis=0) for g in range(40)]) for layout in (flat, seen)]
    assert np.corrcoef(pdist(centres[0]), pdist(centres[1]))[0, 1] > 0.8
    assert (flatten(vectors, coordinates) == flat).all()


@pytest.mark.parametrize("n", [0, 1, 2, 5, 8, 12])
def test_a_few_songs_have_a_flat_map_too(n):
    vectors, _ = blobs(max(n, 1))
    flat = flatten(vectors[:n], project(vectors[:n]))
    assert flat.shape == (n, 2)
    assert np.isfinite(flat).all()


def test_repeated_songs_never_make_the_flat_map_nan():
    vectors = np.repeat(np.eye(3, dtype=np.float32), 40, axis=0)
    assert np.isfinite(flatten(vectors, np.zeros((120, 3), np.float32))).all()


def test_a_large_flat_map_is_placed_around_landmarks(mapped, monkeypatch):
    monkeypatch.setattr("index.projection.LANDMARKS", 150)
    vectors, _, coordinates = mapped
    assert trustworthiness(vectors, flatten(vectors, coordinates), n_neighbors=10) > 0.85
