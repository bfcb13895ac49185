"""Melodies grown from a motif."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.random import Generator

from engine.demo.harmony import Chord, Key, nearest
from engine.demo.score import Note, Song, rhythm, sections

PLANS = {4: "abaz", 8: "abacabdz"}  # which figure each bar plays; c is the half cadence, z the full one

MOVES, MOVE_ODDS = (-2, -1, 0, 1, 2, 3), (0.12, 0.33, 0.08, 0.3, 0.12, 0.05)


class Figure(NamedTuple):
    """One bar of a motif: when its notes start and their lengths, in beats, and their scale steps from the first."""

    starts: list[float]
    lengths: list[float]
    steps: list[int]


def _figure(pattern: str, beats: float, rng: Generator) -> Figure:
    starts, lengths, _ = zip(*rhythm(pattern, beats), strict=True)
    steps, move = [0], 0
    for _ in starts[1:]:
        # A leap is answered by a step back, as singers do.
        move = -int(np.sign(move)) if abs(move) > 1 else int(rng.choice(MOVES, p=MOVE_ODDS))
        steps.append(int(np.clip(steps[-1] + move, -4, 5)))
    return Figure(list(starts), list(lengths), steps)


def melody(
    chords: Sequence[Chord], key: Key, rhythms: Sequence[str], beats: float, low: int, high: int, rng: Generator
) -> list[Note]:
    """A melody over one chord a bar of `beats`: a motif that returns, an arch from `low` to `high`, a cadence home.

    `rhythms` holds one bar each: those of the figures, in turn, and last the long note of a cadence.
    """
    patterns = rng.permutation([rhythms[i % (len(rhythms) - 1)] for i in range(3)])
    figures = {name: _figure(str(pattern), beats, rng) for name, pattern in zip("abd", patterns, strict=True)}
    figures["c"] = figures["z"] = _figure(rhythms[-1], beats, rng)
    peak = rng.uniform(0.5, 0.8)
    notes: list[Note] = []
    last = chords[0].nearest(low + 0.4 * (high - low))
    for bar, (chord, name) in enumerate(zip(chords, PLANS[len(chords)], strict=True)):
        height = float(np.interp(bar / (len(chords) - 1), (0, peak, 1), (0.35, 0.8, 0.3)))
        first = chord.nearest(0.5 * last + 0.5 * (low + height * (high - low)))
        if name == "z" and key.tonic in chord.tones:
            first = nearest(last, [key.tonic])
        figure = figures[name]
        before = 0
        for start, length, step in zip(*figure, strict=True):
            pitch = chord.walk(first, step) if step else first
            grates = length >= 1 and pitch % 12 not in chord.tones and (pitch - 1) % 12 in chord.tones
            if grates or start in (0, beats / 2) or length > 1:  # notes that stand out belong to the chord
                pitch = chord.nearest(pitch)
            if pitch == last and step != before:  # what moves in the motif still moves here
                pitch = chord.nearest(last + 4 * np.sign(step - before))
            if not low - 2 <= pitch <= high + 2:
                pitch = chord.nearest(np.clip(pitch, low, high))
            before = step
            velocity = 0.62 + 0.16 * (start == 0) + 0.08 * (start % 1 == 0) + 0.12 * height
            notes.append(Note(bar * beats + start, length, pitch, velocity))
            last = pitch
    return notes


def harmonised(notes: Iterable[Note], chords: Sequence[Chord], beats: float) -> list[Note]:
    """A second voice: under every note the next chord tone at least a third below, a little softer."""
    return [
        Note(n.start, n.length, chords[int(n.start // beats)].nearest(n.pitch - 4.5), 0.75 * n.velocity) for n in notes
    ]


def tunes(
    song: Song, beats: float, verse: Sequence[str], chorus: Sequence[str], low: int, high: int, rng: Generator
) -> dict[str, list[Note]]:
    """The melody of each section that sings, by letter, from beat 0: verse, a higher chorus, and an ending."""
    key = Key.named(song.key)
    chords = {section.letter: section.chords for section in sections(song, beats)}
    found = {}
    for letter, rhythms, rise in (("A", verse, 0), ("B", chorus, 3), ("o", verse, 0)):
        if letter in chords:
            found[letter] = melody(chords[letter], key, rhythms, beats, low + rise, high + rise, rng)
    return found
