"""A choir and an organ in a large church: four voices that move by step, pedals below."""

import numpy as np

from engine.demo.harmony import nearest, voicings
from engine.demo.instruments import choir, organ
from engine.demo.melody import tunes
from engine.demo.score import Note, Song, moved, sections
from engine.demo.studio import Studio
from engine.demo.synthesis import Voice

BEATS = 4
CHOIR = Voice(choir, attack=0.16, release=0.35)
PIPES = Voice(organ, attack=0.05, release=0.15)
VERSES = (
    ("x-x-x-x-", "x---x-x-", "x-x-x---", "x-------"),
    ("x---x---", "x-x-x---", "x--xx-x-", "x-------"),
    ("x--xx-x-", "x-x-x-x-", "x---x-x-", "x-------"),
    ("x---x-x-", "x--xx---", "x-x-x-x-", "x-------"),
    ("x-----x-", "x---x---", "x-x-x-x-", "x-------"),
    ("x-x-x---", "x-x-x-x-", "x--xx-x-", "x-------"),
)
CHORUS = ("x---x-x-", "x-x-x---", "x---x---", "x-------")


def arrange(song: Song, rng: np.random.Generator) -> np.ndarray:
    """The song played: float32 [samples, 2]."""
    line = sections(song, BEATS)
    studio = Studio(song.bpm, line[-1].end, rng, sway=(0.02, 16), ritard=6, looseness=0.015, reverb=3.2, tail=4.5)
    tune = tunes(song, BEATS, VERSES[song.variant], CHORUS, 62, 76, rng)
    soprano: list[Note] = []
    inner: list[Note] = []
    manual: list[Note] = []
    flute: list[Note] = []
    pedal: list[Note] = []
    for section in line:
        sung = section.letter in "Bo" or (section.letter == "A" and (section.visit + song.variant) % 2 == 1)
        for bar, chord, hand in zip(section.bars, section.chords, voicings(section.chords, 3, 57), strict=True):
            manual += [Note(bar, BEATS, pitch, 0.6) for pitch in hand]
            pedal.append(Note(bar, BEATS, nearest(40, [chord.root]), 0.7))
            if section.letter != "i":
                inner += [Note(bar, BEATS, pitch, 0.55) for pitch in hand]
            if not sung and song.variant in (1, 4):  # a flute stop ripples through the verses
                ripple = (*hand, hand[1] + 12, hand[2], hand[1])
                flute += [Note(bar + 0.5 * i, 0.5, ripple[i % 6] + 12, 0.5) for i in range(8)]
        if section.letter in tune:
            (soprano if sung else flute).extend(moved(tune[section.letter], section.start, 0 if sung else 12))
            if sung and section.visit >= 1:
                flute += moved(tune[section.letter], section.start, 12, 0.6)
    studio.play(PIPES, manual, -23, pan=-0.1, reverb=0.5)
    studio.play(PIPES, pedal, -24, reverb=0.3)
    studio.play(PIPES, flute, -23, pan=0.25, reverb=0.5)
    studio.play(CHOIR, soprano, -19, pan=0.1, reverb=0.6)
    studio.play(CHOIR, inner, -21, reverb=0.6)
    return studio.master(fade_out=2.5)
