"""The honest baseline: twenty cepstral coefficients and how they vary; the network's face without weights."""

import hashlib
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.fft import dct

from engine.embedding import Embedding, Skipped
from engine.hearing import HEARING, Heard, hear, waveforms
from engine.mel import magnitudes, mel_bands
from engine.segments import SEGMENT_SECONDS

_RANGE = 1e-8  # what is 80 dB below the loudest of a song is not told apart


@dataclass(frozen=True)
class MfccConfig:
    """How the cepstrum is taken."""

    coefficients: int = 20  # beside the first, the level, which is left out: turning the volume changes nothing
    bands: int = 40
    window: int = 512  # samples, 64 ms
    hop: int = 256  # samples, 32 ms


class MfccEmbedder:
    """Timbre as mean and spread of MFCCs and spread of their deltas, the way of B. Logan, ISMIR 2000, and many since.

    A song vector holds 3 x 20 raw figures over all its frames; a segment vector the same over 3.75 s, brought to
    comparable scale and unit length.
    """

    def __init__(self, config: MfccConfig = MfccConfig(), workers: int = 0) -> None:
        """Decode in so many processes, 0 meaning one a core."""
        self.name = "mfcc"
        self.device = "cpu"
        self.fingerprint = hashlib.sha256(f"hearing {HEARING} {config}".encode()).hexdigest()[:16]
        self.reference = np.zeros((0, 3 * config.coefficients), np.float32)
        self.words = None
        self.segment_seconds = SEGMENT_SECONDS
        self._config, self._workers = config, workers
        self._centre, self._spread = _usual(config.coefficients)

    def embed(self, paths: Iterable[Path | str], longest: float = math.inf) -> Iterator[Embedding | Skipped]:
        """One result a path, as they are ready; a bad file, or one of more than `longest` seconds, is Skipped."""
        for heard in hear(paths, self._workers, longest):
            yield heard if isinstance(heard, Skipped) else self._embed(heard)

    def waveforms(self, paths: Iterable[Path]) -> Iterator[tuple[Path, np.ndarray]]:
        """The peaks of each file, uint8 [<= 1200], decoded and not listened to; none where that fails."""
        return waveforms(paths)

    def _embed(self, song: Heard) -> Embedding:
        cepstrum = _cepstrum(song.segments, self._config)  # [segments, frames, coefficients]
        deltas = np.diff(cepstrum, axis=1)  # their mean says nothing: it is zero but for the first and last frame
        moments = np.concatenate([cepstrum.mean(1), cepstrum.std(1), deltas.std(1)], axis=1)  # [segments, dim]
        vector = np.concatenate([cepstrum.mean((0, 1)), cepstrum.std((0, 1)), deltas.std((0, 1))])  # [dim]
        moments = (moments - self._centre) / self._spread
        moments /= np.linalg.norm(moments, axis=1, keepdims=True)
        return Embedding(
            song.path,
            vector.astype(np.float32),
            song.starts,
            moments.astype(np.float16),
            song.length,
            song.descriptors,
            song.peaks,
        )


def _cepstrum(segments: np.ndarray, config: MfccConfig) -> np.ndarray:
    """MFCCs of int16 [segments, 30000], without the first: [segments, frames, coefficients]."""
    sound = segments.astype(np.float32) / 32768
    bands = mel_bands(magnitudes(sound, config.window, config.hop), config.bands)  # [segments, frames, bands]
    decibels = 10 * np.log10(np.maximum(bands, bands.max() * _RANGE))
    return dct(decibels, norm="ortho")[..., 1 : config.coefficients + 1]


def _usual(coefficients: int) -> tuple[np.ndarray, np.ndarray]:
    """Usual value and spread of the figures of 3.75 s of music, [3 * coefficients] each: rounded from 44 songs."""
    order = np.arange(1, coefficients + 1)
    tilt = np.where(order == 1, 36, 0)  # music is louder below than above
    ones = np.ones(coefficients)
    return np.concatenate([tilt, 6 * ones, 2 * ones]), np.concatenate([28 / order**0.7, 2.5 * ones, 0.6 * ones])
