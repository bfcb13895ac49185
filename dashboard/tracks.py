"""The tracks dropped into the page: in memory only, the oldest forgotten first."""

import secrets
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

REMEMBERED = 64


@dataclass(frozen=True)
class Track:
    """A track that was listened to and is no part of the library."""

    title: str
    vector: np.ndarray  # [dim] float32, raw, of the library's own encoder
    xyz: np.ndarray  # [3] where it stands on the map
    length: float  # seconds
    descriptors: Mapping[str, float | str]


class Tracks:
    """The last few tracks by token; safe to use from several threads."""

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self._remembered = remembered
        self._tracks: OrderedDict[str, Track] = OrderedDict()
        self._lock = threading.Lock()

    def add(self, track: Track) -> str:
        """Remember a track; gives its token, which nobody can guess."""
        token = f"track-{secrets.token_urlsafe(16)}"
        with self._lock:
            self._tracks[token] = track
            while len(self._tracks) > self._remembered:
                self._tracks.popitem(last=False)
        return token

    def get(self, token: str) -> Track | None:
        """The track of a token, or None when it was forgotten; asking for it keeps it longer."""
        with self._lock:
            if token in self._tracks:
                self._tracks.move_to_end(token)
            return self._tracks.get(token)

    def __len__(self) -> int:
        return len(self._tracks)
