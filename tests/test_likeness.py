import math

import pytest
from shelf import library

from dashboard.likeness import Ranks, compare, key, ranks, tempo


@pytest.mark.parametrize(
    ("here", "there", "said", "shared"),
    [
        (124, 124.5, "both about 124 bpm", True),
        (124, 62, "the same pulse at half the tempo, 62 bpm", True),
        (70, 141, "the same pulse at twice the tempo, 141 bpm", True),
        (120, 127, "nearly the same tempo, 120 and 127 bpm", True),
        (120, 133, "a little faster, 133 bpm", False),
        (120, 160, "a third faster, 160 bpm", False),
        (160, 120, "a quarter slower, 120 bpm", False),
        (100, 165, "about half as fast again, 165 bpm", False),
        (176, 95, "about half as fast, 95 bpm", False),
        (60, 180, "more than twice as fast, 180 bpm", False),
        (math.nan, 120, "", False),
        (120, None, "", False),
        (0, 0, "", False),
    ],
)
def test_tempi_are_compared_as_listeners_would(here, there, said, shared):
    assert tempo(here, there) == (said, shared)


@pytest.mark.parametrize(
    ("here", "there", "said", "shared"),
    [
        ("Am", "Am", "both in A minor", True),
        ("Am", "C", "relative keys, A minor and C major", True),
        ("C", "Am", "relative keys, C major and A minor", True),
        ("Am", "Em", "keys a fifth apart, A minor and E minor", True),
        ("C", "F", "keys a fifth apart, C major and F major", True),
        ("Am", "A", "the same keynote, A minor and A major", True),
        ("Am", "F#", "in F♯ major", False),
        ("G#m", "Abm", "both in G♯ minor", True),
        ("", "C", "", False),
        ("strange", "C", "", False),
    ],
)
def test_keys_are_compared_as_musicians_would(here, there, said, shared):
    assert key(here, there) == (said, shared)


def test_much_and_little_are_what_they_are_among_the_songs_of_the_library():
    within, brightness = ranks(library()), library().songs["brightness"]
    bright, dark = {"brightness": brightness.max()}, {"brightness": brightness.min()}
    assert compare(bright, bright, within, ((), ())).shared == ["both bright"]
    assert compare(dark, dark, within, ((), ())).shared == ["both dark"]
    assert compare(dark, bright, within, ((), ())).different == ["brighter"]
    assert compare(bright, dark, within, ((), ())).different == ["darker"]
    usual = {"brightness": float(brightness.median())}
    assert compare(usual, usual, within, ((), ())).shared == []


def test_where_all_songs_are_the_same_nothing_is_much():
    assert math.isnan(Ranks(library()).of("percussiveness", 0.5))
    assert math.isnan(ranks(library()).of("loudness", math.nan))


def test_words_of_both_are_shared_and_others_set_apart():
    within = ranks(library())
    assert compare({}, {}, within, (["slow", "piano"], ["piano", "drums"])).shared == ["both heard as piano"]
    apart = compare({}, {}, within, (["slow"], ["piano", "drums", "fast"]))
    assert (apart.shared, apart.different) == ([], ["heard as piano, drums"])
