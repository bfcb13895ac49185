"""musicnn's own weights through our teacher's arithmetic: the same vectors as TensorFlow's, several times as fast."""

from collections.abc import Callable
from pathlib import Path

import librosa
import numpy as np

from engine.teacher.teach import Teacher

RATE, WINDOW, HOP, BANDS, FRAMES = 16_000, 512, 256, 96, 187
LAYERS = {"tags": "tags", "mean pool": "mean_pool", "max pool": "max_pool", "penultimate": "penultimate"}


def ear(wheel: str) -> Callable[[Path], dict[str, np.ndarray]]:
    """A song is decoded and cut into whole, adjoining 3 s as musicnn does it; each vector is the mean over them."""
    teacher = Teacher(Path(wheel))

    def hear(path: Path) -> dict[str, np.ndarray]:
        return {
            f"{name} {layer}": getattr(heard, field).numpy().mean(axis=0)
            for name, heard in zip(("MTT", "MSD"), teacher.hear(patches(path)), strict=True)
            for layer, field in LAYERS.items()
        }

    return hear


def patches(path: Path) -> np.ndarray:
    """Log-mel as musicnn.extractor.batch_data() makes it, float32 [patches, 187, 96]; half precision on the way."""
    sound, _ = librosa.load(path, sr=RATE)
    mel = librosa.feature.melspectrogram(y=sound, sr=RATE, hop_length=HOP, n_fft=WINDOW, n_mels=BANDS).T
    log = np.log10(10_000 * mel.astype(np.float16).astype(np.float32) + 1)
    if len(log) < FRAMES:
        raise ValueError("is shorter than 3 s")
    return log[: len(log) // FRAMES * FRAMES].reshape(-1, FRAMES, BANDS)
