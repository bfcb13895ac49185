"""Fast broken beats, a bass that growls, and soft electric-piano chords above them."""

from functools import partial

import numpy as np

from engine.demo.drums import Drum, cymbal, kick, snare
from engine.demo.harmony import nearest, voicings
from engine.demo.instruments import electric_piano, ensemble, reese
from engine.demo.melody import tunes
from engine.demo.score import Groove, Note, Song, moved, rhythm, sections
from engine.demo.studio import Studio, echo
from engine.demo.synthesis import Voice

BEATS = 4
KIT = {
    "kick": Drum(kick(4, 0.13), 31, -18, reverb=0.02),
    "snare": Drum(snare(0.8, 0.1), 57, -17, reverb=0.12),
    "ghost": Drum(snare(0.5, 0.06), 59, -30, 0.15),
    "hat": Drum(cymbal(0.03), 84, -30, 0.25, 0.05),
    "ride": Drum(cymbal(0.25, (4500, 12000), 0.5), 78, -31, -0.3),
    "crash": Drum(cymbal(0.7), 76, -27, -0.2, 0.3),
}
BREAKS = (
    {"kick": "X.........X.....", "snare": "....X.......X...", "ghost": ".......o.o.....o"},
    {"kick": "X.X.......X.....", "snare": "....X.......X...", "ghost": ".......o.o......"},
    {"kick": "X.....x...X.....", "snare": "....X.......X...", "ghost": "..o....o.....o.."},
)
FILL = {"kick": "X.........X...x.", "snare": "....X..x.x..X.xx", "ghost": ".......o...o...."}
TOPS = {"A": {"hat": "x.x.x.x.x.x.x.xo"}, "B": {"ride": "x.o.x.o.x.o.x.o."}}
BASS = (
    "x-----x-..x-x---",
    "x--x--x---x-..x-",
    "x-------x--x--x-",
    "x-x-..x-x-----x-",
    "x----x--..x--x--",
    "x---x-..x-x---x-",
)
STABS = (
    "x--.....x-......",
    "...x--....x-....",
    "x-----....x--...",
    "..x--.......x--.",
    "x--...x--.......",
    "......x--..x--..",
)
VERSE = ("x---....x-x---..", "..x-x---....x---", "x-------........")
CHORUS = ("x-----x-----x---", "x---x---x---x---", "x-----x-x-------", "x---------------")


def arrange(song: Song, rng: np.random.Generator) -> np.ndarray:
    """The song played: float32 [samples, 2]."""
    line = sections(song, BEATS)
    studio = Studio(song.bpm, line[-1].end, rng, swing=0.05, grid=0.5, looseness=0.003, reverb=1.6, tail=3)
    tune = tunes(song, BEATS, VERSE, CHORUS, 69, 84, rng)
    groove = Groove(BEATS)
    keys: list[Note] = []
    pad: list[Note] = []
    bass: list[Note] = []
    lead: list[Note] = []
    for section in line:
        for bar, chord, hand in zip(section.bars, section.chords, voicings(section.chords, 4, 62), strict=True):
            pad += [Note(bar, BEATS, pitch, 0.6) for pitch in hand[1:]]
            if section.letter == "o" and bar >= section.bars[-2]:
                keys += [Note(bar, BEATS, pitch, 0.6) for pitch in hand] if bar == section.bars[-2] else []
                continue
            keys += [Note(bar + at, n, p, v) for at, n, v in rhythm(STABS[song.variant], BEATS) for p in hand]
            if section.letter != "i":
                root = nearest(35, [chord.root])
                for at, n, v in rhythm(BASS[song.variant], BEATS):
                    bass.append(Note(bar + at, 0.95 * n, root + (12 if at >= 3.5 else 0), v))
        if section.letter in "AB":
            groove.add(section.bars[:-1], **BREAKS[(song.variant + section.visit) % 3])
            groove.add(section.bars[-1:], **FILL)
            groove.add(section.bars, **TOPS[section.letter])
            groove.add(section.bars[:1], crash="x...............")
        else:
            groove.add(section.bars[:2], hat="x.o.x.o.x.o.x.o.", kick="X.........X.....")
            if section.letter == "i":
                groove.add(section.bars[2:], hat="xoxoxoxoxoxoxoxo", kick="X.........X.....", ghost="....x..o.o..x..o")
        if section.letter == "B" or (section.letter == "A" and section.visit % 2):
            lead += moved(tune[section.letter], section.start)
    studio.drums(KIT, groove)
    studio.play(Voice(reese, 0.004, 0.05), bass, -17, reverb=0)
    studio.play(Voice(electric_piano, 0.002, 0.12), keys, -22, reverb=0.3)
    studio.play(Voice(ensemble(1100, 2, 9), 0.4, 0.6), pad, -30, reverb=0.5)
    late = partial(echo, seconds=45 / song.bpm, feedback=0.45, level=0.45)
    studio.play(Voice(ensemble(2600, 2, 14), 0.006, 0.15), lead, -22, reverb=0.3, effect=late)
    return studio.master(fade_in=0.5, fade_out=2.5)
