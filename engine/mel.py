"""Sound -> magnitudes by frequency -> power in mel bands: what tempo, timbre and percussiveness are told from.

NumPy and SciPy: every worker process would pay seconds for importing librosa, and on a new machine for its compilation.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy.fft import rfft

from engine.audio import SAMPLE_RATE


def magnitudes(sound: np.ndarray, window: int, hop: int) -> np.ndarray:
    """The spectrum of overlapping Hann windows: [..., samples] -> [..., frames, window / 2 + 1]."""
    frames = sliding_window_view(sound, window, axis=-1)[..., ::hop, :]
    return np.abs(rfft(frames * np.hanning(window).astype(np.float32)))  # SciPy's is three times as fast as NumPy's


def frequencies(window: int) -> np.ndarray:
    """What the bins of a spectrum stand for, in Hz: [window / 2 + 1]."""
    return np.fft.rfftfreq(window, 1 / SAMPLE_RATE)


def mel_bands(spectrum: np.ndarray, bands: int) -> np.ndarray:
    """Magnitudes [..., frames, bins] as power in neighbouring bands of equal width in mel: [..., frames, bands].

    A bin belongs to one band, so the bands hold the whole power. O'Shaughnessy's scale: 2595 log10(1 + Hz / 700).
    """
    mel = np.log1p(frequencies(2 * (spectrum.shape[-1] - 1)) / 700)
    band = np.minimum(bands - 1, (mel / mel[-1] * bands).astype(int))
    first = np.searchsorted(band, np.arange(bands))  # bin of each band
    return np.add.reduceat(np.square(spectrum), first, axis=-1)
