"""What tones are made of: wavetables, things struck, filters. Tones are float32 [samples] or [2, samples]."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.signal import butter, sosfilt

SAMPLE_RATE = 32_000
TABLE = 2**11  # samples in one cycle of a wavetable

Tone = Callable[[float, float, float, np.random.Generator], np.ndarray]


@dataclass(frozen=True)
class Voice:
    """How an instrument sounds: tone(frequency in Hz, seconds, velocity, rng), with its attack and release in seconds.

    What `rings` is never damped, however short its note.
    """

    tone: Tone
    attack: float = 0.002
    release: float = 0.08
    rings: bool = False


def clock(seconds: float) -> np.ndarray:
    """The time of every sample, in seconds: float32 [samples]."""
    return np.arange(int(seconds * SAMPLE_RATE), dtype=np.float32) / np.float32(SAMPLE_RATE)


@cache
def _butterworth(kind: str, hertz: float | tuple[float, float], order: int) -> np.ndarray:
    return butter(order, hertz, kind, fs=SAMPLE_RATE, output="sos").astype(np.float32)


def filtered(sound: np.ndarray, kind: str, hertz: float | tuple[float, float], order: int = 2) -> np.ndarray:
    """A Butterworth "lowpass", "highpass" or "bandpass" along the samples: float32, the shape of `sound`."""
    return sosfilt(_butterworth(kind, hertz, order), sound.astype(np.float32, copy=False))


def oscillate(
    amplitudes: np.ndarray, frequency: float, bend: np.ndarray | float, seconds: float, phase: float
) -> np.ndarray:
    """A periodic tone with these amplitudes of its harmonics [harmonics], its frequency times `bend` [samples]."""
    spectrum = np.zeros(TABLE // 2 + 1, dtype=complex)
    spectrum[1 : len(amplitudes) + 1] = -1j * amplitudes
    cycle = np.fft.irfft(spectrum)
    cycle = (np.append(cycle, cycle[0]) / np.abs(cycle).max()).astype(np.float32)
    # The phase is a number of 32 bits that wraps round by itself: 11 bits of table, 21 between its samples.
    steps = np.broadcast_to(np.uint32(frequency / SAMPLE_RATE * 2**32 * bend), int(seconds * SAMPLE_RATE))
    place = np.cumsum(steps, dtype=np.uint32) + np.uint32(phase * 2**32)
    index = place >> 21
    return cycle[index] + (place & 0x1FFFFF).astype(np.float32) * 2.0**-21 * np.diff(cycle)[index]


def harmonics(frequency: float, cutoff: float, power: float = 1.0) -> np.ndarray:
    """Amplitudes 1/k^power of a saw's harmonics, falling 12 dB an octave above the cutoff: [harmonics]."""
    k = np.arange(1, max(2, min(int(0.45 * SAMPLE_RATE / frequency), TABLE // 4)))
    return k**-power / np.sqrt(1 + (k * frequency / cutoff) ** 4)


def vibrato(seconds: float, rate: float, cents: float, delay: float, phase: float = 0.0) -> np.ndarray:
    """A factor on the frequency that swings by some cents once the note has stood for `delay` seconds: [samples]."""
    t = clock(seconds)
    return 1 + (cents / 1731) * np.clip(t / delay - 0.5, 0, 1) * np.sin(2 * np.pi * (rate * t + np.float32(phase)))


def struck(
    frequency: float, seconds: float, ratios: Sequence[float], levels: Sequence[float], fades: Sequence[float]
) -> np.ndarray:
    """Something hit: partials at ratios of a frequency, each fading to 1/e in its own seconds."""
    t = clock(seconds)
    sound = np.zeros(len(t), dtype=np.float32)
    for ratio, level, fade in zip(ratios, levels, fades, strict=True):
        if frequency * ratio < 0.45 * SAMPLE_RATE:
            part = t[: int(7 * fade * SAMPLE_RATE)]  # beyond that it is 60 dB down
            wave = np.sin(np.float32(2 * np.pi * frequency * ratio) * part)
            sound[: len(part)] += level * np.exp(-part / fade) * wave
    return sound
