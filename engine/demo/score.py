"""What stands on paper: songs, their sections, notes, and rhythms written as text."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from engine.demo.harmony import Chord, Key

ENDING = {True: "iv V i i", False: "IV V I I"}  # by whether the key is minor


class Note(NamedTuple):
    """A note: start and length in beats, MIDI pitch, velocity from 0 to 1."""

    start: float
    length: float
    pitch: int
    velocity: float = 0.7


@dataclass(frozen=True)
class Song:
    """A demo song: its tags, and what its style makes it of.

    `form` is a line of sections: i intro, A verse, B chorus, o ending. Verse and chorus are Roman numerals, one a bar.
    `variant`, 0 to 5, tells the songs of a style apart.
    """

    title: str
    artist: str
    album: str
    genre: str
    year: int
    track: int
    extension: str
    style: str
    variant: int
    key: str
    bpm: int
    form: str
    verse: str
    chorus: str


@dataclass(frozen=True)
class Section:
    """A stretch of the form: where it starts, in beats, its chords, one a bar, and how often its letter came before."""

    letter: str
    start: float
    chords: list[Chord]
    beats: float
    visit: int

    @property
    def bars(self) -> list[float]:
        """The beat on which each bar starts."""
        return [self.start + i * self.beats for i in range(len(self.chords))]

    @property
    def end(self) -> float:
        return self.start + len(self.chords) * self.beats


def sections(song: Song, beats: float) -> list[Section]:
    """The sections of a song whose bars have so many beats; the last always leads home to the tonic."""
    key = Key.named(song.key)
    verse, chorus = key.progression(song.verse), key.progression(song.chorus)
    chords = {"i": verse[:4], "A": verse, "B": chorus, "o": key.progression(ENDING[key.minor])}
    line: list[Section] = []
    for i, letter in enumerate(song.form):
        start = line[-1].end if line else 0.0
        line.append(Section(letter, start, chords[letter], beats, song.form[:i].count(letter)))
    return line


def rhythm(pattern: str, beats: float) -> list[tuple[float, float, float]]:
    """The (start, length, velocity) of each note of a text that fills `beats`: X loud, x, o soft, - held, . rest."""
    step = beats / len(pattern)
    notes = []
    for i, mark in enumerate(pattern):
        if mark in "Xxo":
            held = len(pattern[i + 1 :]) - len(pattern[i + 1 :].lstrip("-"))
            notes.append((i * step, (1 + held) * step, {"X": 0.95, "x": 0.75, "o": 0.45}[mark]))
    return notes


def moved(notes: Iterable[Note], beats: float = 0.0, semitones: int = 0, louder: float = 1.0) -> list[Note]:
    """The same notes later, higher or louder."""
    return [Note(n.start + beats, n.length, n.pitch + semitones, min(n.velocity * louder, 1.0)) for n in notes]


class Groove:
    """What the drums beat: the hits of each drum, gathered bar by bar."""

    def __init__(self, beats: float) -> None:
        self.beats = beats
        self.hits: dict[str, list[Note]] = defaultdict(list)

    def add(self, bars: Iterable[float], **patterns: str) -> None:
        """Each drum's pattern, once a bar, from the beats on which the bars start."""
        for bar in bars:
            for drum, pattern in patterns.items():
                self.hits[drum] += [
                    Note(bar + start, 0.25, 0, velocity) for start, _, velocity in rhythm(pattern, self.beats)
                ]
