"""A song up to 8 kHz: three seconds from the middle of some of its segments, for the filters that a teacher gave.

What lies above 4 kHz (cymbals, breath, a recording's air) is half of what such filters know songs by, and a few patches
say nearly as much of a song as all of it would.
"""

import numpy as np
import soxr

from engine.audio import SAMPLE_RATE
from engine.segments import spread

PATCH_RATE = 16_000  # Hz
WINDOW, HOP, FRAMES = 512, 256, 187  # samples, samples, windows
PATCH_SAMPLES = (FRAMES - 1) * HOP + WINDOW  # 48,128: 3.008 s
N_PATCHES = 6  # of a song at most: twice as many say hardly more, and cost as much again


def patches(segments: np.ndarray) -> np.ndarray:
    """The middles of at most 6 segments, spread over the song: int16 [n, 60000] at 16 kHz -> int16 [<= 6, 48128]."""
    first = (segments.shape[1] - PATCH_SAMPLES) // 2
    return segments[spread(len(segments), N_PATCHES), first : first + PATCH_SAMPLES]


def halved(segments: np.ndarray) -> np.ndarray:
    """Segments as the rest of the ear hears them: int16 [n, 60000] at 16 kHz -> int16 [n, 30000] at 8 kHz.

    They are resampled as one sound, since most follow each other.
    """
    return soxr.resample(segments.ravel(), PATCH_RATE, SAMPLE_RATE).reshape(len(segments), -1)
