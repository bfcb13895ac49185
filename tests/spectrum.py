"""The tests' ear: a real encoder of sixteen numbers, exact and fast, that reads real files."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
import soundfile
from scipy.fft import rfft

BANDS = 16
LOW, HIGH = np.arange(BANDS) < 9, np.arange(BANDS) >= 9  # below and above about 500 Hz


@dataclass(frozen=True)
class Words:
    names: tuple[str, ...]
    weights: np.ndarray
    bias: np.ndarray


WORDS = Words(  # what can be read off such a vector: in which bands there is sound, and in how many
    ("bass", "treble", "white noise", "loud"),
    np.array([LOW * 1.0 - HIGH, HIGH * 1.0 - LOW, HIGH * 1.0, np.ones(BANDS)], np.float32) / BANDS,
    np.array([-1, -2, 0, 1], np.float32),
)


@dataclass(frozen=True)
class Part:
    dimensions: int
    power: float = 0.5
    weight: float = 1.0


@dataclass(frozen=True)
class Heard:
    path: Path
    vector: np.ndarray
    starts: np.ndarray
    segments: np.ndarray
    length: float
    descriptors: dict[str, float | str]
    peaks: np.ndarray = field(default_factory=lambda: np.zeros(0, np.uint8))


@dataclass(frozen=True)
class Unheard:
    path: Path
    reason: str


@dataclass
class SpectrumEmbedder:
    """How loud a song is in each of sixteen bands, as a whole and second by second."""

    name: str = "spectrum"
    fingerprint: str = "5bec"
    device: str = "cpu"
    segment_seconds: float = 1.0
    reference: np.ndarray = field(default_factory=lambda: np.zeros((0, BANDS), np.float32))
    words: Words | None = None
    parts: tuple[Part, ...] = ()
    asked: list[Path] = field(default_factory=list)  # every path it was ever handed

    def embed(self, paths: Iterable[Path], longest: float = math.inf) -> Iterator[Heard | Unheard]:
        for path in paths:
            self.asked.append(path)
            heard = self.hear(path)
            too_long = isinstance(heard, Heard) and heard.length > longest
            yield Unheard(path, f"is longer than {longest / 60:g} minutes") if too_long else heard

    def waveforms(self, paths: Iterable[Path]) -> Iterator[tuple[Path, np.ndarray]]:
        for path in paths:
            heard = self.hear(path)
            yield path, heard.peaks if isinstance(heard, Heard) else np.zeros(0, np.uint8)

    def names_since(self, folder: Path) -> list[str]:
        """What it was handed out of a folder since it was last asked this."""
        names = [path.relative_to(folder).as_posix() for path in self.asked]
        self.asked.clear()
        return names

    def hear(self, path: Path) -> Heard | Unheard:
        try:
            sound, rate = soundfile.read(path, dtype="float32", always_2d=True)
        except (soundfile.LibsndfileError, RuntimeError):
            return Unheard(path, "holds no audio that can be decoded")
        sound = sound.mean(axis=1)
        if len(sound) < rate:
            return Unheard(path, "is shorter than a second")
        if not sound.any():
            return Unheard(path, "is silent")
        seconds = sound[: len(sound) // rate * rate].reshape(-1, rate)  # [segments, rate]
        segments = np.stack([bands(second) for second in seconds])
        loudness = float(20 * np.log10(np.sqrt(np.mean(sound**2)) + 1e-9))
        tones = spectrum(sound)
        brightness = float(np.argmax(tones) / len(tones) * rate / 2)
        return Heard(
            path=path,
            vector=bands(sound),
            starts=np.arange(len(seconds), dtype=np.float32),
            segments=(segments / np.linalg.norm(segments, axis=1, keepdims=True)).astype(np.float16),
            length=len(sound) / rate,
            descriptors={
                "bpm": 120.0,
                "initial_key": "Am",
                "loudness": loudness,
                "brightness": brightness,
                "percussiveness": 0.5,
            },
            peaks=np.array([255 * np.sqrt(np.abs(part).max()) for part in np.array_split(sound, 40)], np.uint8),
        )


def spectrum(sound: np.ndarray) -> np.ndarray:
    """How strong each frequency is, from 0 to half the rate."""
    return np.abs(rfft(sound))


def bands(sound: np.ndarray) -> np.ndarray:
    """Log energy in sixteen bands that widen by the same factor, float32 [16]."""
    energy = spectrum(sound) ** 2 / len(sound)
    edges = np.geomspace(0.002, 1, BANDS + 1) * len(energy)
    within = [energy[int(low) : max(int(high), int(low) + 1)] for low, high in pairwise(edges)]
    return np.log1p([band.sum() for band in within]).astype(np.float32) + np.float32(0.01)
