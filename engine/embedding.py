"""What an encoder gives back for one file: an Embedding, of which parts it is made, or Skipped with the reason."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np


@dataclass(frozen=True, repr=False)
class Embedding:
    """One song as numbers.

    vector [dim] float32 is the song; segments [segments, d] float16, unit length, are its moments, which begin at
    starts [segments] float32 seconds; length is in seconds; descriptors are what a person can name;
    peaks [<= 1200] uint8 are its waveform, the peak of each equal slice.
    """

    path: Path
    vector: np.ndarray
    starts: np.ndarray
    segments: np.ndarray
    length: float
    descriptors: dict[str, float | str]
    peaks: np.ndarray

    def __repr__(self) -> str:
        named = [f"{self.descriptors['bpm']:.0f} bpm"] if np.isfinite(self.descriptors.get("bpm", np.nan)) else []
        named += [str(key)] if (key := self.descriptors.get("initial_key")) else []
        heard = [
            f"{self.length:.0f} s",
            *named,
            f"vector {list(self.vector.shape)}",
            f"segments {list(self.segments.shape)}",
        ]
        return f"Embedding({self.path.name!r}: {', '.join(heard)})"


@dataclass(frozen=True)
class Part:
    """Numbers side by side in a song vector that were heard in one way, and how songs are compared by them."""

    dimensions: int
    power: float  # of its spread that each principal axis is divided by: 0 is PCA, 1 whitening
    weight: float  # in the similarity of two songs


@dataclass(frozen=True)
class Skipped:
    """A file that was left out; the reason is read after the file's name: "is empty"."""

    path: Path
    reason: str
