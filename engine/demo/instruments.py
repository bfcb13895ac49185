"""Instruments that hold a pitch, each a tone(frequency in Hz, seconds, velocity, rng) that peaks near 1."""

from itertools import pairwise

import numpy as np

from engine.demo.synthesis import SAMPLE_RATE, Tone, clock, filtered, harmonics, oscillate, struck, vibrato


def piano(frequency: float, seconds: float, velocity: float, rng: np.random.Generator) -> np.ndarray:
    """Two detuned, slightly inharmonic strings, brighter when hit harder, and the knock of the hammer."""
    k = np.arange(1, int(np.clip(7000 / frequency, 4, 16)))
    stiff = k * np.sqrt(1 + 4e-4 * k**2)
    levels = k**-0.7 * np.exp(-k * frequency / (700 + 2600 * velocity))
    fades = np.clip(2.2 * (frequency / 220) ** -0.6, 0.25, 4) / (1 + 0.3 * (k - 1))
    levels = levels / levels.sum()
    strings = []
    for detune, early in ((0.9996, 0.35), (1.0005, 0.5)):  # at first each fades fast, then the two sustain one another
        hit = struck(frequency * detune, seconds, stiff, levels, early * fades)
        strings.append(0.62 * hit + 0.35 * struck(frequency * detune, seconds, stiff, levels, fades))
    left, right = strings
    sound = np.stack([left + 0.5 * right, right + 0.5 * left])
    knock = rng.standard_normal(int(0.03 * SAMPLE_RATE)) * np.exp(-clock(0.03) / 0.006)
    knock = filtered(knock, "bandpass", (200, 1800)) * 0.12 * velocity
    sound[:, : len(knock)] += knock[: sound.shape[1]]
    return sound


def plucked(brightness: float, fade: float) -> Tone:
    """A string after Karplus and Strong (1983), "Digital Synthesis of Plucked-String and Drum Timbres"."""

    def tone(frequency: float, seconds: float, velocity: float, rng: np.random.Generator) -> np.ndarray:
        period = int(SAMPLE_RATE / frequency)
        string = rng.uniform(-1, 1, period).astype(np.float32)
        spectrum = np.fft.rfft(string)
        k = np.arange(len(spectrum))
        cutoff = brightness * (0.4 + velocity)
        spectrum *= np.sin(0.23 * np.pi * np.minimum(k, 30))  # plucked at a quarter of its length, some modes stay mute
        spectrum /= 1 + (k * frequency / cutoff) ** 2
        spectrum[0] = 0
        string = np.fft.irfft(spectrum, period).astype(np.float32)
        loss = np.float32(0.5 * np.exp(-1 / (fade * frequency)))
        passes = int(seconds * frequency * 1.02) + 2
        sound = np.empty((passes, period), dtype=np.float32)
        sound[0] = string
        for before, turn in pairwise(sound):  # a whole turn of the string at once
            turn[1:] = loss * (before[1:] + before[:-1])
            turn[0] = loss * (before[0] + before[-1])
        # Each turn lags half a sample; reading at another rate puts the string in tune.
        rate = frequency * (period + 0.5) / SAMPLE_RATE
        flat = sound.ravel() / np.abs(sound[0]).max()
        return np.interp(np.arange(int(seconds * SAMPLE_RATE)) * rate, np.arange(flat.size), flat).astype(np.float32)

    return tone


def pulse(width: float) -> Tone:
    """The square wave of an old games console, `width` of each cycle up, with vibrato on held notes."""

    def tone(frequency: float, seconds: float, velocity: float, rng: np.random.Generator) -> np.ndarray:
        k = np.arange(1, int(0.45 * SAMPLE_RATE / frequency))[:500]
        return oscillate(np.sin(np.pi * k * width) / k, frequency, vibrato(seconds, 5.5, 18, 0.25), seconds, 0.0)

    return tone


def triangle(frequency: float, seconds: float, velocity: float, rng: np.random.Generator) -> np.ndarray:
    """The 16-step triangle that old consoles play bass with."""
    cycle = np.abs(((clock(seconds) * frequency + 0.25) % 1) - 0.5) * 4 - 1
    return np.round(cycle * 7.5) / 7.5


def ensemble(cutoff: float, voices: int = 3, cents: float = 7.0, power: float = 1.0) -> Tone:
    """Many detuned saws on each side, their brightness swelling and ebbing: pads and strings."""

    def tone(frequency: float, seconds: float, velocity: float, rng: np.random.Generator) -> np.ndarray:
        dark, bright = harmonics(frequency, 0.5 * cutoff, power), harmonics(frequency, 1.7 * cutoff, power)
        cycles = clock(seconds) / np.float32(rng.uniform(5, 9)) + np.float32(rng.uniform())
        swell = 0.5 - 0.45 * np.cos(2 * np.pi * cycles)
        sides = []
        for _ in range(2):
            bends = 2 ** (rng.uniform(-cents, cents, voices) / 1200)
            phases = rng.uniform(size=voices)
            low = sum(oscillate(dark, frequency, b, seconds, p) for b, p in zip(bends, phases, strict=True))
            high = sum(oscillate(bright, frequency, b, seconds, p) for b, p in zip(bends, phases, strict=True))
            sides.append(low + swell * (high - low))
        return np.stack(sides) / voices

    return tone


