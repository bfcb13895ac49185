"""Every song's nearest, worked out at once: for what leaves the library, and cannot ask it any more."""

from collections.abc import Callable

import numpy as np

from index.library import Library


def nearest(
    library: Library, k: int, on_progress: Callable[[int, int], None] = lambda done, total: None
) -> tuple[np.ndarray, np.ndarray]:
    """The k songs most like each song, as similar() lists them, and how similar they are.

    Gives ids, uint32 [songs, k], and similarities, float32 [songs, k] from -1 to 1. Where a song has fewer, the number
    of songs stands in their place, and -1. `on_progress` is told how many songs are done, of how many.
    """
    ids = np.full((len(library), k), len(library), np.uint32)
    similarities = np.full((len(library), k), -1, np.float32)
    for song in range(len(library)):
        for at, match in enumerate(library.similar(song, k)):
            ids[song, at], similarities[song, at] = match.id, match.similarity
        on_progress(song + 1, len(library))
    return ids, similarities
