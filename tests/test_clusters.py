"""Groups of songs, and how many they are."""

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from index.clusters import ClustersError, cluster


def styles(n, groups, noise=0.4, dim=32):
    """n songs of so many clear styles: unit vectors and the style of each."""
    rng = np.random.default_rng(n + groups)
    style = np.arange(n) % groups
    rows = rng.normal(size=(groups, dim))[style] + noise * rng.normal(size=(n, dim))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32), style


@pytest.mark.parametrize(("songs", "groups"), [(10, 2), (48, 8), (300, 3), (600, 12)])
def test_clear_styles_are_found_and_counted(songs, groups):
    vectors, style = styles(songs, groups)
    labels = cluster(vectors)
    assert labels.max() + 1 == groups
    assert adjusted_rand_score(style, labels) > 0.95


def test_music_without_groups_is_still_divided_into_a_handful():
    rows = np.random.default_rng(0).normal(size=(300, 64)) / np.sqrt(np.arange(1, 65))
    vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    assert 5 <= cluster(vectors).max() + 1 <= 30


def test_as_many_clusters_as_asked_for_are_made():
    vectors, _ = styles(100, 8)
    assert set(cluster(vectors, 5)) == set(range(5))


def test_the_largest_cluster_is_number_0():
    vectors, style = styles(90, 3)
    keep = np.concatenate([np.flatnonzero(style == s)[:size] for s, size in enumerate((5, 30, 12))])
    assert np.bincount(cluster(vectors[keep], 3)).tolist() == [30, 12, 5]


def test_the_same_songs_give_the_same_clusters():
    vectors, _ = styles(200, 1, noise=10)
    assert (cluster(vectors, 7) == cluster(vectors, 7)).all()


@pytest.mark.parametrize("n", range(6))
def test_a_few_songs_get_a_few_clusters(n):
    vectors, _ = styles(max(n, 1), 5)
    vectors = vectors[:n]
    assert len(np.unique(cluster(vectors))) == (0 if n == 0 else 1 if n < 4 else 2)
    assert len(np.unique(cluster(vectors, 100))) == n


def test_songs_that_are_all_the_same_are_one_cluster():
    same = np.full((10, 4), 0.5, np.float32)
    assert set(cluster(same)) == set(cluster(same, 3)) == {0}


def test_no_clusters_cannot_be_asked_for():
    with pytest.raises(ClustersError, match="0 clusters"):
        cluster(styles(10, 2)[0], 0)
