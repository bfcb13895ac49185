import math

import pytest

from dashboard import format


@pytest.mark.parametrize(
    ("seconds", "said"), [(187, "3:07"), (59.6, "1:00"), (3727, "1:02:07"), (0, ""), (math.nan, ""), (math.inf, "")]
)
def test_lengths_read_as_on_a_player(seconds, said):
    assert format.clock(seconds) == said


@pytest.mark.parametrize(("seconds", "said"), [(12, "12 s"), (90 * 60, "1.5 h"), (45 * 60, "45 min"), (80_640, "22 h")])
def test_long_times_have_one_unit(seconds, said):
    assert format.span(seconds) == said


def test_one_song_is_no_songs():
    assert [format.count(n, "song") for n in (1, 2, 10_000)] == ["1 song", "2 songs", "10,000 songs"]


def test_the_first_second_of_a_song_has_a_place():
    assert [format.moment(second) for second in (0, 0.4, 72)] == ["0:00", "0:00", "1:12"]


def test_figures_have_two_places_and_a_true_minus():
    assert [format.figure(similarity) for similarity in (0.874, -0.119)] == ["0.87", "−0.12"]


@pytest.mark.parametrize(
    ("tag", "said"), [("Am", "A minor"), ("F#", "F♯ major"), ("Bbm", "B♭ minor"), ("B", "B major"), ("", "")]
)
def test_keys_are_spelled_as_musicians_do(tag, said):
    assert format.key(tag) == said


def test_unknown_facts_are_left_out():
    known = {"bpm": 120.4, "initial_key": "Am", "loudness": -13.2, "brightness": 1800.0, "percussiveness": 0.4}
    assert [value for _, value in format.facts(known)] == ["120 bpm", "A minor", "−13 dB", "1.8 kHz", "40%"]
    assert format.facts({"bpm": 0.0, "initial_key": "", "loudness": math.nan, "brightness": None}) == []
