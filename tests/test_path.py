"""Paths: from one song to another in steps that one hardly hears, and as the rules want it."""

import numpy as np
import pytest
from test_ranking import Shelf, unit

from index.filters import Filter
from index.library import Library, LibraryError
from index.path import find_path
from index.ranking import Rules

PLAIN = Rules()


@pytest.fixture(scope="module")
def shelf():
    """A thousand songs by fifty artists in thirty clusters that overlap."""
    rng = np.random.default_rng(8)
    vectors = unit(unit(rng.normal(size=(30, 12)))[np.arange(1000) % 30] + 0.25 * rng.normal(size=(1000, 12)))
    artists = rng.integers(0, 50, 1000)
    return Shelf(vectors, artist=artists.astype(str), album=[f"{artist} {artist % 3}" for artist in artists])


def path(shelf, a, b, rules=PLAIN, steps=8, route=0):
    return find_path(a, b, shelf.index, shelf.sieve, rules, steps, route)


def largest_step(shelf, songs):
    vectors = shelf.vectors[songs]
    return np.degrees(np.arccos(np.clip((vectors[:-1] * vectors[1:]).sum(axis=1), -1, 1))).max()


def nearest_picks(shelf, a, b, steps=8):
    """The song nearest to each place on the straight line from a to b, none twice."""
    picks = [a]
    for share in np.linspace(0, 1, steps)[1:-1]:
        place = (1 - share) * shelf.vectors[a] + share * shelf.vectors[b]
        picks.append(next(song for song in np.argsort(-shelf.vectors @ place).tolist() if song not in [*picks, b]))
    return [*picks, b]


ENDS = [(3, 700), (10, 20), (999, 0), (123, 456), (77, 901), (500, 501)]


@pytest.mark.parametrize(("a", "b"), ENDS)
def test_it_leads_from_the_one_to_the_other_in_so_many_songs_none_twice(shelf, a, b):
    for steps in (2, 3, 8, 20):
        songs = path(shelf, a, b, steps=steps)
        assert (songs[0], songs[-1], len(songs), len(set(songs))) == (a, b, steps, steps)


def test_its_largest_step_is_smaller_than_that_of_the_nearest_picks_and_of_chance(shelf):
    rng = np.random.default_rng(0)
    ours = [largest_step(shelf, path(shelf, a, b)) for a, b in ENDS]
    picks = [largest_step(shelf, nearest_picks(shelf, a, b)) for a, b in ENDS]
    chance = [largest_step(shelf, [a, *rng.integers(0, 1000, 6), b]) for a, b in ENDS]
    assert np.mean(ours) < 0.9 * np.mean(picks)
    assert np.mean(ours) < 0.6 * np.mean(chance)


def test_one_large_step_costs_more_than_two_of_middling_size():
    """Halfway but off the way, or on it but early: the latter is shorter in all, and its second step is large."""
    early, halfway = np.radians([15, 45])
    on_the_way = [np.cos(early), np.sin(early), 0]
    off_the_way = unit([[np.cos(halfway), np.sin(halfway), 0.3]])[0]
    shelf = Shelf(unit([[1, 0, 0], [0, 1, 0], on_the_way, off_the_way]))
    assert path(shelf, 0, 1, steps=3) == [0, 3, 1]


@pytest.mark.parametrize(("a", "b"), ENDS)
def test_every_step_goes_on_towards_the_end(shelf, a, b):
    songs = path(shelf, a, b)
    onward = shelf.vectors[songs] @ (shelf.vectors[b] - shelf.vectors[a])
    assert (np.diff(onward) > 0).all()


@pytest.mark.parametrize(("a", "b"), ENDS)
def test_no_artist_plays_twice_in_a_row(shelf, a, b):
    for steps in (3, 8, 12):
        artists = shelf.sieve.artists[path(shelf, a, b, steps=steps)]
        assert (artists[1:-1] != artists[2:]).all()
        assert (artists[:-2] != artists[1:-1]).all()


def test_where_there_is_but_one_artist_there_is_a_path_all_the_same():
    vectors = unit(np.random.default_rng(0).normal(size=(30, 6)))
    assert len(path(Shelf(vectors, artist="The Same"), 0, 1)) == 8
    assert len(path(Shelf(vectors), 0, 1)) == 8  # and unknown artists are not one


