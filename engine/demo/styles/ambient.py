"""Slow pads over a low drone, a few glass bells, and something like wind."""

from functools import partial

import numpy as np

from engine.demo.harmony import Key, nearest, voicings
from engine.demo.instruments import bell, ensemble, sub_bass
from engine.demo.score import Note, Song, sections
from engine.demo.studio import Studio, echo
from engine.demo.synthesis import SAMPLE_RATE, Voice, filtered

BEATS = 4
CUTOFFS = (800, 650, 950, 700, 850, 600)


def wind(samples: int, rng: np.random.Generator) -> np.ndarray:
    """Soft noise that comes and goes on each side: [2, samples]."""
    gusts = np.linspace(0, samples / SAMPLE_RATE, samples, dtype=np.float32)
    swell = [0.5 + 0.5 * np.sin(2 * np.pi * (gusts / rng.uniform(9, 14) + rng.uniform())) for _ in range(2)]
    noise = filtered(rng.standard_normal((2, samples)), "bandpass", (400, 2200), order=1)
    return noise * np.stack(swell).astype(np.float32) ** 2


def bells(song: Song, start: float, count: int, tonic: int, rng: np.random.Generator) -> list[Note]:
    """A handful of pentatonic notes in one bar, near one another."""
    scale = [(tonic + step) % 12 for step in ((0, 3, 5, 7, 10) if song.key.endswith("m") else (0, 2, 4, 7, 9))]
    ladder = [pitch for pitch in range(72, 94) if pitch % 12 in scale]
    place = int(rng.integers(1, len(ladder) - 3))
    notes = []
    for beat in sorted(rng.choice(8, count, replace=False) / 2):
        notes.append(Note(start + beat, 3, ladder[place], float(rng.uniform(0.35, 0.7))))
        place = int(np.clip(place + rng.choice((-2, -1, 1, 2)), 0, len(ladder) - 1))
    return notes


def arrange(song: Song, rng: np.random.Generator) -> np.ndarray:
    """The song played: float32 [samples, 2]."""
    line = sections(song, BEATS)
    studio = Studio(song.bpm, line[-1].end, rng, looseness=0.03, reverb=4.5, tail=6)
    tonic = Key.named(song.key).tonic
    pad: list[Note] = []
    high: list[Note] = []
    drone: list[Note] = []
    glass: list[Note] = []
    chords = [chord for section in line for chord in section.chords]
    bars = [bar for section in line for bar in section.bars]
    letters = [section.letter for section in line for _ in section.chords]
    for i, (bar, chord, hand) in enumerate(zip(bars, chords, voicings(chords, 4, 58), strict=True)):
        pad += [Note(bar, BEATS + 0.5, pitch, 0.6) for pitch in hand]
        drone.append(Note(bar, BEATS + 0.3, nearest(38, [chord.root]), 0.6))
        if letters[i] == "B" or song.variant % 2:
            high.append(Note(bar, BEATS + 1, chord.nearest(76 + 3 * np.sin(i)), 0.5))
        if letters[i] != "i":
            glass += bells(song, bar, 4 if letters[i] == "B" else 1 + (i + song.variant) % 3, tonic, rng)
    studio.play(Voice(ensemble(CUTOFFS[song.variant], 2, 8), 1.4, 2.2), pad, -20, reverb=0.6)
    studio.play(Voice(ensemble(1500, 2, 11, 1.4), 2.0, 2.5), high, -25, pan=0.2, reverb=0.9)
    studio.play(Voice(sub_bass, 0.9, 1.2), drone, -27, reverb=0.1)
    late = partial(echo, seconds=45 / song.bpm, feedback=0.55, level=0.5)
    studio.play(Voice(bell, 0.004, 1.5), glass, -28, reverb=0.9, effect=late)
    studio.add(wind(studio.samples, rng), -33, reverb=0.3)
    return studio.master(fade_in=3, fade_out=6)
