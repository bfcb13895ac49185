"""Files that hold next to nothing, and an encoder that hears something in each at once: a build less its listening."""

import hashlib
import math
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.embedding import Embedding, Skipped

DIMENSIONS, SEGMENTS, SEGMENT_DIMENSIONS = 1024, 64, 128  # of a song of four minutes, as the shipped ear hears it
STYLES = 40
A_FOLDER = 500  # songs


def write_songs(count: int, folder: Path) -> None:
    """Write so many WAV files, none the same as another."""
    for song in range(count):
        album = folder / f"{song // A_FOLDER:04}"
        album.mkdir(parents=True, exist_ok=True)
        sound = struct.pack("<8h", *(song >> 15 * place & 0x7FFF for place in range(8)))
        form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 8000, 16000, 2, 16)
        body = b"WAVE" + form + struct.pack("<4sI", b"data", len(sound)) + sound
        (album / f"{song:06}.wav").write_bytes(struct.pack("<4sI", b"RIFF", len(body)) + body)


@dataclass(frozen=True)
class AtOnce:
    """An encoder that makes up what it hears: songs of one style sound alike, and each file always the same."""

    name: str = "made-up"
    fingerprint: str = "0"
    device: str = "cpu"
    segment_seconds: float = 3.75
    words: None = None

    @property
    def reference(self) -> np.ndarray:
        return np.zeros((0, DIMENSIONS), np.float32)

    def embed(self, paths: Iterable[Path], longest: float = math.inf) -> Iterator[Embedding | Skipped]:
        styles = np.random.default_rng(0).normal(size=(STYLES, DIMENSIONS))
        starts = np.arange(SEGMENTS, dtype=np.float32) * 3.75
        for path in paths:
            random = np.random.default_rng(int(hashlib.sha256(path.name.encode()).hexdigest()[:8], 16))
            vector = (styles[random.integers(STYLES)] + random.normal(size=DIMENSIONS)).astype(np.float32)
            heard = random.standard_normal((SEGMENTS, SEGMENT_DIMENSIONS), np.float32)
            heard /= np.linalg.norm(heard, axis=1, keepdims=True)
            told: dict[str, float | str] = {"bpm": random.uniform(60, 180), "loudness": random.uniform(-30, -6)}
            peaks = random.integers(0, 256, 1200, np.uint8)
            yield Embedding(path, vector, starts, heard.astype(np.float16), 240.0, told, peaks)

    def waveforms(self, paths: Iterable[Path]) -> Iterator[tuple[Path, np.ndarray]]:
        return iter(())