def test_no_recording_is_played_twice():
    rows = unit(np.random.default_rng(0).normal(size=(40, 6)))
    shelf = Shelf(np.repeat(rows, 3, axis=0))
    songs = path(shelf, 0, 60)
    assert len({song // 3 for song in songs}) == len(songs) == 8


def test_a_path_is_rather_shorter_than_that_a_recording_is_played_twice():
    degrees = np.radians([0, 90, 0.5, 30, 30.5, 60, 60.5])
    shelf = Shelf(unit(np.stack([np.cos(degrees), np.sin(degrees)], axis=1)))
    assert path(shelf, 0, 1, steps=6) == [0, 3, 5, 1]
    assert path(shelf, 0, 1, Rules(hide_duplicates=False), steps=6) in (
        [0, 3, 4, 5, 6, 1],
        [0, 2, 3, 5, 6, 1],
        [0, 2, 4, 5, 6, 1],
    )


def test_other_routes_take_other_songs_and_are_always_the_same(shelf):
    routes = [path(shelf, 3, 700, route=route) for route in range(4)]
    inner = [set(route[1:-1]) for route in routes]
    assert all(not inner[i] & inner[j] for i in range(4) for j in range(i))
    assert path(shelf, 3, 700, route=2) == routes[2]
    assert all(largest_step(shelf, route) < largest_step(shelf, [3, 700]) for route in routes)


def test_in_a_small_library_another_route_shares_what_it_must():
    shelf = Shelf(unit(np.random.default_rng(1).normal(size=(12, 4))))
    first, second = path(shelf, 0, 1, steps=8), path(shelf, 0, 1, steps=8, route=1)
    assert len(first) == len(second) == 8
    assert len(set(first) & set(second)) <= 4 + 2  # ten songs for twice six places


@pytest.mark.parametrize("songs", [2, 3, 5, 8])
def test_a_tiny_library_gives_a_path_as_long_as_it_can(songs):
    shelf = Shelf(unit(np.random.default_rng(songs).normal(size=(songs, 4))))
    found = path(shelf, 0, 1)
    assert (found[0], found[-1]) == (0, 1)
    assert sorted(found) == [*range(songs)]


def test_a_song_leads_to_itself_at_once_and_opposites_are_joined(shelf):
    assert path(shelf, 5, 5) == [5]
    vectors = np.concatenate([unit(np.random.default_rng(0).normal(size=(20, 3))), [[0, 0, 1], [0, 0, -1]]])
    assert len(path(Shelf(vectors.astype(np.float32)), 20, 21, steps=6)) == 6


def test_the_rules_hold_on_the_way(shelf):
    allowed = frozenset(range(0, 1000, 3))
    assert set(path(shelf, 10, 20, Rules(filter=Filter(only=allowed)))[1:-1]) <= allowed
    artists = shelf.sieve.artists[path(shelf, 3, 700, Rules(per_artist=1), steps=12)]
    assert len(set(artists)) == len(artists) == 12


def test_songs_of_one_compilation_are_kept_apart_where_albums_are(shelf):
    mixes = Shelf(shelf.vectors, artist=shelf.sieve.songs["artist"], album=["Mix", "Mash"] * 500, albumartist="Various")
    albums = mixes.sieve.albums[path(mixes, 3, 700, Rules(same_album=False))]
    assert (albums[1:-1] != albums[2:]).all()
    assert (albums[:-2] != albums[1:-1]).all()
    plain = mixes.sieve.albums[path(mixes, 3, 700)]
    assert (plain[1:] == plain[:-1]).any()


def test_a_library_knows_the_way(shared_library):
    library = Library.load(shared_library)
    songs = library.path(0, 7, steps=4)
    assert (songs[0], songs[-1], len(set(songs))) == (0, 7, 4)
    with pytest.raises(LibraryError, match="holds no song 8"):
        library.path(0, 8)


def test_through_real_songs_no_step_is_as_large_as_the_nearest_picks_take(real_library):
    vectors = real_library.vectors()
    shelf = Shelf(vectors)
    pairs = [(a, b) for a in range(0, 44, 5) for b in range(2, 44, 7) if a != b]
    ours = [largest_step(shelf, real_library.path(a, b)) for a, b in pairs]
    assert np.mean(ours) < np.mean([largest_step(shelf, nearest_picks(shelf, a, b)) for a, b in pairs])
