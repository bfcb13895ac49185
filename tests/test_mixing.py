"""Mixing: which tempos and keys go together, and an order of songs that minds it."""

from itertools import pairwise

import numpy as np
import pytest

from index.mixing import Limits, compatible, costs, dj_order, pulses, within


def in_order(order, *columns):
    return [[column[song] for song in order] for column in columns]


def test_the_same_pulse_is_felt_at_half_and_at_double_the_tempo():
    ranges = pulses(120, 0.05)
    for bpm, shared in ((120, True), (125.9, True), (126.1, False), (60, True), (240, True), (180, False)):
        assert any(low <= bpm <= high for low, high in ranges) == shared
    assert pulses(float("nan"), 0.05) == pulses(0, 0.05) == ()


@pytest.mark.parametrize(
    ("key", "hours"),
    [
        ("Am", {"Am", "C", "Em", "Dm"}),  # 8A: 8B, 9A, 7A
        ("C", {"C", "Am", "G", "F"}),  # 8B: 8A, 9B, 7B
        ("F#m", {"F#m", "A", "C#m", "Bm"}),  # 11A: 11B, 12A, 10A
        ("Ebm", {"D#m", "F#", "A#m", "G#m"}),  # 2A: 2B, 3A, 1A
    ],
)
def test_keys_mix_with_their_neighbours_on_the_camelot_wheel_however_they_are_spelt(key, hours):
    found = compatible(key)
    sharps = {name for name in found if "b" not in name and name not in {"B#", "E#", "B#m", "E#m"}}
    assert sharps == hours
    assert ("Gb" in found) == ("F#" in found) and ("Bbm" in found) == ("A#m" in found)


def test_an_unknown_key_mixes_with_nothing():
    assert compatible("") == compatible("8A") == compatible("H") == frozenset()


def test_a_way_within_the_limits_is_found_where_there_is_one():
    random = np.random.default_rng(1)
    bpm = [100 * 1.04**step for step in range(24)]  # each within 6 % of the next alone
    mixed = random.permutation(24)
    shuffled, keys = [bpm[song] for song in mixed], ["Am"] * 24
    assert within(shuffled, keys) < 6
    order = dj_order(shuffled, keys, [-14.0] * 24)
    assert sorted(order) == list(range(24))
    assert within(*in_order(order, shuffled, keys)) == 23


def test_keys_decide_where_tempos_are_alike():
    keys = ["Am", "F#m", "Em", "Bm"]  # 8A 11A 9A 10A
    (ordered,) = in_order(dj_order([120.0] * 4, keys, [-14.0] * 4, keep_first=True), keys)
    assert ordered == ["Am", "Em", "Bm", "F#m"]


def test_turning_pieces_never_makes_the_way_dearer_than_the_greedy_one():
    random = np.random.default_rng(0)
    bpm, loudness = random.uniform(80, 180, 60), random.uniform(-25, -8, 60)
    keys = random.choice(["Am", "C", "F#", "Ebm", ""], 60).tolist()
    cost = costs(bpm, keys, loudness, Limits())
    left, greedy = list(range(1, 60)), [0]
    while left:
        greedy.append(min(left, key=lambda song: cost[greedy[-1], song]))
        left.remove(greedy[-1])
    price = [
        sum(cost[a, b] for a, b in pairwise(way)) for way in (greedy, dj_order(bpm, keys, loudness, keep_first=True))
    ]
    assert price[1] < 0.9 * price[0]


def test_the_ends_stay_where_they_shall():
    bpm = [120.0, 90, 121, 91, 150]
    order = dj_order(bpm, [""] * 5, [float("nan")] * 5, keep_first=True, keep_last=True)
    assert (order[0], order[-1]) == (0, 4) and sorted(order) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_songs_and_songs_of_which_nothing_is_known_have_an_order(count):
    nothing = [float("nan")] * count
    for ends in (False, True):
        assert sorted(dj_order(nothing, [""] * count, nothing, keep_first=ends, keep_last=ends)) == list(range(count))
