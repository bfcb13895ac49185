"""What a person can name in a song: tempo, key, loudness, brightness, percussiveness."""

import math

import numpy as np
from scipy.ndimage import median_filter

from engine.audio import SAMPLE_RATE
from engine.mel import frequencies, magnitudes, mel_bands

EXCERPT_SECONDS = 60  # the middle of a song tells its tempo and key
SHORTEST_SECONDS = 4  # less holds too few beats and chords to tell

TEMPI = np.geomspace(50, 220, 1500)  # bpm, 0.1 % apart
USUAL_TEMPO = 120  # bpm; of a tempo, its half and its double, the one nearest to it is what people tap
TEMPO_OCTAVES = 1.0  # how far from the usual tempo, as a standard deviation in octaves

KEYS = ["C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"]
MINOR_KEYS = ["Cm", "C#m", "Dm", "Ebm", "Em", "Fm", "F#m", "Gm", "G#m", "Am", "Bbm", "Bm"]
# How well each semitone above the tonic fits a major and a minor key: D. Temperley, "What's Key for Key? The
# Krumhansl-Schmuckler Key-Finding Algorithm Reconsidered", Music Perception 17(1), 1999.
MAJOR = [5.0, 2.0, 3.5, 2.0, 4.5, 4.0, 2.0, 4.5, 2.0, 3.5, 1.5, 4.0]
MINOR = [5.0, 2.0, 3.5, 4.5, 2.0, 4.0, 2.0, 4.5, 3.5, 2.0, 1.5, 4.0]
PROFILES = np.array([np.roll(profile, tonic) for profile in (MAJOR, MINOR) for tonic in range(12)])  # [24, 12]

_WINDOW = 512  # samples, 64 ms: short enough for drums
_HOP = 80  # samples, 10 ms
_LONG_WINDOW = 4096  # samples, 0.5 s: long enough to tell semitones apart
_BANDS = 64
_FAINTEST_BEAT = 0.04  # of the onset curve's variance; white noise has 0.02
_FAINTEST_KEY = 0.05  # spread of the twelve notes around their mean; white noise has 0.03, music 0.1 and more


def describe(audio: np.ndarray) -> dict[str, float | str]:
    """Describe a sound, float32 [samples] at 8 kHz, by its middle minute.

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
    if len(sound) < _WINDOW or not np.abs(sound).max() > 1e-5:  # -100 dBFS
        return described
    spectrum = magnitudes(sound, _WINDOW, _HOP)  # [frames, 257]
    bands = mel_bands(spectrum, _BANDS)  # [frames, bands]
    described["loudness"] = float(10 * np.log10(np.mean(np.square(sound, dtype=np.float64))))
    described["brightness"] = float(spectrum.sum(axis=0) @ frequencies(_WINDOW) / spectrum.sum())
    described["percussiveness"] = _percussiveness(bands)
    if len(sound) >= SHORTEST_SECONDS * SAMPLE_RATE:
        described["bpm"] = _tempo(_onsets(bands))
        described["initial_key"] = _key(magnitudes(sound, _LONG_WINDOW, _LONG_WINDOW // 2))
    return described


def _middle(audio: np.ndarray) -> np.ndarray:
    """At most EXCERPT_SECONDS of the audio, around its middle."""
    excess = max(0, len(audio) - EXCERPT_SECONDS * SAMPLE_RATE)
    middle = np.nan_to_num(audio[excess // 2 : excess // 2 + EXCERPT_SECONDS * SAMPLE_RATE])
    return middle - middle.mean() if len(middle) else middle  # a constant offset is no sound


def _percussiveness(bands: np.ndarray) -> float:
    """The share of magnitude in vertical lines of a spectrogram of power [frames, bands], as against horizontal ones.

    D. FitzGerald, "Harmonic/Percussive Separation Using Median Filtering", DAFx 2010.
    """
    magnitude = np.sqrt(bands[::3])  # 30 ms are fine enough here, and three times as fast
    lasting = np.square(median_filter(magnitude, size=(17, 1)))  # half a second
    struck = np.square(median_filter(magnitude, size=(1, 17)))  # a third of the bands
    return float((magnitude * (struck + 1e-20) / (struck + lasting + 2e-20)).sum() / magnitude.sum())


def _onsets(bands: np.ndarray) -> np.ndarray:
    """How much louder each frame is than the one before, in dB over all bands [frames, bands]: [frames - 1].

    The spectral flux of S. Dixon, "Onset Detection Revisited", DAFx 2006, on a logarithmic scale.
    """
    decibels = 10 * np.log10(np.maximum(bands, bands.max() * 1e-8))
    return np.maximum(0, np.diff(decibels, axis=0)).mean(axis=1)


def _tempo(onsets: np.ndarray) -> float:
    """The tempo in bpm at which an onset curve [frames] repeats after one, two, ... eight beats; nan when never.

    Weighted towards the usual tempo, after D. Ellis, "Beat Tracking by Dynamic Programming", J. New Music Research 36,
    2007.
    """
    frames = len(onsets)
    power = np.square(np.abs(np.fft.rfft(onsets - onsets.mean(), 2 * frames)))
    repetition = np.fft.irfft(power)[:frames]  # the autocorrelation, by lag
    repetition /= np.arange(frames, 0, -1)  # long lags have fewer products
    repetition[frames // 2 :] = np.nan  # and soon too few to tell
    beats = np.arange(1, 9)[:, None]
    lags = beats * 60 * SAMPLE_RATE / _HOP / TEMPI  # [8, tempi] frames
    salience = np.nanmean(np.interp(lags, np.arange(frames), repetition), axis=0)  # [tempi]
    weight = np.exp(-0.5 * (np.log2(TEMPI / USUAL_TEMPO) / TEMPO_OCTAVES) ** 2)
    best = int(np.argmax(salience * weight))
    return float(TEMPI[best]) if salience[best] > _FAINTEST_BEAT * repetition[0] else math.nan


def _key(spectrum: np.ndarray) -> str:
    """The key whose profile correlates best with how each note sounds in [frames, bins]; "" when all sound alike."""
    note = 12 * np.log2(frequencies(_LONG_WINDOW)[1:] / 440) + 57  # semitones above the C of 16 Hz
    # What lies within an octave of the A of 220 Hz counts most: deep drums and cymbals say little about the key.
    register = np.exp(-0.5 * ((note - 45) / 12) ** 2)
    pitch_class = np.round(note).astype(int) % 12
    heard = np.bincount(pitch_class, register * spectrum[:, 1:].sum(axis=0))  # [12]
    notes = heard / np.bincount(pitch_class, register)  # not every note has as many bins
    if notes.std() < _FAINTEST_KEY * notes.mean():
        return ""
    fit = np.corrcoef(notes, PROFILES)[0, 1:]  # [24]
    return (KEYS + MINOR_KEYS)[int(np.argmax(fit))]
