"""Filters: what passes is what a person would say passes."""

import numpy as np
import pandas as pd
import pytest

from index.filters import EVERYTHING, Filter, Sieve

SONGS = pd.DataFrame(
    {
        "cluster": [0, 1, 2, 0],
        "genre": ["Rock", "", "Jazz", "Rock"],
        "artist": ["Ann", "Bob", "", "Ann"],
        "albumartist": ["", "", "", "Various"],
        "album": ["Hits", "Hits", "", "Hits"],
        "initial_key": ["Am", "C", "", "Am"],
        "year": [1990, 0, 2001, 2010],
        "bpm": [90.0, 120.0, np.nan, 180.0],
        "loudness": [-20.0, -10.0, -30.0, np.nan],
        "brightness": [500.0, 1500.0, 900.0, 700.0],
    }
)


@pytest.fixture
def sieve() -> Sieve:
    return Sieve(SONGS)


@pytest.mark.parametrize(
    ("filter", "passing"),
    [
        (Filter(), [0, 1, 2, 3]),
        (Filter(clusters=frozenset({1, 2})), [1, 2]),
        (Filter(clusters=frozenset()), []),
        (Filter(genres=frozenset({"Rock"})), [0, 3]),
        (Filter(genres=frozenset({"Jazz", ""})), [1, 2]),
        (Filter(genres=frozenset({"Polka"})), []),
        (Filter(same_tempo=((85, 95), (170, 190))), [0, 3]),
        (Filter(same_tempo=()), []),
        (Filter(mixing_key=frozenset({"Am", "C"}), keys=frozenset({"C"})), [1]),
        (Filter(energy=(-25, float("inf")), loudness=(-40, -15)), [0]),
        (Filter(artists=frozenset({"Ann"})), [0, 3]),
        (Filter(keys=frozenset({"C"})), [1]),
        (Filter(years=(1990, 2001)), [0, 2]),
        (Filter(tempo=(90, 120)), [0, 1]),
        (Filter(tempo=(121, 100)), []),
        (Filter(loudness=(-25, 0)), [0, 1]),
        (Filter(brightness=(600, 1000)), [2, 3]),
        (Filter(only=frozenset({3, 1, 99, -1})), [1, 3]),
        (Filter(genres=frozenset({"Rock"}), tempo=(100, 200)), [3]),
    ],
)
def test_a_song_passes_when_it_is_all_that_is_asked(sieve, filter, passing):
    assert np.flatnonzero(sieve.mask(filter)).tolist() == passing


def test_a_year_that_is_not_known_lies_in_no_range(sieve):
    assert np.flatnonzero(sieve.mask(Filter(years=(0, 3000)))).tolist() == [0, 2, 3]


def test_the_same_filter_is_answered_from_memory_and_cannot_be_changed(sieve):
    mask = sieve.mask(Filter(keys=frozenset({"Am"})))
    assert sieve.mask(Filter(keys=frozenset({"Am"}))) is mask
    with pytest.raises(ValueError, match="read-only"):
        mask[0] = False
    for year in range(100):
        sieve.mask(Filter(years=(year, year)))
    assert len(sieve._masks) <= 32
    assert sieve.mask(EVERYTHING).all()


def test_songs_share_what_is_known_of_both(sieve):
    assert sieve.shared(np.arange(4), [0]).tolist() == pytest.approx([1, 0, 0, 2 / 3])
    assert sieve.shared(np.array([1, 2]), [2]).tolist() == pytest.approx([0, 1 / 3])
