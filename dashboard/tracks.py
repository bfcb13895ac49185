"""The tracks dropped into the page: in memory only, the oldest forgotten first."""

import secrets
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

REMEMBERED = 64
NONE = np.empty((0, 0), np.float16)
NO_PEAKS = np.empty(0, np.uint8)


@dataclass(frozen=True)
class Track:
    """A track that was listened to and is no part of the library."""

    title: str
    vector: np.ndarray  # [dim] float32, raw
    fingerprint: str  # of the encoder that heard it
    length: float  # seconds
    descriptors: Mapping[str, float | str]
    segments: np.ndarray = field(default_factory=lambda: NONE)  # [n, d] float16, its moments as the encoder gave them
    starts: np.ndarray = field(default_factory=NONE.ravel)  # [n] seconds into the track
    peaks: np.ndarray = field(default_factory=lambda: NO_PEAKS)  # [<= 1200] uint8, its waveform


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

    def get(self, token: str, fingerprint: str | None = None) -> Track | None:
        """The track of a token, or None when it was forgotten; asking for it keeps it longer.

        None, too, when it was heard by another encoder than the one of this fingerprint: its vector says nothing then.
        """
        with self._lock:
            if token in self._tracks:
                self._tracks.move_to_end(token)
            track = self._tracks.get(token)
        return track if track and fingerprint in (None, track.fingerprint) else None

    def forget(self, token: str) -> None:
        """Let go of a track; nothing happens when there is none."""
        with self._lock:
            self._tracks.pop(token, None)

    def __len__(self) -> int:
        return len(self._tracks)