def choir(frequency: float, seconds: float, velocity: float, rng: np.random.Generator) -> np.ndarray:
    """Singers on "ah": harmonics under the vowel's formants, each singer with a vibrato of their own."""
    k = np.arange(1, int(4200 / frequency) + 2)
    vowel = np.full(len(k), 0.06)
    for formant, width, level in ((650, 140, 1.0), (1080, 160, 0.6), (2700, 300, 0.16), (3300, 350, 0.08)):  # Hz
        vowel += level * np.exp(-0.5 * ((k * frequency - formant) / width) ** 2)
    sides = np.zeros((2, int(seconds * SAMPLE_RATE)), dtype=np.float32)
    for singer in range(6):
        tuned = frequency * 2 ** (rng.normal(0, 6) / 1200)
        wave = vibrato(seconds, rng.uniform(4.4, 5.6), rng.uniform(10, 22), 0.5, rng.uniform())
        sides[singer % 2] += oscillate(vowel * k**-0.6, tuned, wave, seconds, rng.uniform())
    return sides / 3


def organ(frequency: float, seconds: float, velocity: float, rng: np.random.Generator) -> np.ndarray:
    """Flue pipes of 8, 4, 2 2/3 and 2 feet on each note, the ranks a little apart in tuning and place."""
    ranks = ((1, 1.0), (2, 0.5), (3, 0.2), (4, 0.3))
    sides = np.zeros((2, int(seconds * SAMPLE_RATE)), dtype=np.float32)
    for foot, level in ranks:
        if frequency * foot < 5000:
            tuned = frequency * foot * 2 ** (rng.normal(0, 2) / 1200)
            pipe = oscillate(harmonics(tuned, 1500, 1.6), tuned, 1.0, seconds, rng.uniform())
            sides += (level * rng.uniform(0.5, 1, (2, 1))).astype(np.float32) * pipe
    return sides / 2


def electric_piano(frequency: float, seconds: float, velocity: float, rng: np.random.Generator) -> np.ndarray:
    """A tine by frequency modulation, after Chowning (1973): a bright start that mellows."""
    t = clock(seconds)
    angle = np.float32(2 * np.pi * frequency) * t
    body = np.sin(angle + 1.6 * velocity * np.exp(-t / 0.5) * np.sin(angle))
    tine = 0.25 * velocity * np.exp(-t / 0.12) * np.sin(min(14, 9000 // frequency) * angle)
    sway = 0.18 * np.sin(2 * np.pi * 4.5 * t)
    return np.exp(-t / 0.9) * (body + tine) * np.stack([1 + sway, 1 - sway])


def bell(frequency: float, seconds: float, velocity: float, rng: np.random.Generator) -> np.ndarray:
    """A soft glass bell."""
    levels = (0.8, 0.3, 0.14 * velocity, 0.06 * velocity)
    return struck(frequency, seconds, (1, 2.01, 3.9, 6.7), levels, (1.4, 0.9, 0.4, 0.15))


def kalimba(frequency: float, seconds: float, velocity: float, rng: np.random.Generator) -> np.ndarray:
    """A thumb piano: short tongues of steel, with rings on them that buzz, over a wooden box."""
    levels = (0.9, 0.12, 0.2 * velocity, 0.1 * velocity)
    tongue = struck(frequency, seconds, (1, 2.0, 5.4, 8.9), levels, (0.5, 0.3, 0.06, 0.03))
    rattle = filtered(rng.standard_normal(len(tongue)), "bandpass", (1800, 6000)) * np.abs(tongue)
    thump = struck(180, min(seconds, 0.2), (1, 1.7), (0.25, 0.15), (0.03, 0.02))
    tongue[: len(thump)] += thump[: len(tongue)]
    return tongue + 0.35 * rattle


def marimba(frequency: float, seconds: float, velocity: float, rng: np.random.Generator) -> np.ndarray:
    """A bar of rosewood with its overtone two octaves up."""
    return struck(frequency, seconds, (1, 3.93, 9.2), (0.95, 0.25 * velocity, 0.12 * velocity), (0.32, 0.09, 0.03))


def finger_bass(frequency: float, seconds: float, velocity: float, rng: np.random.Generator) -> np.ndarray:
    """An electric bass played with the fingers."""
    t = clock(seconds)
    body = oscillate(harmonics(frequency, 350 + 500 * velocity, 0.8), frequency, 1.0, seconds, 0.0)
    return body * (0.35 * np.exp(-t / 0.12) + 0.65 * np.exp(-t / 1.2))


def reese(frequency: float, seconds: float, velocity: float, rng: np.random.Generator) -> np.ndarray:
    """The bass of drum and bass: saws that beat against one another over a pure low sine."""
    saw = harmonics(frequency, 800, 0.8)
    saws = [oscillate(saw, frequency * bend, 1.0, seconds, rng.uniform()) for bend in (0.9908, 1.0, 1.0081)]
    sub = np.sin(np.float32(2 * np.pi * frequency) * clock(seconds))
    return np.tanh(1.2 * np.stack([saws[0] + saws[1], saws[1] + saws[2]]) * 0.5 + 0.8 * sub)


def sub_bass(frequency: float, seconds: float, velocity: float, rng: np.random.Generator) -> np.ndarray:
    """A low sine with a trace of its octave, so that small speakers hear it too."""
    angle = np.float32(2 * np.pi * frequency) * clock(seconds)
    return np.sin(angle) + 0.25 * np.sin(2 * angle) + 0.08 * np.sin(3 * angle)


def electric_guitar(frequency: float, seconds: float, velocity: float, rng: np.random.Generator) -> np.ndarray:
    """A bright string with finger vibrato, made to be driven into an amplifier."""
    t = clock(seconds)
    bend = vibrato(seconds, 5.2, 24, 0.45)
    string = oscillate(harmonics(frequency, 2200, 0.9), frequency, bend, seconds, rng.uniform())
    return string * (0.3 * np.exp(-t / 0.15) + 0.7 * np.exp(-t / 3))
