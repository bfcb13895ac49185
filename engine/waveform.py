"""A song's waveform as one sees it: the peak of each equal slice, taken while the song streams by."""

from collections.abc import Iterable, Iterator

import numpy as np

PEAKS = 1200  # slices of a song: as many as a wide screen has room for
_FINE = 16 * PEAKS  # grains held at most; twice as many are merged by two, so that ten hours cost what ten minutes do
_GRAIN = 128  # samples, 8 ms, as long as they are not merged


class Waveform:
    """Hands clips on as they are, and remembers their peaks."""

    def __init__(self) -> None:
        self._grain = _GRAIN
        self._peaks = np.zeros(0, np.float32)  # of whole grains
        self._tail = np.zeros(0, np.float32)  # samples that do not fill one yet

    def watch(self, clips: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
        """The same clips, float32 [samples] in [-1, 1] each."""
        for clip in clips:
            sound = np.abs(np.concatenate([self._tail, clip]))
            whole = len(sound) // self._grain * self._grain
            self._peaks = np.append(self._peaks, sound[:whole].reshape(-1, self._grain).max(axis=1))
            self._tail = sound[whole:]
            while len(self._peaks) >= 2 * _FINE:
                even = len(self._peaks) // 2 * 2
                self._tail = np.append(np.repeat(self._peaks[even:], self._grain), self._tail)
                self._peaks = self._peaks[:even].reshape(-1, 2).max(axis=1)
                self._grain *= 2
            yield clip

    def peaks(self) -> np.ndarray:
        """The peak of each of at most 1200 equal slices of what went by, uint8; fewer for less than ten seconds.

        They are 255 times the square root of the amplitude: 255 is full scale, 128 is 12 dB below it, 0 is silence.
        """
        grains = np.append(self._peaks, self._tail.max()) if len(self._tail) else self._peaks
        if not len(grains):
            return np.zeros(0, np.uint8)
        slices = np.linspace(0, len(grains), min(PEAKS, len(grains)), endpoint=False).astype(int)
        return np.round(255 * np.sqrt(np.maximum.reduceat(grains, slices))).astype(np.uint8)
