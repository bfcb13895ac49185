"""The figures on vectors whose neighbours, hubs, map and clusters are known beforehand."""

from pathlib import Path

import numpy as np
import pytest

from index.clusters import cluster
from index.library import Library
from index.quality import Space, agreement, chance, distinct, found_first, hubness, on_map, retrieval, stability
from index.ranking import Rules


def on_circle(*degrees: float) -> np.ndarray:
    angles = np.radians(degrees)
    return np.column_stack([np.cos(angles), np.sin(angles)]).astype(np.float32)


def plain(*degrees: float) -> Space:
    """Songs on a circle, none of them in a crowd."""
    return Space(on_circle(*degrees), np.zeros(len(degrees), np.float32))


def blobs(count: int, each: int, spread: float, dim: int = 32) -> np.ndarray:
    rng = np.random.default_rng(0)
    vectors = np.repeat(rng.standard_normal((count, dim)), each, axis=0)
    vectors += spread * rng.standard_normal(vectors.shape)
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def test_songs_are_ranked_as_the_library_ranks_them(shared_library: Path) -> None:
    library = Library.load(shared_library)
    space = Space.of(library.vectors())
    similarity = space.similarities(space.vectors)
    for song in range(len(library)):
        matches = library.similar(song, len(library), Rules(hide_duplicates=False))
        assert [match.id for match in matches] == [i for i in np.argsort(-similarity[song]) if i != song]
        listed = similarity[song][[match.id for match in matches]]
        np.testing.assert_allclose([match.similarity for match in matches], listed, atol=5e-4)


def test_precision_and_average_precision_are_those_counted_by_hand() -> None:
    space = plain(0, 10, 25, 45, 70, 100)  # a song's neighbours, nearest first, can be read off
    figures = retrieval(space, np.array(list("abaabb")))
    assert figures.loc[0].tolist() == pytest.approx([0, 0.4, (1 / 2 + 2 / 3) / 2])  # b a a b b
    assert figures.loc[5].tolist() == pytest.approx([1, 0.4, (1 + 2 / 4) / 2])  # b a a b a
    assert figures.index.tolist() == list(range(6))


def test_a_song_without_mates_is_not_asked_but_stands_in_the_way() -> None:
    space = plain(0, 1, 20)
    alone = retrieval(space, np.array(["a", "b", "a"]))
    assert alone.index.tolist() == [0, 2] and alone["p1"].tolist() == [0, 0] and alone["mean_ap"].tolist() == [0.5, 0.5]


def test_the_album_filter_leaves_out_songs_of_the_own_album_and_who_has_no_other() -> None:
    space = plain(0, 1, 30, 31, 90)
    groups = np.array(["x", "x", "y", "y", "x"])
    albums = np.array(["one", "one", "two", "two", ""], object)
    assert retrieval(space, groups)["p1"].tolist() == [1, 1, 1, 1, 0]
    filtered = retrieval(space, groups, albums)
    assert filtered.index.tolist() == [0, 1, 4]  # all that y has lies on one album
    assert filtered["mean_ap"].tolist() == pytest.approx([1 / 3, 1 / 3, (1 / 3 + 2 / 4) / 2])
    untagged = retrieval(space, groups, np.array([""] * 5, object))
    assert untagged.equals(retrieval(space, groups))


def test_chance_is_the_precision_of_neighbours_drawn_by_lot() -> None:
    groups = np.repeat(["a", "b", "c", "alone"], [30, 20, 9, 1])
    rng = np.random.default_rng(0)
    drawn = [retrieval(Space.of(blobs(60, 1, 0)[rng.permutation(60)]), groups)["p1"].mean() for _ in range(40)]
    assert chance(groups) == pytest.approx(np.mean(drawn), abs=0.03)


def test_recordings_met_before_are_not_distinct() -> None:
    assert distinct(on_circle(0, 50, 0.5, 120, 50)).tolist() == [True, True, False, True, False]


def test_an_excerpt_is_found_when_its_song_ranks_first() -> None:
    space = plain(0, 40, 80)
    assert found_first(space, on_circle(15, 15, 79), np.array([0, 1, 2])).tolist() == [True, False, True]


def test_a_song_near_to_all_is_a_hub_and_one_near_to_none_an_orphan() -> None:
    vectors = 0.8 * np.eye(60, dtype=np.float32)
    vectors[:, 0] = 0.6  # all lean towards the first axis,
    vectors[0] = np.eye(60)[0]  # on which one song lies,
    vectors[1] = -np.eye(60)[0]  # and from which another points away
    crowded = hubness(Space(vectors, np.zeros(60)), 5)
    assert crowded["n10_largest"] == 59 and crowded["n10_skew"] > 2 and crowded["n10_orphans"] >= 1 / 60


def test_songs_evenly_spread_make_no_hubs() -> None:
    hubs = hubness(plain(*np.arange(0, 360, 6)), 10)
    assert hubs == {"n10_skew": 0, "n10_largest": 10, "n10_orphans": 0}


def test_a_map_that_is_the_space_itself_keeps_all_and_a_shuffled_one_little() -> None:
    vectors = blobs(40, 1, 0, dim=3)
    trustworthiness, kept, rows = on_map(vectors, vectors)
    assert trustworthiness == 1 and (kept == 1).all() and rows.tolist() == list(range(40))
    trustworthiness, kept, _ = on_map(vectors, np.random.default_rng(0).permutation(vectors))
    assert trustworthiness < 0.7 and kept.mean() == pytest.approx(10 / 39, abs=0.08)


def test_clusters_agree_with_groups_whatever_their_numbers() -> None:
    groups = np.repeat([0, 1, 2], 20)
    assert agreement(np.repeat([2, 0, 1], 20), groups) == pytest.approx(1)
    assert agreement(np.random.default_rng(0).integers(0, 3, 60), groups) == pytest.approx(0, abs=0.05)


def test_clusters_of_what_is_apart_are_stable_and_those_of_noise_are_not() -> None:
    apart, noise = blobs(4, 20, 0.1), blobs(80, 1, 0)
    assert len(np.unique(cluster(apart, 4))) == 4
    assert stability(apart, 4) == pytest.approx(1) and stability(noise, 4) < 0.5
