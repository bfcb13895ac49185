"""The honest baseline: twenty cepstral coefficients and how they vary; the network's face without weights."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import librosa  # loads itself at first use
import numpy as np

from engine.audio import SAMPLE_RATE
from engine.embedding import Embedding, Skipped
from engine.hearing import Heard, hear

HEARING = 1  # raise it when decoding, segments or the figures change: then every vector does


@dataclass(frozen=True)
class MfccConfig:
    """How the cepstrum is taken."""

    coefficients: int = 20  # the first one, the level, is left out: turning the volume changes nothing
    bands: int = 40
    n_fft: int = 512  # samples, 64 ms
    hop: int = 256  # samples, 32 ms


class MfccEmbedder:
    """Timbre as mean and spread of MFCCs, and spread of their deltas; B. Logan, ISMIR 2000, and its descendants.

    A song vector holds 3 x 20 raw figures over all its frames; a segment vector the same over 3.75 s, brought to
    comparable scale and unit length.
    """

    def __init__(self, config: MfccConfig = MfccConfig()) -> None:
        self.name = "mfcc"
        self.device = "cpu"
        self.fingerprint = hashlib.sha256(f"hearing {HEARING} {config}".encode()).hexdigest()[:16]
        self.reference = np.zeros((0, 3 * config.coefficients), np.float32)
        self._config = config
        self._centre, self._spread = _usual(config.coefficients)

    def embed(self, paths: Iterable[Path]) -> Iterator[Embedding | Skipped]:
        """One result a path, in the order in which they are ready; a bad file is Skipped, never raised."""
        for heard in hear(paths):
            yield heard if isinstance(heard, Skipped) else self._embed(heard)

    def _embed(self, song: Heard) -> Embedding:
        cepstrum = librosa.feature.mfcc(
            y=song.segments.astype(np.float32) / 32768,
            sr=SAMPLE_RATE,
            n_mfcc=self._config.coefficients + 1,
            n_mels=self._config.bands,
            n_fft=self._config.n_fft,
            hop_length=self._config.hop,
        )[:, 1:]  # [segments, coefficients, frames]
        deltas = librosa.feature.delta(cepstrum)
        # The mean of the deltas is left out: it is zero but for the first and last frame.
        moments = np.concatenate([cepstrum.mean(-1), cepstrum.std(-1), deltas.std(-1)], axis=1)  # [segments, dim]
        vector = np.concatenate([cepstrum.mean((0, 2)), cepstrum.std((0, 2)), deltas.std((0, 2))])  # [dim]
        moments = (moments - self._centre) / self._spread
        moments /= np.linalg.norm(moments, axis=1, keepdims=True)
        return Embedding(
            song.path,
            vector.astype(np.float32),
            song.starts,
            moments.astype(np.float16),
            song.length,
            song.descriptors,
        )


def _usual(coefficients: int) -> tuple[np.ndarray, np.ndarray]:
    """Usual value and spread of the figures of 3.75 s of music, [3 * coefficients] each: rounded from 44 songs."""
    order = np.arange(1, coefficients + 1)
    tilt = np.where(order <= 3, 48 / order**1.5, 0)  # music is louder below than above
    ones = np.ones(coefficients)
    return np.concatenate([tilt, 6 * ones, ones]), np.concatenate([26 / order**0.7, 2.5 * ones, 0.45 * ones])
