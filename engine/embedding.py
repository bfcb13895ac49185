"""What an encoder gives back for one file: an Embedding, or Skipped with the reason."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np


@dataclass(frozen=True)
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


@dataclass(frozen=True)
class Skipped:
    """A file that was left out; the reason is read after the file's name: "is empty"."""

    path: Path
    reason: str
