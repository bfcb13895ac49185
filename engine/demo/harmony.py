"""Keys, chords written as Roman numerals, and voicings whose voices move as little as they can."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

PITCH_CLASSES = {"C": 0, "C#": 1, "Db": 1, "D": 2, "D#": 3, "Eb": 3, "E": 4, "F": 5, "F#": 6, "Gb": 6,
                 "G": 7, "G#": 8, "Ab": 8, "A": 9, "A#": 10, "Bb": 10, "B": 11}  # fmt: skip
MAJOR = (0, 2, 4, 5, 7, 9, 11)
MINOR = (0, 2, 3, 5, 7, 8, 10)
NUMERALS = ("I", "II", "III", "IV", "V", "VI", "VII")
EXTENSIONS: dict[str, tuple[int, ...]] = {
    "": (), "sus4": (), "7": (10,), "maj7": (11,), "add9": (14,), "9": (10, 14), "maj9": (11, 14),
}  # fmt: skip


@dataclass(frozen=True)
class Chord:
    """A chord as pitch classes (0 is C): its tones, root first, and the scale that melodies use above it."""

    tones: tuple[int, ...]
    scale: tuple[int, ...]

    @property
    def root(self) -> int:
        return self.tones[0]

    def nearest(self, pitch: float) -> int:
        """The chord tone closest to a MIDI pitch."""
        return nearest(pitch, self.tones)

    def walk(self, pitch: int, steps: int) -> int:
        """The MIDI pitch some scale steps above (or, negative, below) another."""
        ladder = [note for note in range(128) if note % 12 in self.scale]
        rung = min(range(len(ladder)), key=lambda i: abs(ladder[i] - pitch))
        return ladder[min(max(rung + steps, 0), len(ladder) - 1)]


@dataclass(frozen=True)
class Key:
    """A major or minor key, by the pitch class of its tonic."""

    tonic: int
    minor: bool

    @classmethod
    def named(cls, name: str) -> "Key":
        """The key called, say, "Eb" or "F#m"."""
        return cls(PITCH_CLASSES[name.removesuffix("m")], name.endswith("m"))

    def chord(self, numeral: str) -> Chord:
        """The chord of a Roman numeral such as "ii7", "bVII", "IVmaj7" or "Vsus4"; lower case is minor."""
        flat, degree, suffix = re.fullmatch(r"(b?)([iv]+|[IV]+)(.*)", numeral).groups()  # type: ignore[union-attr]
        scale = MINOR if self.minor else MAJOR
        root = scale[NUMERALS.index(degree.upper())] - len(flat)
        third = 5 if suffix == "sus4" else 3 if degree.islower() else 4
        intervals = (0, third, 7, *EXTENSIONS[suffix])
        usable = set(scale)
        for interval in intervals:
            tone = (root + interval) % 12
            if tone not in usable:  # a borrowed tone takes the place of the scale tone that it raises or lowers
                usable.discard((tone - 1) % 12 if interval == 4 and not flat else (tone + 1) % 12)
                usable.add(tone)
        return Chord(
            tuple((self.tonic + root + interval) % 12 for interval in intervals),
            tuple(sorted((self.tonic + tone) % 12 for tone in usable)),
        )

    def progression(self, numerals: str) -> list[Chord]:
        """The chords of a line such as "I vi ii V7"."""
        return [self.chord(numeral) for numeral in numerals.split()]


def nearest(pitch: float, classes: Sequence[int]) -> int:
    """The MIDI pitch closest to another among those of the given pitch classes."""
    candidates = (note for note in range(round(pitch) - 12, round(pitch) + 13) if note % 12 in classes)
    return min(candidates, key=lambda note: abs(note - pitch))


def _inversions(chord: Chord, size: int, centre: int) -> list[tuple[int, ...]]:
    tones = [tone for i, tone in enumerate(chord.tones) if len(chord.tones) <= size or i != 2]  # the fifth goes first
    tones = [*tones, chord.root][:size]  # and a triad in four voices doubles its root
    found = []
    for turn in range(len(tones)):
        for low in range(centre - 12, centre + 3):
            if low % 12 != tones[turn]:
                continue
            voicing = [low]
            for tone in tones[turn + 1 :] + tones[:turn]:
                voicing.append(voicing[-1] + ((tone - voicing[-1]) % 12 or 12))
            found.append(tuple(voicing))
    return found


def voicings(chords: Sequence[Chord], size: int = 3, centre: int = 60) -> list[tuple[int, ...]]:
    """Close voicings of a progression, each the smallest move from the one before: [chords] tuples of MIDI pitches."""

    def stray(voicing: tuple[int, ...]) -> float:
        return abs(sum(voicing) / size - centre)

    chosen = [min(_inversions(chords[0], size, centre), key=stray)]
    for before, chord in pairwise(chords):
        if chord.tones == before.tones:
            chosen.append(chosen[-1])
            continue
        last = chosen[-1]
        chosen.append(
            min(
                _inversions(chord, size, centre),
                key=lambda voicing: sum(abs(a - b) for a, b in zip(voicing, last, strict=True)) + 0.8 * stray(voicing),
            )
        )
    return chosen
