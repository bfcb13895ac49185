"""The list of matches: its order, and what the rules keep out of it."""

import numpy as np
import pandas as pd
import pytest

from index.faiss_index import FaissIndex
from index.filters import Filter, Sieve
from index.ranking import Match, Rules, neighbourhood, rank

PLAIN = Rules(csls=False)


def unit(rows):
    rows = np.asarray(rows, np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def around(angles):
    """Songs on a circle, by degrees: their cosines are known."""
    radians = np.radians(angles)
    return unit(np.stack([np.cos(radians), np.sin(radians)], axis=1))


class Shelf:
    """A library of vectors and tags, as rank() takes it."""

    def __init__(self, vectors, **tags):
        plain = {"artist": "", "albumartist": "", "album": "", "cluster": 0}
        self.sieve = Sieve(pd.DataFrame(plain | tags, index=range(len(vectors))))
        self.vectors = vectors
        self.index = FaissIndex.build(vectors)
        self.neighbourhoods = neighbourhood(vectors, self.index)

    def like(self, song, rules=PLAIN, k=20):
        return rank(self.vectors[song], self.index, self.sieve, self.neighbourhoods, rules, k, [song])

    def ids(self, song, rules=PLAIN, k=20):
        return [match.id for match in self.like(song, rules, k)]


@pytest.fixture
def fan():
    """Song 0, and five more at ever wider angles from it."""
    return around([0, 10, 20, 30, 40, 50])


def test_the_nearest_song_comes_first_with_its_cosine(fan):
    matches = Shelf(fan).like(0, k=2)
    assert [match.id for match in matches] == [1, 2]
    assert [match.similarity for match in matches] == pytest.approx(np.cos(np.radians([10, 20])), abs=1e-3)


def test_the_query_is_never_listed_and_a_small_library_is_listed_whole(fan):
    assert Shelf(fan).ids(5, k=50) == [4, 3, 2, 1, 0]


def test_a_dropped_track_finds_its_own_song(fan):
    shelf = Shelf(fan)
    matches = rank(fan[3], shelf.index, shelf.sieve, shelf.neighbourhoods, PLAIN, k=1)
    assert matches == [Match(3, pytest.approx(1))]


def test_a_song_alone_has_no_matches():
    shelf = Shelf(around([0]))
    assert shelf.neighbourhoods.tolist() == [0]
    assert shelf.like(0) == []


def test_a_neighbourhood_is_the_mean_cosine_to_the_nearest_songs_itself_left_out():
    vectors = unit(np.random.default_rng(0).normal(size=(200, 12)))
    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, -1)
    expected = np.sort(cosines, axis=1)[:, -10:].mean(axis=1)
    assert neighbourhood(vectors, FaissIndex.build(vectors)) == pytest.approx(expected, abs=1e-3)


def test_a_neighbourhood_counts_twins_but_never_the_song_itself():
    vectors = np.repeat(around([0]), 30, axis=0)
    assert neighbourhood(vectors, FaissIndex.build(vectors)) == pytest.approx(np.ones(30))


def test_csls_orders_by_twice_the_cosine_less_the_neighbourhood():
    vectors = unit(np.random.default_rng(1).normal(size=(100, 8)))
    shelf = Shelf(vectors)
    matches = shelf.like(0, Rules(), k=10)
    scores = 2 * vectors @ vectors[0] - shelf.neighbourhoods
    assert [match.id for match in matches] == [i for i in np.argsort(-scores) if i != 0][:10]


def test_the_similarity_reported_follows_the_order_on_the_scale_of_the_cosine():
    vectors = unit(np.random.default_rng(1).normal(size=(100, 8)))
    shelf = Shelf(vectors)
    matches = shelf.like(0, Rules(), k=10)
    similarities = [match.similarity for match in matches]
    assert similarities == sorted(similarities, reverse=True)
    assert similarities == pytest.approx([vectors[match.id] @ vectors[0] for match in matches], abs=0.2)


def test_the_same_recording_has_similarity_one_however_crowded_its_place():
    vectors = np.concatenate([np.repeat(around([0]), 30, axis=0), around([40, 80, 120, 160])])
    shelf = Shelf(vectors)
    best = rank(vectors[0], shelf.index, shelf.sieve, shelf.neighbourhoods, Rules(), k=1)
    assert best[0].similarity == 1


def test_csls_leaves_fewer_hubs():
    rng = np.random.default_rng(2)
    vectors = unit(rng.normal(size=(200, 30)) * rng.uniform(0.3, 3, size=(200, 1)) + 1)
    shelf = Shelf(vectors)

    def most_listed(rules):
        return np.bincount([id for song in range(200) for id in shelf.ids(song, rules, k=10)]).max()

    assert most_listed(Rules(csls=True)) < 0.6 * most_listed(Rules(csls=False))


def test_the_same_recording_is_listed_once():
    assert Shelf(around([0, 10, 10.1, 10.2, 30])).ids(0) == [1, 4]


def test_a_copy_of_the_query_is_not_listed():
    assert Shelf(around([0, 0.1, 20])).ids(0) == [2]


def test_duplicates_stay_when_they_are_asked_for():
    assert Shelf(around([0, 0.1, 20])).ids(0, Rules(csls=False, hide_duplicates=False)) == [1, 2]


def test_songs_of_the_same_album_can_be_left_out(fan):
    shelf = Shelf(fan, artist=list("AAABBB"), album=["Hits", "Hits", "Other", "Hits", "", "Hits"])
    assert shelf.ids(0, Rules(csls=False, same_album=False)) == [2, 3, 4, 5]


def test_a_compilation_is_one_album_by_its_album_artist(fan):
    shelf = Shelf(fan, artist=list("ABCDEF"), album=["Mix"] * 6, albumartist=["Various"] * 3 + [""] * 3)
    assert shelf.ids(0, Rules(csls=False, same_album=False)) == [3, 4, 5]


def test_songs_without_an_album_are_not_one_album(fan):
    assert Shelf(fan).ids(0, Rules(csls=False, same_album=False)) == [1, 2, 3, 4, 5]


def test_an_artist_has_no_more_places_than_allowed(fan):
    shelf = Shelf(fan, artist=list("AAABBA"))
    assert shelf.ids(0, Rules(csls=False, per_artist=1)) == [1, 3]
    assert shelf.ids(0, Rules(csls=False, per_artist=2)) == [1, 2, 3, 4]


def test_songs_of_unknown_artists_are_not_by_one_artist(fan):
    assert Shelf(fan).ids(0, Rules(csls=False, per_artist=1)) == [1, 2, 3, 4, 5]


def test_only_the_clusters_asked_for_are_listed(fan):
    shelf = Shelf(fan, cluster=[0, 1, 2, 0, 1, 2])
    assert shelf.ids(0, Rules(csls=False, filter=Filter(clusters=frozenset({1, 2})))) == [1, 2, 4, 5]
    assert shelf.ids(0, Rules(csls=False, filter=Filter(clusters=frozenset()))) == []


def test_a_rule_that_refuses_the_nearest_thousand_still_finds_the_rest():
    vectors = unit(np.random.default_rng(4).normal(size=(3000, 6)))
    cosines = vectors @ vectors[0]
    far = np.argsort(cosines)[:5]
    cluster = np.zeros(3000, int)
    cluster[far] = 1
    shelf = Shelf(vectors, cluster=cluster)
    assert shelf.ids(0, Rules(csls=False, filter=Filter(clusters=frozenset({1}))), k=5) == far[::-1].tolist()
