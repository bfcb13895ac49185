"""More like these, less like those: one query made of several songs."""

import numpy as np

LESS = 0.5  # how much a song to be less like counts, beside one to be more like


def blended(more: np.ndarray, less: np.ndarray) -> np.ndarray:
    """The query for songs like `more` [n, dim], n > 0, and unlike `less` [m, dim], all unit rows: [dim], unit length.

    The mean of the first minus half the mean of the second (Rocchio 1971, "Relevance feedback in information
    retrieval"). Where nothing is left of it, as when all of them are one song, the first alone counts.
    """
    wanted = more.mean(axis=0)
    query = wanted - LESS * less.mean(axis=0) if len(less) else wanted
    length = np.linalg.norm(query)
    return (query / length if length > 1e-6 else more[0]).astype(np.float32)
