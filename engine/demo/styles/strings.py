"""Plucked strings: a guitar picks the chords, a lute sings, a low string walks below them."""

import numpy as np

from engine.demo.harmony import nearest, voicings
from engine.demo.instruments import plucked
from engine.demo.melody import harmonised, tunes
from engine.demo.score import Note, Song, moved, sections
from engine.demo.studio import Studio
from engine.demo.synthesis import Voice, filtered

BEATS = 4
GUITAR = Voice(plucked(2200, 1.2), 0.001, 0.3)
LUTE = Voice(plucked(4200, 0.9), 0.001, 0.25)
LOW = Voice(plucked(900, 1.6), 0.002, 0.2)
# Which string each eighth picks: 0 is the bass, 1 to 4 the chord from below.
PICKING = ("02340342", "03240423", "01234321", "04320234", "02423242", "03403404")
VERSES = (
    ("x---x-x-", "x-x-x---", "x--xx-x-", "x-------"),
    ("x-xxx---", "x---x-xx", "x-x-x-x-", "x-----.."),
    ("x--x--x-", "x---xxx-", "x--xx---", "x-------"),
    ("x-x-x-xx", "x---x---", "xxx-x---", "x-------"),
    ("..x-x-x-", "x-x-x---", "..xxx-x-", "x-----.."),
    ("x--x--x-", "x--x--xx", "x-x-x---", "x-------"),
)
CHORUS = ("xxxxx-x-", "x---x-x-", "x-xxx-xx", "x-------")


def wooden(sound: np.ndarray) -> np.ndarray:
    """The body of the instrument: its air and its top lend the strings their resonances."""
    return sound + 0.9 * filtered(sound, "bandpass", (90, 130)) + 0.6 * filtered(sound, "bandpass", (190, 260))


def tremolo(notes: list[Note]) -> list[Note]:
    """Long notes as quick repeated ones, as a mandolin holds them."""
    quick: list[Note] = []
    for note in notes:
        times = max(1, int(note.length * 4)) if note.length >= 1 else 1
        each = note.length / times
        quick += [
            Note(note.start + i * each, each, note.pitch, note.velocity * (0.8 if i else 1)) for i in range(times)
        ]
    return quick


def arrange(song: Song, rng: np.random.Generator) -> np.ndarray:
    """The song played: float32 [samples, 2]."""
    line = sections(song, BEATS)
    swing = (0.0, 0.08, 0.0, 0.12, 0.0, 0.04)[song.variant]
    studio = Studio(
        song.bpm, line[-1].end, rng, swing=swing, sway=(0.015, 16), ritard=5, looseness=0.008, reverb=1.3, tail=3
    )
    tune = tunes(song, BEATS, VERSES[song.variant], CHORUS, 64, 79, rng)
    guitar: list[Note] = []
    lute: list[Note] = []
    second: list[Note] = []
    low: list[Note] = []
    for section in line:
        for bar, chord, hand in zip(section.bars, section.chords, voicings(section.chords, 4, 58), strict=True):
            strings = (nearest(45, [chord.root]), *hand)
            if section.letter == "o" and bar == section.bars[-1]:
                guitar += [Note(bar + 0.09 * i, 4, pitch, 0.6) for i, pitch in enumerate(strings)]
                continue
            guitar += [
                Note(bar + 0.5 * i, min(1.5, BEATS - 0.5 * i), strings[int(string)], 0.7 if i % 4 == 0 else 0.5)
                for i, string in enumerate(PICKING[song.variant])
            ]
            if section.letter != "i":
                low += [
                    Note(bar, 2, nearest(36, [chord.root]), 0.7),
                    Note(bar + 2, 2, nearest(40, [chord.tones[2]]), 0.55),
                ]
        if section.letter in tune:
            melody = tune[section.letter]
            lute += moved(tremolo(melody) if section.letter == "B" and song.variant % 2 else melody, section.start)
            if section.letter == "B" or section.visit >= 2:
                second += moved(harmonised(melody, section.chords, BEATS), section.start)
    studio.play(GUITAR, guitar, -22, pan=-0.35, reverb=0.18, effect=wooden)
    studio.play(LUTE, lute, -18, pan=0.2, reverb=0.25)
    studio.play(LUTE, second, -24, pan=0.5, reverb=0.25)
    studio.play(LOW, low, -24, reverb=0.1, effect=wooden)
    return studio.master()
