"""An old games console: two square waves, a triangle for the bass, and noise that plays the drums."""

import numpy as np

from engine.demo.drums import Drum, chip_noise
from engine.demo.harmony import nearest, voicings
from engine.demo.instruments import pulse, triangle
from engine.demo.melody import tunes
from engine.demo.score import Groove, Note, Song, moved, rhythm, sections
from engine.demo.studio import Studio
from engine.demo.synthesis import Voice

BEATS = 4
BASS = ("x.x.x.x.", "x..x..x.", "x-x-xxx.", "x.xxx.xx", "x.x.x.xx", "x..xx.x.")
VERSES = (
    ("x.x.xx.x", "x-x.x-x.", "xx.xx.x-", "x---x---"),
    ("x--x--x-", "x.xxx.x.", "x---x.xx", "x-------"),
    ("xxx.xxx.", "x.x.x---", "xx.xx.xx", "x---x---"),
    ("x-xxx-x-", "x--xx-x-", "x.xxx.x.", "x-----.."),
    ("..xxx.x-", "x.x.x-x-", "..xxx.xx", "x-------"),
    ("x--x--xx", "x--x--x-", "xxxxx-x-", "x---x---"),
)
CHORUS = ("x---x-x-", "x--x--x-", "x---xxxx", "x-------")
ARPEGGIOS = ("0123", "0212", "3210")
WIDTHS = ((0.25, 0.125), (0.5, 0.125), (0.125, 0.5))
KIT = {
    "kick": Drum(chip_noise(0.05, 24), 60, -24, reverb=0),
    "snare": Drum(chip_noise(0.09, 4), 60, -24, reverb=0),
    "hat": Drum(chip_noise(0.025, 1), 60, -31, reverb=0),
}


def arrange(song: Song, rng: np.random.Generator) -> np.ndarray:
    """The song played: float32 [samples, 2]."""
    line = sections(song, BEATS)
    swing = 0.12 if song.variant in (1, 4) else 0.0
    studio = Studio(song.bpm, line[-1].end, rng, swing=swing, looseness=0, reverb=0.4, tail=1.2)
    tune = tunes(song, BEATS, VERSES[song.variant], CHORUS, 69, 86, rng)
    groove = Groove(BEATS)
    lead: list[Note] = []
    chords: list[Note] = []
    bass: list[Note] = []
    for section in line:
        last = section.bars[-1] if section.letter == "o" else None
        for bar, chord, hand in zip(section.bars, section.chords, voicings(section.chords, 3, 66), strict=True):
            root = nearest(43, [chord.root])
            if bar == last:
                chords += [Note(bar + i / 4, 0.25, pitch, 0.7) for i, pitch in enumerate((*hand, hand[0] + 12) * 2)]
                bass.append(Note(bar, 2, root, 0.8))
                continue
            ladder = (*hand, hand[0] + 12)
            chords += [
                Note(bar + i / 4, 0.22, ladder[int(step)], 0.6)
                for i, step in enumerate(4 * ARPEGGIOS[song.variant % 3])
            ]
            for i, (start, length, velocity) in enumerate(rhythm(BASS[song.variant], BEATS)):
                bass.append(Note(bar + start, 0.9 * length, root + 12 * (i % 2), velocity))
        if section.letter in tune:
            lead += moved(tune[section.letter], section.start)
            groove.add(section.bars[:-1], kick="x...x...", snare="..x...x.", hat="xoxoxoxo")
            if section.letter != "o":
                groove.add(section.bars[-1:], kick="x...x...", snare="..x..xxx", hat="xoxoxoxo")
        else:
            groove.add(section.bars, hat="x.o.x.o.")
    first, second = (Voice(pulse(width), 0.002, 0.03) for width in WIDTHS[song.variant % 3])
    studio.play(first, lead, -18, reverb=0.05)
    studio.play(first, moved(lead, 0.75), -28, pan=0.5, reverb=0.05)  # the echo of those who had no echo
    studio.play(second, chords, -25, pan=-0.45, reverb=0.05)
    studio.play(Voice(triangle, 0.002, 0.02), bass, -20, reverb=0)
    studio.drums(KIT, groove)
    return studio.master(fade_out=0.3)
