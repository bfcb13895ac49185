"""Groups of songs, how many they are, and what they are called."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from index.clusters import ClustersError, cluster, name_clusters

DESCRIPTORS = ("bpm", "brightness", "loudness", "percussiveness")


def styles(n, groups, noise=0.4, dim=32):
    """n songs of so many clear styles: unit vectors and the style of each."""
    rng = np.random.default_rng(n + groups)
    style = np.arange(n) % groups
    rows = rng.normal(size=(groups, dim))[style] + noise * rng.normal(size=(n, dim))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32), style


def tags(n, **columns):
    plain = dict.fromkeys(["genre", "artist"], "") | dict.fromkeys(DESCRIPTORS, np.nan)
    return pd.DataFrame(plain | columns, index=range(n))


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


LABELS = np.repeat([0, 1, 2], [6, 4, 4])


def test_a_genre_of_one_cluster_alone_names_it():
    tempo = np.repeat([60.0, 100.0, 180.0], [6, 4, 4])
    names = name_clusters(LABELS, tags(14, genre=["Ambient"] * 5 + ["Rock"] * 9, bpm=tempo))
    assert names[0] == "Ambient"
    assert "Rock" not in names


def test_without_tags_a_cluster_is_named_by_what_sets_its_sound_apart():
    songs = tags(
        14,
        bpm=[80.0] * 6 + [170.0] * 4 + [110.0] * 4,
        brightness=[900.0] * 6 + [1500.0] * 8,
        percussiveness=[0.3] * 6 + [0.9] * 4 + [0.3] * 4,
    )
    slow, fast, _ = name_clusters(LABELS, songs)
    assert {"slow", "dark", "songs"} == set(slow.lower().replace(",", "").split())
    assert {"fast", "beats"} <= set(fast.lower().replace(",", "").split())


def test_without_tags_and_descriptors_a_cluster_is_named_after_its_artist():
    names = name_clusters(LABELS, tags(14, artist=["Ann"] * 5 + ["Bob"] * 9))
    assert names == ["Ann", "Bob", "Bob 2"]


def test_what_nothing_is_known_about_still_has_a_name():
    names = name_clusters(LABELS, tags(14))
    assert len(set(names)) == 3
    assert all(names)


def test_no_two_names_are_the_same():
    rng = np.random.default_rng(0)
    labels = np.arange(200) % 40
    songs = tags(200, artist=rng.choice(["", "A", "B"], 200), genre=rng.choice(["", "Rock", "Pop"], 200))
    for descriptor in DESCRIPTORS:
        songs[descriptor] = rng.choice([np.nan, 1.0, 2.0, 3.0], 200)
    assert len(set(name_clusters(labels, songs))) == 40


def test_one_cluster_is_named_by_its_genre_too():
    assert name_clusters(np.zeros(3, int), tags(3, genre="Waltz")) == ["Waltz"]


def test_no_clusters_have_no_names():
    assert name_clusters(np.zeros(0, int), tags(0)) == []
