"""essentia's MusicExtractor: 4,364 hand-made figures of timbre, rhythm and harmony (essentia.upf.edu)."""

from collections.abc import Callable
from pathlib import Path

import essentia
import numpy as np
from essentia.standard import MusicExtractor

# A value a beat: as many as the song has beats.
OF_ANY_LENGTH = {"rhythm.beats_position"}


def ear() -> Callable[[Path], dict[str, np.ndarray]]:
    """It decodes to 44.1 kHz itself."""
    essentia.log.infoActive = False
    essentia.log.warningActive = False
    extractor = MusicExtractor()

    def hear(path: Path) -> dict[str, np.ndarray]:
        pool, _ = extractor(str(path))
        figures = {}
        for name in sorted(pool.descriptorNames()):
            value = pool[name]
            if not (name.startswith("metadata.") or name in OF_ANY_LENGTH or isinstance(value, str | list)):
                figures[name] = np.ravel(np.asarray(value, np.float32))
        moments = [value for name, value in figures.items() if name.endswith((".mean", ".stdev"))]
        return {"all": np.concatenate(list(figures.values())), "means and deviations": np.concatenate(moments)}

    return hear
