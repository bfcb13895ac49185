"""What a DJ minds from one song to the next, tempo and key, and songs put into an order that minds it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

PITCHES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}  # semitones above C
ACCIDENTALS = {"": 0, "#": 1, "b": -1}
SPELLINGS = [letter + sign + mode for letter in PITCHES for sign in ACCIDENTALS for mode in ("", "m")]
COUNTS = (0.5, 1, 2)  # a song of half or twice the tempo has the same pulse, felt at every other beat
BREACH = 100.0  # what a step beyond a limit costs: more than all that is smooth about any other
UNKNOWN = 0.5  # what a step costs of which a tempo or a key is not known, in each of them
LOUDER = 1 / 24  # what a decibel up or down costs


@dataclass(frozen=True)
class Limits:
    """What a step from one song to the next should stay within."""

    tempo: float = 0.06  # apart, as a share: as far as a turntable's pitch goes without being heard as another song
    key: bool = True  # compatible keys alone


USUAL = Limits()


def pulses(bpm: float, within: float) -> tuple[tuple[float, float], ...]:
    """The ranges of tempo, in beats a minute, of songs with the same pulse; none where the tempo is not known."""
    if not (math.isfinite(bpm) and bpm > 0):
        return ()
    return tuple((times * bpm / (1 + within), times * bpm * (1 + within)) for times in COUNTS)


def compatible(key: str) -> frozenset[str]:
    """The keys that mix with a key such as "Am", in every spelling; none where it is not known.

    On the Camelot wheel: the same key, the relative one, and those an hour before and after in the same mode.
    """
    here = _wheel(key)
    return frozenset(other for other in SPELLINGS if here and _mix(here, _wheel(other)))


def dj_order(
    bpm: Sequence[float],
    keys: Sequence[str],
    loudness: Sequence[float],
    limits: Limits = USUAL,
    keep_first: bool = False,
    keep_last: bool = False,
) -> list[int]:
    """An order of songs in which as many steps as can be found stay within the limits; tempo and loudness move little.

    `bpm`, `keys` ("Am", "" unknown) and `loudness` (dBFS) are of the songs as they stand; nan is unknown. Gives their
    places in the new order. Each next song is first the cheapest that is left, then pieces are turned around as long as
    that helps (2-opt, Croes 1958). Memory and each turn grow with the square of the songs.
    """
    cost = np.pad(costs(bpm, keys, loudness, limits), (0, 1))  # the last row is an end that costs nothing
    count = len(cost) - 1
    first, last = (0 if keep_first else count), (count - 1 if keep_last and count > 1 else count)
    chain = [first]
    left = [song for song in range(count) if song not in (first, last)]
    while left:
        chain.append(left.pop(int(cost[chain[-1], left].argmin())))
    turned = _untangled(np.array([*chain, last]), cost)
    return [song for song in turned.tolist() if song != count]


def within(bpm: Sequence[float], keys: Sequence[str], limits: Limits = USUAL) -> int:
    """How many of the steps between songs in this order break no limit; what is not known breaks none."""
    steps = costs(bpm, keys, [0.0] * len(bpm), limits)
    return int(sum(steps[at, at + 1] < BREACH for at in range(len(bpm) - 1)))


def costs(bpm: Sequence[float], keys: Sequence[str], loudness: Sequence[float], limits: Limits) -> np.ndarray:
    """What a step from each song to each other costs, float64 [songs, songs], the same there and back."""
    tempo, level = np.asarray(bpm, float), np.asarray(loudness, float)
    beats = np.log(np.where(tempo > 0, tempo, np.nan))
    apart = beats[:, None] - beats
    apart = np.min([np.abs(apart - math.log(times)) for times in COUNTS], axis=0) / math.log1p(limits.tempo)
    cost = np.where(np.isnan(apart), UNKNOWN, apart + BREACH * (apart > 1))
    if limits.key:
        places = [_wheel(key) for key in keys]
        known = np.array([place is not None for place in places], bool)
        hours, minor = np.array([place or (0, False) for place in places]).reshape(-1, 2).T
        hour = np.abs(hours[:, None] - hours) % 12
        mixes = (hour == 0) | (np.isin(hour, (1, 11)) & (minor[:, None] == minor))
        cost += np.where(known[:, None] & known, BREACH * ~mixes, UNKNOWN)
    return cost + LOUDER * np.nan_to_num(np.abs(level[:, None] - level))


def _untangled(chain: np.ndarray, cost: np.ndarray) -> np.ndarray:
    """The chain with pieces turned around, its ends kept, until no turn makes it cheaper."""
    while len(chain) > 3:
        inner, before, after = chain[1:-1], chain[:-2], chain[2:]
        gain = (
            cost[before, inner][:, None] + cost[inner, after]
        )  # the steps that turning inner[i] to inner[j] takes away
        gain = np.triu(gain - cost[before][:, inner] - cost[inner][:, after], 1)
        start, end = np.unravel_index(gain.argmax(), gain.shape)
        if gain[start, end] <= 1e-9:
            break
        chain[start + 1 : end + 2] = chain[start + 1 : end + 2][::-1].copy()
    return chain


def _wheel(key: str) -> tuple[int, bool] | None:
    """Where a key stands on the wheel: its hour from 0, that of C major, in fifths, and whether it is minor."""
    minor = key.endswith("m")
    letter, sign = key[:1], key[1:].removesuffix("m")
    if letter not in PITCHES or sign not in ACCIDENTALS:
        return None
    pitch = PITCHES[letter] + ACCIDENTALS[sign] + (3 if minor else 0)  # a minor key stands with its relative major
    return 7 * pitch % 12, minor


def _mix(here: tuple[int, bool], there: tuple[int, bool] | None) -> bool:
    return there is not None and (here[0] == there[0] or ((here[0] - there[0]) % 12 in (1, 11) and here[1] == there[1]))
