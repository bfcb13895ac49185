"""A waltz for one piano: oom-pah-pah below, a singing right hand above, and a tempo that breathes."""

import numpy as np

from engine.demo.harmony import nearest, voicings
from engine.demo.instruments import piano
from engine.demo.melody import harmonised, tunes
from engine.demo.score import Note, Section, Song, moved, sections
from engine.demo.studio import Studio
from engine.demo.synthesis import Voice

BEATS = 3
PIANO = Voice(piano, attack=0.001, release=0.25)
LEFT_HANDS = ("oom-pah-pah", "rolling", "oom-pah-pah", "held", "rolling", "oom-pah-pah")
VERSES = (
    ("x---x-", "x-x-x-", "x---oo", "x-----"),
    ("x-x-xx", "x----x", "x-x-x-", "x-----"),
    ("x-----", "x--xx-", "x-x-x-", "x-----"),
    ("x-xxx-", "x---x-", "x-----", "x-----"),
    ("..x-x-", "x---x-", "x-x-x-", "x-----"),
    ("x--x--", "x-x-x-", "x---xx", "x-----"),
)
CHORUS = ("xxxxx-", "x---x-", "x-xxxx", "x---x-", "x-----")


def left_hand(section: Section, manner: str) -> list[Note]:
    notes: list[Note] = []
    for i, (bar, chord, hand) in enumerate(
        zip(section.bars, section.chords, voicings(section.chords, 3, 57), strict=True)
    ):
        bass = nearest(41, [chord.root if i % 2 == 0 else chord.tones[2]])
        if section.letter == "o" and bar == section.bars[-1]:  # the last chord, rolled upwards and left to ring
            return notes + [Note(bar + 0.12 * j, 3, p, 0.55) for j, p in enumerate((nearest(38, [chord.root]), *hand))]
        notes.append(Note(bar, 2.6 if manner != "oom-pah-pah" else 1.4, bass, 0.62))
        if manner == "oom-pah-pah":
            notes += [Note(bar + beat, 0.7, p, soft) for beat, soft in ((1, 0.45), (2, 0.38)) for p in hand]
        elif manner == "held":
            notes += [Note(bar + 1, 1.9, p, 0.4) for p in hand]
        else:
            wave = (hand[0], hand[1], hand[2], hand[1], hand[2])
            notes += [Note(bar + 0.5 + 0.5 * j, 1 if j < 4 else 0.5, p, 0.4) for j, p in enumerate(wave)]
    return notes


def arrange(song: Song, rng: np.random.Generator) -> np.ndarray:
    """The song played: float32 [samples, 2]."""
    line = sections(song, BEATS)
    studio = Studio(
        song.bpm, line[-1].end, rng, sway=(0.04, 12), ritard=6, looseness=0.008, swing=0.04, reverb=1.5, tail=3.5
    )
    tune = tunes(song, BEATS, VERSES[song.variant], CHORUS, 65, 82, rng)
    left: list[Note] = []
    right: list[Note] = []
    for section in line:
        other = section.letter == "B" and song.variant % 2 == 1
        left += left_hand(section, LEFT_HANDS[(song.variant + other) % 6])
        if section.letter in tune:
            melody = tune[section.letter]
            right += moved(melody, section.start)
            if section.letter == "B":
                right += moved(harmonised(melody, section.chords, BEATS), section.start)
            elif section.visit >= 2 and song.variant % 2 == 0:
                right += moved(melody, section.start, 12, 0.7)
    studio.play(PIANO, left, -23, pan=-0.15, reverb=0.25)
    studio.play(PIANO, right, -18, pan=0.15, reverb=0.25)
    return studio.master()
