"""A rock trio: two takes of one distorted guitar, a bass, a drum kit, and a solo in every chorus."""

import numpy as np

from engine.demo.drums import Drum, cymbal, kick, snare, tom
from engine.demo.harmony import nearest
from engine.demo.instruments import electric_guitar, finger_bass, plucked
from engine.demo.melody import tunes
from engine.demo.score import Groove, Note, Song, moved, rhythm, sections
from engine.demo.studio import Studio, amplifier, echo
from engine.demo.synthesis import Voice

BEATS = 4
RHYTHM_GUITAR = Voice(plucked(5000, 2.5), 0.001, 0.04)
LEAD = Voice(electric_guitar, 0.004, 0.06)
KIT = {
    "kick": Drum(kick(2.5, 0.12), 33, -19, reverb=0.05),
    "snare": Drum(snare(0.75, 0.13), 55, -19, reverb=0.2),
    "hat": Drum(cymbal(0.045), 84, -31, 0.35),
    "open": Drum(cymbal(0.22), 84, -29, 0.35),
    "crash": Drum(cymbal(0.9), 76, -26, -0.3, 0.25),
    "high": Drum(tom, 50, -24, 0.2, 0.2),
    "low": Drum(tom, 43, -24, -0.3, 0.2),
}
FILL = {"kick": "x...x...", "snare": "..x...xx........", "high": "........xx......", "low": "..........xxx.x."}
RIFFS = ("xoxoxoxo", "x--xo-x-", "x-ooxoo-", "xooxooxo", "x-x-xoxo", "x--x--x-")
KICKS = ("x...x.x.", "x..xx...", "x...xx..", "x.x.x..x", "x....xx.", "x..x..x.")
VERSES = (
    ("x---x-x-", "x-x-x---", "x-------"),
    ("..x-x-x-", "x---x---", "x-------"),
    ("x--x--x-", "..xxx---", "x-------"),
)
SOLO = ("x--xx-x-", "xxx-x---", "x-x-xxxx", "x---x-xx", "x-------")


def power(root: int) -> tuple[int, int, int]:
    """Root, fifth and octave: all that survives distortion."""
    return root, root + 7, root + 12


def arrange(song: Song, rng: np.random.Generator) -> np.ndarray:
    """The song played: float32 [samples, 2]."""
    line = sections(song, BEATS)
    swing = 0.1 if song.variant == 5 else 0.0
    studio = Studio(song.bpm, line[-1].end, rng, swing=swing, ritard=2, looseness=0.005, reverb=1.0, tail=3)
    tune = tunes(song, BEATS, VERSES[song.variant % 3], SOLO, 64, 80, rng)
    groove = Groove(BEATS)
    guitar: list[Note] = []
    bass: list[Note] = []
    lead: list[Note] = []
    for section in line:
        for bar, chord in zip(section.bars, section.chords, strict=True):
            root = nearest(43, [chord.root])
            if section.letter == "o" and bar >= section.bars[-2]:
                if bar == section.bars[-2]:
                    guitar += [Note(bar, 8, pitch, 0.9) for pitch in power(root)]
                    bass.append(Note(bar, 8, root - 12, 0.9))
                    groove.add([bar], crash="X.......", kick="X.......")
                continue
            if section.letter == "B":  # the chorus lets chords ring, the verse mutes them
                guitar += [Note(bar + at, 1.9, pitch, 0.85) for at in (0, 2) for pitch in power(root)]
            else:
                for at, held, velocity in rhythm(RIFFS[song.variant], BEATS):
                    strings = power(root)[: 3 if velocity > 0.6 else 1]
                    guitar += [Note(bar + at, 0.8 * held, pitch, velocity) for pitch in strings]
            bass += [Note(bar + 0.5 * i, 0.45, root - 12, 0.8 - 0.15 * (i % 2)) for i in range(7)]
            bass.append(Note(bar + 3.5, 0.45, root - 5, 0.65))
        groove.add(section.bars[:1], crash="X.......")
        if section.letter != "i":
            solid = section.bars[:2] if section.letter == "o" else section.bars[:-1]
            groove.add(solid, kick=KICKS[song.variant], snare="..X...X.")
            groove.add(solid, **({"open": "x.x.x.x."} if section.letter == "B" else {"hat": "xoxoxoxo"}))
        if section.letter in "iAB":
            groove.add(section.bars[-1:], **FILL)
        if section.letter in tune and section.letter != "o":
            lead += moved(tune[section.letter], section.start)
    studio.drums(KIT, groove)
    for pan in (-0.75, 0.75):  # no two takes are alike, which makes the guitar wide
        studio.play(RHYTHM_GUITAR, guitar, -24, pan=pan, reverb=0.1, effect=amplifier(6))
    studio.play(Voice(finger_bass, 0.003, 0.05), bass, -19, reverb=0.02)
    late = 45 / song.bpm
    studio.play(LEAD, lead, -20, reverb=0.25, effect=lambda sound: echo(amplifier(4, 3600)(sound), late, 0.3, 0.25))
    return studio.master(fade_out=2.5)
