"""musly (through pymusly): songs compared by a statistical model of timbre (www.musly.org).

"mandelellis" is Mandel and Ellis 2005, one Gaussian of MFCCs; "timbre" improves on it with mutual proximity, a
correction of hubs that is fitted on the songs compared.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pymusly


def ear(method: str) -> Callable[[Path], dict[str, np.ndarray]]:
    """It has FFmpeg decode the whole song to 22.05 kHz; what it gives is no vector, but a model as bytes."""
    jukebox = pymusly.MuslyJukebox(method)

    def hear(path: Path) -> dict[str, np.ndarray]:
        track = jukebox.track_from_audiofile(str(path), 0)
        return {"track": np.frombuffer(jukebox.serialize_track(track), np.uint8)}

    return hear


def distances(songs: Sequence[Mapping[str, np.ndarray]], method: str) -> np.ndarray:
    """How far apart the songs are, [songs, songs], with these songs as the style that musly asks for."""
    jukebox = pymusly.MuslyJukebox(method)
    tracks = [jukebox.deserialize_track(song["track"].tobytes()) for song in songs]
    jukebox.set_style(tracks)
    numbered = list(zip(jukebox.add_tracks(tracks), tracks, strict=True))
    return np.array([jukebox.compute_similarity(song, numbered) for song in numbered])
