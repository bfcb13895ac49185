"""What a person can name in a song: tempo, key, loudness, brightness, percussiveness."""

import math

import librosa  # loads itself at first use
import numpy as np

from engine.audio import SAMPLE_RATE

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
_BANDS = 64
_FAINTEST_BEAT = 0.04  # of the onset curve's variance; white noise has 0.02
_FAINTEST_KEY = 0.35  # correlation; white noise has 0.25


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
    spectrum = np.abs(librosa.stft(sound, n_fft=_WINDOW, hop_length=_HOP))  # [257, frames]
    bands = librosa.feature.melspectrogram(S=spectrum**2, sr=SAMPLE_RATE, n_mels=_BANDS)  # [bands, frames]
    described["loudness"] = float(10 * np.log10(np.mean(np.square(sound, dtype=np.float64))))
    described["brightness"] = _brightness(spectrum)
    described["percussiveness"] = _percussiveness(bands)
    if len(sound) >= SHORTEST_SECONDS * SAMPLE_RATE:
        described["bpm"] = _tempo(librosa.onset.onset_strength(S=librosa.power_to_db(bands), hop_length=_HOP))
        described["initial_key"] = _key(sound)
    return described


def _middle(audio: np.ndarray) -> np.ndarray:
    """At most EXCERPT_SECONDS of the audio, around its middle."""
    excess = max(0, len(audio) - EXCERPT_SECONDS * SAMPLE_RATE)
    middle = np.nan_to_num(audio[excess // 2 : excess // 2 + EXCERPT_SECONDS * SAMPLE_RATE])
    return middle - middle.mean() if len(middle) else middle  # a constant offset is no sound


def _brightness(spectrum: np.ndarray) -> float:
    """The mean frequency in Hz of a magnitude spectrum [bins, frames]; loud frames count for more."""
    frequencies = np.linspace(0, SAMPLE_RATE / 2, len(spectrum))
    return float(frequencies @ spectrum.sum(axis=1) / spectrum.sum())


def _percussiveness(bands: np.ndarray) -> float:
    """The share of magnitude in vertical lines of a power spectrogram [bands, frames], as against horizontal ones.

    D. FitzGerald, "Harmonic/Percussive Separation Using Median Filtering", DAFx 2010.
    """
    magnitude = np.sqrt(bands[:, ::3])  # 30 ms are fine enough here, and three times as fast
    _, percussive = librosa.decompose.hpss(magnitude, kernel_size=17)  # half a second, a quarter of the bands
    return min(1.0, float(percussive.sum() / magnitude.sum()))


def _tempo(onsets: np.ndarray) -> float:
    """The tempo in bpm at which an onset curve [frames] repeats after one, two, ... eight beats; nan when never.

    Weighted towards the usual tempo, after D. Ellis, "Beat Tracking by Dynamic Programming", J. New Music Research 36,
    2007.
    """
    repetition = librosa.autocorrelate(onsets - onsets.mean())  # [frames], by lag
    repetition /= np.arange(len(repetition), 0, -1)  # long lags have fewer products
    repetition[len(repetition) // 2 :] = np.nan  # and soon too few to tell
    beats = np.arange(1, 9)[:, None]
    lags = beats * 60 * SAMPLE_RATE / _HOP / TEMPI  # [8, tempi] frames
    salience = np.nanmean(np.interp(lags, np.arange(len(repetition)), repetition), axis=0)  # [tempi]
    weight = np.exp(-0.5 * (np.log2(TEMPI / USUAL_TEMPO) / TEMPO_OCTAVES) ** 2)
    best = int(np.argmax(salience * weight))
    return float(TEMPI[best]) if salience[best] > _FAINTEST_BEAT * repetition[0] else math.nan


def _key(sound: np.ndarray) -> str:
    """The key whose profile correlates best with how strongly each of the twelve notes sounds; "" when none does."""
    spectrum = np.abs(librosa.stft(sound, n_fft=4096, hop_length=2048))  # [2049, frames], 2 Hz a bin
    # Melody and chords count most, around the fourth octave; bass and cymbals say little about the key.
    chroma = librosa.feature.chroma_stft(
        S=spectrum, sr=SAMPLE_RATE, norm=None, tuning=0.0, ctroct=4.0, octwidth=1.5
    )  # [12, frames]
    notes = chroma.sum(axis=1)  # [12], from C
    if not notes.std() > 0:
        return ""
    fit = np.corrcoef(notes, PROFILES)[0, 1:]  # [24]
    best = int(np.argmax(fit))
    return (KEYS + MINOR_KEYS)[best] if fit[best] > _FAINTEST_KEY else ""
