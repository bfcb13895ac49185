"""bliss-audio: twenty hand-made figures of tempo, timbre, loudness and chroma (github.com/Polochon-street/bliss-rs)."""

from collections.abc import Callable
from pathlib import Path

import bliss_audio
import numpy as np


def ear() -> Callable[[Path], dict[str, np.ndarray]]:
    """It decodes to 22.05 kHz itself."""
    return lambda path: {"analysis": np.array(bliss_audio.Song(str(path)).analysis, np.float32)}
