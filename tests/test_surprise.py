"""Surprise: from elsewhere and unlike each other, and yet never without reason."""

import numpy as np
import pytest
from test_ranking import Shelf, unit

from index.ranking import Rules
from index.surprise import surprising

SURPRISES = (0.0, 0.5, 1.0)


@pytest.fixture(scope="module")
def shelf():
    """Forty clusters of ten songs, each an artist with two albums; every fifth lies near it."""
    rng = np.random.default_rng(3)
    centres = unit(rng.normal(size=(5, 24)))[np.arange(40) % 5] + 0.15 * rng.normal(size=(40, 24))
    cluster = np.arange(400) // 10
    vectors = unit(centres[cluster] + 0.1 * rng.normal(size=(400, 24)))
    album = [f"{number // 10}-{number % 2}" for number in range(400)]
    return Shelf(vectors, cluster=cluster, artist=[str(number) for number in cluster], album=album)


def measured(shelf, surprise, k=10):
    """Over many queries: similarity to the query, similarity within the list, how much of it is the query's artist."""
    figures = []
    for song in range(0, 400, 23):
        ids = [match.id for match in shelf.like(song, Rules(surprise=surprise), k)]
        assert len(set(ids)) == k
        assert song not in ids
        listed = shelf.vectors[ids]
        within = (listed @ listed.T)[np.triu_indices(k, 1)].mean()
        home = np.mean([id // 10 == song // 10 for id in ids])
        figures.append([(listed @ shelf.vectors[song]).mean(), within, home])
    return np.mean(figures, axis=0)


def test_the_more_surprise_the_less_alike_the_more_varied_and_the_farther_from_home(shelf):
    closest, between, surprising = (measured(shelf, surprise) for surprise in SURPRISES)
    for figure in range(3):
        assert closest[figure] > between[figure] > surprising[figure]
    assert surprising[2] < 0.15


def test_what_surprises_is_still_far_more_alike_than_chance(shelf):
    chance = (shelf.vectors @ shelf.vectors.T)[np.triu_indices(400, 1)].mean()
    closest, surprising = measured(shelf, 0)[0], measured(shelf, 1)[0]
    assert surprising > chance + (closest - chance) / 2


def test_of_two_songs_that_are_nearly_one_the_second_waits():
    similarity = np.array([0.9, 0.88, 0.86, 0.5])
    vectors = unit([[1, 0, 0], [1, 0.05, 0], [0, 1, 0], [0, 0, 1]])
    assert surprising(vectors, similarity, np.zeros(4), 1.0, 3, 12) == [0, 2, 3]
    assert surprising(vectors, similarity, np.zeros(4), 0.01, 3, 12) == [0, 1, 2]


def test_of_songs_equally_far_from_home_and_from_each_other_the_closest_comes_first():
    similarity = np.array([0.9, 0.8, 0.7, 0.6])
    assert surprising(unit(np.eye(4)), similarity, np.zeros(4), 1.0, 4, 12) == [0, 1, 2, 3]
    assert surprising(unit(np.eye(4)), similarity[::-1], np.zeros(4), 1.0, 4, 12) == [3, 2, 1, 0]


def test_nothing_is_listed_from_the_farther_two_thirds(shelf):
    for song in range(0, 400, 57):
        cosines = shelf.vectors @ shelf.vectors[song]
        for match in shelf.like(song, Rules(csls=False, surprise=1), 40):
            assert cosines[match.id] >= np.quantile(cosines, 0.66)


def test_the_same_question_surprises_in_the_same_way(shelf):
    assert shelf.like(7, Rules(surprise=0.7)) == shelf.like(7, Rules(surprise=0.7))


def test_no_surprise_is_the_plain_order_and_the_rules_hold_with_it(shelf):
    assert shelf.like(7, Rules(surprise=0)) == shelf.like(7, Rules())
    ids = shelf.ids(7, Rules(surprise=1, per_artist=1))
    assert len({id // 10 for id in ids}) == len(ids) == 20
    assert all(
        shelf.sieve.albums[id] != shelf.sieve.albums[7] for id in shelf.ids(7, Rules(surprise=1, same_album=False))
    )


@pytest.mark.parametrize("songs", [1, 2, 3, 5])
def test_a_handful_of_songs_is_listed_whole(songs):
    vectors = unit(np.random.default_rng(songs).normal(size=(songs, 8)))
    assert sorted(Shelf(vectors).ids(0, Rules(surprise=1))) == [*range(1, songs)]
