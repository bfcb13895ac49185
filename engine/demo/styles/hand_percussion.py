"""Hand drums talk across one another; a kalimba and a marimba share the tune."""

import numpy as np

from engine.demo.drums import Drum, cowbell, hand_drum, shaker, wood
from engine.demo.harmony import Key, nearest, voicings
from engine.demo.instruments import kalimba, marimba
from engine.demo.melody import tunes
from engine.demo.score import Groove, Note, Section, Song, moved, sections
from engine.demo.studio import Studio
from engine.demo.synthesis import Voice

BEATS = 4
TIMELINES = (
    "x..x..x...x.x...",
    "x..x...x..x.x...",
    "x.x.x.xx.x.x.xx.",
    "x..x..x.....x...",
    "x.xx.x.x.xx.x.x.",
    "x..x..x..x..x.x.",
)
GROOVES = (
    {"bass": "x.....x.x.......", "tone": "..xx......xx..x.", "slap": "....x.......x..."},
    {"bass": "x..x....x..x....", "tone": "......xx......xx", "slap": "....x.....x.x..."},
    {"bass": "x.........x.....", "tone": "..x..xx.....xx..", "slap": "....x..x...x...x"},
)
ANSWERS = (
    {"conga": "......xx......x.", "quinto": "..x.......x....."},
    {"conga": "..xx......xx....", "quinto": "......x.......xo"},
    {"conga": "....x.x.....x.xx", "quinto": "x.......x......."},
)
BREAK = {"bass": "X..X..X...X.X...", "tone": "X..X..X.oooox.x.", "slap": "X..X..X...X.X.XX"}
OSTINATOS = ("01210212", "02120121")  # which tone of the chord each eighth plays
VERSES = (
    ("x.xx.x..x.x.x...", "x...x.xx..x.x...", "x.......x......."),
    ("..x.x.xx.x..x...", "x.x..x..x.x.....", "x..............."),
    ("x..x..x.x.xx....", "x..x..x...x.x...", "x.....x........."),
)
CHORUS = ("x.x.x.x.xx.x....", "x..x..x...xxx...", "x.......x.......")


def kit(tonic: int) -> dict[str, Drum]:
    """The drums, tuned to tonic and fifth as their players would."""
    fifth = [(tonic + 7) % 12]
    return {
        "bass": Drum(hand_drum(0.0, 0.14), nearest(38, [tonic]), -23, 0.0, 0.15),
        "tone": Drum(hand_drum(0.3, 0.06), nearest(56, [tonic]), -20, -0.25, 0.15),
        "slap": Drum(hand_drum(0.8, 0.05), nearest(62, [tonic]), -17, -0.25, 0.15),
        "conga": Drum(hand_drum(0.25, 0.08), nearest(50, fifth), -21, 0.4, 0.15),
        "quinto": Drum(hand_drum(0.5, 0.05), nearest(58, fifth), -21, 0.5, 0.15),
        "shaker": Drum(shaker, 60, -25, 0.6, 0.05),
        "clave": Drum(wood, nearest(95, [tonic]), -26, -0.6, 0.2),
        "bell": Drum(cowbell, nearest(78, [tonic]), -31, -0.5, 0.15),
    }


def talk(song: Song, section: Section, groove: Groove) -> None:
    """One section of the drums: they gather in the intro, answer one another, and break together at the end."""
    timeline = {"clave" if song.variant % 2 else "bell": TIMELINES[song.variant]}
    bars = section.bars[:-1]
    if section.letter == "o":
        last = {"bass": "X...............", "slap": "X..............."}
    else:
        last = {**BREAK, **timeline, "shaker": "xoxoxoxoxoxoxoxo"}
    joined = bars[2:] if section.letter == "i" else bars
    groove.add(bars, **GROOVES[song.variant % 3], **timeline)
    groove.add(joined, **ANSWERS[(song.variant + song.variant // 3) % 3], shaker="xoxoxoxoxoxoxoxo")
    groove.add(section.bars[-1:], **last)
    if solo(section):
        groove.add(bars, quinto="x.xx.xxox.xx.xxx", slap="..............x.")


def solo(section: Section) -> bool:
    """Every second chorus belongs to the drums alone."""
    return section.letter == "B" and section.visit % 2 == 1


def arrange(song: Song, rng: np.random.Generator) -> np.ndarray:
    """The song played: float32 [samples, 2]."""
    line = sections(song, BEATS)
    swing = (0.06, 0.1, 0.03, 0.12, 0.05, 0.08)[song.variant]
    studio = Studio(song.bpm, line[-1].end, rng, swing=swing, grid=0.5, looseness=0.006, reverb=0.9, tail=2.5)
    tune = tunes(song, BEATS, VERSES[song.variant % 3], CHORUS, 67, 81, rng)
    groove = Groove(BEATS)
    high: list[Note] = []
    low: list[Note] = []
    for section in line:
        talk(song, section, groove)
        if section.letter == "i":
            continue
        if not solo(section):
            high += moved(tune[section.letter], section.start)
        hands = voicings(section.chords, 3, 60)
        for i, (bar, chord, hand) in enumerate(zip(section.bars, section.chords, hands, strict=True)):
            if section.letter == "o" and bar == section.bars[-1]:
                low += [Note(bar + 0.06 * j, 1, pitch, 0.7) for j, pitch in enumerate(hand)]
                break
            pattern = OSTINATOS[(song.variant + i) % 2]
            low += [Note(bar + j / 2, 0.5, hand[int(k)], 0.5 + 0.2 * (j % 4 == 0)) for j, k in enumerate(pattern)]
            low += [Note(bar + at, 1, nearest(48, [chord.root]), 0.8) for at in (0, 1.5, 3)]
    studio.drums(kit(Key.named(song.key).tonic), groove)
    studio.play(Voice(kalimba, 0.001, 0.4), high, -21, pan=0.15, reverb=0.25)
    studio.play(Voice(marimba, 0.001, 0.4), low, -26, pan=-0.3, reverb=0.2)
    return studio.master(fade_out=1.5)
