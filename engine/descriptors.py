"""What a person can name in a song: tempo, key, loudness, brightness, percussiveness."""

import math

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft
from scipy.ndimage import median_filter

from engine.audio import SAMPLE_RATE
from engine.mel import frequencies, magnitudes, mel_bands

EXCERPT_SECONDS = 60  # the middle of a song tells its tempo and key
SHORTEST_SECONDS = 4  # less holds too few beats and chords to tell

TEMPI = np.geomspace(50, 220, 1500)  # bpm, 0.1 % apart
USUAL_TEMPO = 130  # bpm; of a tempo, its half and its double, the one nearest to it is what people tap
TEMPO_OCTAVES = 1.0  # how far from the usual tempo, as a standard deviation in octaves

KEYS = ["C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"]
MINOR_KEYS = ["Cm", "C#m", "Dm", "Ebm", "Em", "Fm", "F#m", "Gm", "G#m", "Am", "Bbm", "Bm"]
# How often each semitone above the tonic sounds in a major and a minor key: J. Albrecht and D. Shanahan, "The Use of
# Large Corpora to Train a New Type of Key-Finding Algorithm", Music Perception 31(1), 2013.
MAJOR = [0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081]
MINOR = [0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052]
PROFILES = np.array([np.roll(profile, tonic) for profile in (MAJOR, MINOR) for tonic in range(12)])  # [24, 12]

_WINDOW = 512  # samples, 64 ms: short enough for drums
_HOP = 128  # samples, 16 ms
_LONG_WINDOW = 4096  # samples, 0.5 s: long enough to tell semitones apart
_BANDS = 64
_FAINTEST_BEAT = 4  # of the onset curve's variance over the root of its frames; white noise has 1 to 3, music 6 to 50
_FAINTEST_KEY = 0.05  # spread of the twelve notes around their mean; white noise has 0.01 to 0.04, music 0.1 to 0.6


