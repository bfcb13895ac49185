"""How well songs go with a sentence, where an ear's sentences lie in the space of its segments."""

import numpy as np

READ_AT_ONCE = 65_536  # segments, so that memory does not grow with the library


def agreement(segments: np.ndarray, songs: np.ndarray, sentence: np.ndarray) -> np.ndarray:
    """How well each song goes with a sentence, float64 [songs] between 0 and 1, where 0.5 is usual.

    `segments` [n, d] are unit rows, `songs` [n] says whose each is, and every song has some; `sentence` [d] is a unit
    row. A song's cosine is the mean of its segments', and what it says is sigmoid(s), with s how many standard
    deviations it lies above the mean of all songs: cosines of sound and text are small, and all much the same.
    """
    cosines = np.empty(len(segments))
    for start in range(0, len(segments), READ_AT_ONCE):
        block = slice(start, start + READ_AT_ONCE)
        cosines[block] = segments[block].astype(np.float32) @ sentence
    fit = np.bincount(songs, cosines) / np.bincount(songs)
    spread = fit.std()
    return 1 / (1 + np.exp(-(fit - fit.mean()) / (spread if spread > 1e-6 else 1)))
