"""Drums: of the kit, of the console and of the hand. One hit each, float32 [samples], peaking near 1.

The frequency handed to a drum tunes its skin; velocity opens its sound.
"""

from typing import NamedTuple

import numpy as np

from engine.demo.synthesis import SAMPLE_RATE, Tone, Voice, clock, filtered, struck

CYMBAL = (1.0, 1.34, 1.52, 1.79, 2.0, 2.55, 2.92, 3.41)  # a metal plate rings at no simple ratios


class Drum(NamedTuple):
    """A drum in its place: its voice, the MIDI pitch it is tuned to, its level in dB, pan and share of reverb."""

    tone: Tone
    pitch: int
    level: float
    pan: float = 0.0
    reverb: float = 0.1

    @property
    def voice(self) -> Voice:
        return Voice(self.tone, attack=0.0, release=0.03, rings=True)


def _noise(seconds: float, fade: float, band: tuple[float, float], rng: np.random.Generator) -> np.ndarray:
    noise = filtered(rng.standard_normal(int(seconds * SAMPLE_RATE)), "bandpass", band)
    noise *= np.exp(-clock(seconds) / fade)
    return noise / np.abs(noise).max()


def _skin(frequency: float, fade: float, drop: float, speed: float) -> np.ndarray:
    """A membrane: a sine that falls from (1 + drop) times its frequency within `speed` seconds."""
    t = clock(6 * fade)
    turns = frequency * (t + drop * speed * (1 - np.exp(-t / speed)))
    return np.sin(2 * np.pi * turns) * np.exp(-t / fade)


def kick(drop: float = 3.0, fade: float = 0.16) -> Tone:
    """A bass drum: the lower the drop, the rounder."""

    def tone(frequency: float, seconds: float, velocity: float, rng: np.random.Generator) -> np.ndarray:
        hit = _skin(frequency, fade, drop, 0.03)
        hit[: int(0.02 * SAMPLE_RATE)] += 0.3 * velocity * _noise(0.02, 0.004, (800, 6000), rng)
        return hit

    return tone


def snare(crack: float = 0.7, fade: float = 0.11) -> Tone:
    """Two modes of the skin under a rattle of wires; `crack` is how much of the wires one hears."""

    def tone(frequency: float, seconds: float, velocity: float, rng: np.random.Generator) -> np.ndarray:
        hit = crack * (0.3 + 0.7 * velocity) * _noise(0.4, fade, (900, 11000), rng)
        hit += struck(frequency, 0.4, (1, 1.78), (0.6, 0.3), (0.08, 0.05))
        hit[: int(0.02 * SAMPLE_RATE)] += 0.4 * velocity * _noise(0.02, 0.004, (1500, 9000), rng)
        return hit

    return tone


def cymbal(fade: float, band: tuple[float, float] = (5500, 14000), ring: float = 0.3) -> Tone:
    """Hats, rides and crashes: noise and inharmonic ringing, long or short."""

    def tone(frequency: float, seconds: float, velocity: float, rng: np.random.Generator) -> np.ndarray:
        length = min(6 * fade, 3.0)
        return _noise(length, fade, band, rng) + ring * struck(frequency, length, CYMBAL, [0.25] * 8, [fade] * 8)

    return tone


def tom(frequency: float, seconds: float, velocity: float, rng: np.random.Generator) -> np.ndarray:
    """A tom, its pitch falling a little."""
    hit = _skin(frequency, 0.18, 0.5, 0.06)
    hit[: int(0.03 * SAMPLE_RATE)] += 0.25 * _noise(0.03, 0.008, (500, 5000), rng)
    return hit


def hand_drum(slap: float, fade: float) -> Tone:
    """Congas, djembes, bongos: a tuned skin and, the higher `slap`, the crack of fingers at the rim."""

    def tone(frequency: float, seconds: float, velocity: float, rng: np.random.Generator) -> np.ndarray:
        frequency *= rng.uniform(0.96, 1.04)  # no hand falls twice on one spot
        hit = (1 - 0.6 * slap) * _skin(frequency, fade, 0.25, 0.02)
        hit += struck(frequency, 6 * fade, (1.59, 2.14, 2.65), (0.25, 0.15, 0.12), (0.5 * fade, 0.4 * fade, 0.3 * fade))
        hit[: int(0.1 * SAMPLE_RATE)] += (0.2 + 0.7 * slap) * _noise(0.1, 0.022, (900, 6500), rng)
        return hit

    return tone


def shaker(frequency: float, seconds: float, velocity: float, rng: np.random.Generator) -> np.ndarray:
    """Seeds in a gourd: noise that swells before it stops."""
    swish = _noise(0.09, 1.0, (2800, 11000), rng)
    return swish * np.sin(np.pi * np.linspace(0, 1, len(swish), dtype=np.float32) ** 0.7) ** 2


def wood(frequency: float, seconds: float, velocity: float, rng: np.random.Generator) -> np.ndarray:
    """Claves and blocks."""
    return struck(frequency, 0.15, (1, 2.7), (0.9, 0.2), (0.025, 0.01))


def cowbell(frequency: float, seconds: float, velocity: float, rng: np.random.Generator) -> np.ndarray:
    """A bell of folded steel, as of an agogo."""
    return struck(frequency, 0.5, (1, 1.48, 2.56, 3.9), (0.7, 0.6, 0.25, 0.15), (0.16, 0.12, 0.06, 0.03))


def chip_noise(fade: float, hold: int) -> Tone:
    """The noise channel of an old console: random bits, each held for some samples."""

    def tone(frequency: float, seconds: float, velocity: float, rng: np.random.Generator) -> np.ndarray:
        bits = np.repeat(rng.choice((-1.0, 1.0), SAMPLE_RATE // hold // 2), hold).astype(np.float32)
        steps = np.floor(15 * np.exp(-np.arange(len(bits)) / SAMPLE_RATE / fade)) / 15  # its volume had 16 steps
        return bits * steps.astype(np.float32)

    return tone