def describe(audio: np.ndarray) -> dict[str, float | str]:
    """Describe a sound, float32 [samples] at 8 kHz, by its middle minute; nan samples are passages nobody heard.

    bpm: tempo; initial_key: "Am", "F#"; loudness: RMS in dBFS; brightness: spectral centroid in Hz; percussiveness:
    the percussive share of the sound, 0..1. A figure that cannot be told is nan, a key "". Never raises.
    """
    sound = _middle(audio)
    described: dict[str, float | str] = {
        "bpm": math.nan,
        "initial_key": "",
        "loudness": math.nan,
        "brightness": math.nan,
        "percussiveness": math.nan,
    }
    heard = sound[np.isfinite(sound)]
    if len(heard) < _WINDOW or not np.abs(heard).max() > 1e-5:  # -100 dBFS
        return described
    spectrum = magnitudes(sound, _WINDOW, _HOP)  # [frames, 257], nan where anything in a frame is
    whole = np.isfinite(spectrum[:, 0])
    if not spectrum[whole].any():
        return described
    bands = mel_bands(spectrum, _BANDS)  # [frames, bands]
    total = spectrum[whole].sum(axis=0)  # [257]
    described["loudness"] = float(10 * np.log10(np.mean(np.square(heard, dtype=np.float64))))
    described["brightness"] = float(total @ frequencies(_WINDOW) / total.sum())
    described["percussiveness"] = _percussiveness(bands[whole])
    if len(heard) >= SHORTEST_SECONDS * SAMPLE_RATE:
        described["bpm"] = _tempo(_onsets(bands))
        described["initial_key"] = _key(magnitudes(sound, _LONG_WINDOW, _LONG_WINDOW // 2))
    return described


def _middle(audio: np.ndarray) -> np.ndarray:
    """At most EXCERPT_SECONDS of the audio, around its middle, without a constant offset, which is no sound."""
    excess = max(0, len(audio) - EXCERPT_SECONDS * SAMPLE_RATE)
    middle = audio[excess // 2 : excess // 2 + EXCERPT_SECONDS * SAMPLE_RATE]
    heard = np.isfinite(middle)
    return np.where(heard, middle - middle[heard].mean(), np.float32(np.nan)) if heard.any() else middle[:0]


def _percussiveness(bands: np.ndarray) -> float:
    """The share of magnitude in vertical lines of a spectrogram of power [frames, bands], as against horizontal ones.

    D. FitzGerald, "Harmonic/Percussive Separation Using Median Filtering", DAFx 2010.
    """
    magnitude = np.sqrt(bands[::2])  # 32 ms are fine enough here, and twice as fast
    lasting = np.square(_medians(magnitude.T, 17).T)  # half a second
    struck = np.square(_medians(magnitude, 17))  # a third of the bands
    return float((magnitude * (struck + 1e-20) / (struck + lasting + 2e-20)).sum() / magnitude.sum())


def _medians(rows: np.ndarray, size: int) -> np.ndarray:
    """The running median of an odd number of neighbours in each of [rows, columns], mirrored at the ends."""
    rim = size // 2
    rows = np.pad(rows, ((0, 0), (rim, rim)), mode="symmetric")
    # One long line after the other: SciPy is six times faster on a line than on a plane.
    return median_filter(rows.ravel(), size).reshape(rows.shape)[:, rim:-rim]


def _onsets(bands: np.ndarray) -> np.ndarray:
    """How much louder each frame is than the one before, over all bands of power [frames, bands]: [frames - 1].

    The spectral flux of S. Dixon, "Onset Detection Revisited", DAFx 2006, on the square root of magnitudes: on plain
    ones a kick hides the rest, in decibels the hi-hat.
    """
    return np.maximum(0, np.diff(np.sqrt(np.sqrt(bands)), axis=0)).mean(axis=1)


def _tempo(onsets: np.ndarray) -> float:
    """The tempo in bpm at which an onset curve [frames] repeats after one, two, ... eight beats; nan when never.

    Weighted towards the usual tempo, after D. Ellis, "Beat Tracking by Dynamic Programming", J. New Music Research 36,
    2007. Frames that are nan take no part.
    """
    heard = np.isfinite(onsets)
    lags = np.arange(1, 9)[:, None] * 60 * SAMPLE_RATE / _HOP / TEMPI  # [8, tempi] frames
    pairs = _autocorrelation(heard.astype(np.float64))
    enough = pairs > heard.sum() / 4  # where a lag has fewer pairs of frames, they are too few to tell
    if not enough[: int(lags[0, 0]) + 2].all():
        return math.nan
    repetition = _autocorrelation(np.where(heard, onsets - onsets[heard].mean(), 0.0))
    repetition = np.where(enough, repetition / np.maximum(1, pairs), np.nan)  # by lag
    salience = np.nanmean(np.interp(lags, np.arange(len(onsets)), repetition), axis=0)  # [tempi]
    weight = np.exp(-0.5 * (np.log2(TEMPI / USUAL_TEMPO) / TEMPO_OCTAVES) ** 2)
    best = int(np.argmax(salience * weight))
    steady = salience[best] > _FAINTEST_BEAT / np.sqrt(heard.sum()) * repetition[0]
    return float(TEMPI[best]) if steady else math.nan


def _autocorrelation(curve: np.ndarray) -> np.ndarray:
    """The sum of products of a curve [n] with itself 0, 1, ... n - 1 samples later."""
    power = np.square(np.abs(rfft(curve, next_fast_len(2 * len(curve), real=True))))
    return irfft(power)[: len(curve)]


def _key(spectrum: np.ndarray) -> str:
    """The key whose profile correlates best with how each note sounds in [frames, bins]; "" when all sound alike."""
    heard = spectrum[np.isfinite(spectrum[:, 0]), 1:].sum(axis=0)  # [bins]
    note = 12 * np.log2(frequencies(_LONG_WINDOW)[1:] / 440) + 57  # semitones above the C of 16 Hz
    # What lies within an octave of the E of 330 Hz counts most: deep drums and cymbals say little about the key.
    register = np.exp(-0.5 * ((note - 52) / 12) ** 2)
    # Music in tune with itself, if not with 440 Hz, has all its notes equally far from the semitones.
    tuning = np.angle((register * heard) @ np.exp(2j * np.pi * note)) / (2 * np.pi)  # semitones, -0.5..0.5
    pitch_class = np.round(note - tuning).astype(int) % 12
    notes = np.bincount(pitch_class, register * heard, 12) / np.bincount(pitch_class, register, 12)  # as many bins each
    if not notes.std() > _FAINTEST_KEY * notes.mean():
        return ""
    fit = np.corrcoef(notes, PROFILES)[0, 1:]  # [24]
    return (KEYS + MINOR_KEYS)[int(np.argmax(fit))]
