"""What two songs have in common and what sets them apart, in words that can be checked by ear."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from dashboard import format
from index.library import Library

SAME_TEMPO = 0.03  # apart, as a share: nobody hears less between two songs
NOTED_TEMPO = 0.08
EXTREME = 0.25  # the share of the library's songs that are called bright, or dark
NEAR = 0.3  # how far apart in rank, from 0 to 1, two bright songs may be
APART = 0.4  # how far apart in rank two songs are before one is called brighter
LEANINGS = {  # descriptor: both have much of it, both little, the other has more, the other has less
    "brightness": ("both bright", "both dark", "brighter", "darker"),
    "loudness": ("both loud", "both quiet", "louder", "quieter"),
    "percussiveness": ("both with strong beats", "both with soft beats", "with stronger beats", "with softer beats"),
}
PARTS = ((12, "a little"), (22, "somewhat"), (29, "a quarter"), (42, "a third"))  # below so many percent
FARTHER = (  # below such a ratio
    (0.45, "less than half as fast"),
    (0.6, "about half as fast"),
    (1.75, "about half as fast again"),
    (2.2, "about twice as fast"),
)
PITCHES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


@dataclass(frozen=True)
class Likeness:
    """Two songs compared, in short phrases that need no sentence around them."""

    shared: list[str]
    different: list[str]  # what the other song is: "brighter", "in D major"


class Ranks:
    """Where a figure stands among those of a library, from 0 to 1."""

    def __init__(self, library: Library) -> None:
        figures = {name: library.songs[name].to_numpy(float) for name in LEANINGS}
        self._sorted = {name: np.sort(values[np.isfinite(values)]) for name, values in figures.items()}

    def of(self, name: str, value: float) -> float:
        """The share of songs with less of it, halves for equals; nan where it is unknown or all songs are the same."""
        values = self._sorted[name]
        if not math.isfinite(value) or not len(values) or values[0] == values[-1]:
            return math.nan
        below, upto = np.searchsorted(values, value, "left"), np.searchsorted(values, value, "right")
        return float(below + upto) / 2 / len(values)


@lru_cache(maxsize=2)
def ranks(library: Library) -> Ranks:
    """The ranks of a library, worked out once."""
    return Ranks(library)


def compare(
    here: Mapping[str, Any], there: Mapping[str, Any], within: Ranks, words: tuple[Sequence[str], Sequence[str]]
) -> Likeness:
    """What `here` and `there` share, and how `there` differs: descriptors of each, and the words that stand out."""
    shared: list[str] = []
    different: list[str] = []
    for said, common in (tempo(here.get("bpm"), there.get("bpm")), key(*(_key(each) for each in (here, there)))):
        if said:
            (shared if common else different).append(said)
    for name, (much, little, more, less) in LEANINGS.items():
        ours, theirs = (within.of(name, format.number(each.get(name))) for each in (here, there))
        if abs(ours - theirs) <= NEAR and min(ours, theirs) >= 1 - EXTREME:
            shared.append(much)
        elif abs(ours - theirs) <= NEAR and max(ours, theirs) <= EXTREME:
            shared.append(little)
        elif abs(ours - theirs) >= APART:
            different.append(more if theirs > ours else less)
    both = [word for word in words[0] if word in words[1]]
    if both:
        shared.append(f"both heard as {', '.join(both)}")
    elif words[1]:
        different.append(f"heard as {', '.join(words[1][:2])}")
    return Likeness(shared, different)


def tempo(here: Any, there: Any) -> tuple[str, bool]:
    """How two tempi compare, and whether that is something they share; "" where one is unknown.

    A song of half the tempo has the same pulse, felt at every other beat, and counts as shared.
    """
    here, there = format.number(here), format.number(there)
    if not (here > 0 and there > 0):
        return "", False
    ratio = there / here
    if abs(math.log(ratio)) <= SAME_TEMPO:
        return f"both about {math.sqrt(here * there):.0f} bpm", True
    for times, said in ((2, "twice the tempo"), (0.5, "half the tempo")):
        if abs(math.log(ratio / times)) <= SAME_TEMPO:
            return f"the same pulse at {said}, {there:.0f} bpm", True
    if abs(math.log(ratio)) < NOTED_TEMPO:
        return f"nearly the same tempo, {here:.0f} and {there:.0f} bpm", True
    percent = 100 * abs(ratio - 1)
    part = next((part for most, part in PARTS if percent < most), "")
    if part:
        said = f"{part} {'faster' if ratio > 1 else 'slower'}"
    else:
        said = next((words for most, words in FARTHER if ratio < most), "more than twice as fast")
    return f"{said}, {there:.0f} bpm", False


def key(here: str, there: str) -> tuple[str, bool]:
    """How two keys, "Am" and "C", compare, and whether listeners hear them as near; "" where one is unknown."""
    ours, theirs = _pitch(here), _pitch(there)
    if ours is None or theirs is None:
        return "", False
    minor_here, minor_there = here.endswith("m"), there.endswith("m")
    apart = (theirs - ours) % 12
    both = f"{format.key(here)} and {format.key(there)}"
    if minor_here == minor_there and apart == 0:
        return f"both in {format.key(here)}", True
    if minor_here == minor_there and apart in (5, 7):
        return f"keys a fifth apart, {both}", True
    if minor_here != minor_there and apart == (3 if minor_here else 9):
        return f"relative keys, {both}", True
    if minor_here != minor_there and apart == 0:
        return f"the same keynote, {both}", True
    return f"in {format.key(there)}", False


def _pitch(tag: str) -> int | None:
    """The keynote of a tag in semitones above C."""
    letter, rest = tag[:1], tag[1:].removesuffix("m")
    if letter not in PITCHES or rest not in ("", "#", "b"):
        return None
    return (PITCHES[letter] + {"": 0, "#": 1, "b": -1}[rest]) % 12


def _key(descriptors: Mapping[str, Any]) -> str:
    return str(descriptors.get("initial_key") or "")
