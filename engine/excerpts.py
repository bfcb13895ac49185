"""Excerpts of a song as one meets it elsewhere: cut anywhere, through a bad mp3, in noise, on a wrong turntable."""

from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import soundfile
import soxr
from scipy.interpolate import PchipInterpolator

from engine.audio import SAMPLE_RATE, AudioError, clips
from engine.patches import PATCH_RATE
from engine.segments import SEGMENT_SECONDS, SILENCE

EXCERPT_SAMPLES = 8 * PATCH_RATE
MP3_BITRATE = 8000  # bits a second: nothing above 3 kHz is left, and what is left is coarse
NOISE_DB = 10.0  # how far the noise lies below the music
EQUALISER_DB = 9.0  # the most that a band is raised or lowered
SPEED = 0.03
_OCTAVES = 8  # the equaliser's bands, from 62.5 Hz to 8 kHz
_SEGMENT = int(SEGMENT_SECONDS * PATCH_RATE)


class ExcerptError(Exception):
    """Excerpts that cannot be made on this machine."""


def cut_excerpts(song: Path, folder: Path, number: int) -> dict[str, Path]:
    """Write the same 8 s of a song into `folder`, in each of CONDITIONS: the files by condition.

    They are mono at 16 kHz, the mp3 at 8, and begin at a quarter of a segment or more from where the song's own
    segments begin. `number` is the seed of where they are cut, and tells this song's files from another's. A song that
    has no 8 s off that grid, or none that sound, gives none; nor does one that cannot be decoded. Raises ExcerptError
    where FFmpeg has no mp3 encoder, and OSError where a file cannot be written.
    """
    rng = np.random.default_rng(number)
    try:
        excerpt = _cut(song, rng)
    except AudioError:
        return {}
    if excerpt is None:
        return {}
    files = {}
    for condition, degrade in CONDITIONS.items():
        sound = degrade(excerpt, rng)
        sound = sound / max(1.0, float(np.abs(sound).max()))
        if condition == "mp3":
            files[condition] = _write_mp3(folder / f"{number}-{condition}.mp3", sound)
        else:
            files[condition] = folder / f"{number}-{condition}.wav"
            soundfile.write(files[condition], sound, PATCH_RATE)
    return files


def _cut(song: Path, rng: np.random.Generator) -> np.ndarray | None:
    """8 s off the segment grid from any of the song's clips that sounds, float32 [128000]; each is as likely.

    Clips begin on the grid, and the choice is made while they stream by, so that memory never grows with the song.
    """
    chosen, seen = None, 0
    for clip in clips(song, PATCH_RATE):
        first = int(rng.integers(_SEGMENT // 4, 3 * _SEGMENT // 4 + 1))
        places = (len(clip) - EXCERPT_SAMPLES - first) // _SEGMENT + 1
        if places < 1:
            continue
        first += int(rng.integers(places)) * _SEGMENT
        excerpt = clip[first : first + EXCERPT_SAMPLES]
        halves = excerpt.reshape(2, -1)
        if np.sqrt(np.square(halves).mean(axis=1)).min() > SILENCE:
            seen += 1
            chosen = excerpt if rng.random() < 1 / seen else chosen
    return chosen


def _unchanged(sound: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return sound


def _in_noise(sound: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """White noise NOISE_DB below the music."""
    level = np.sqrt(np.square(sound).mean()) * 10 ** (-NOISE_DB / 20)
    return sound + level * rng.standard_normal(len(sound)).astype(np.float32)


def _equalised(sound: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A random gain at each octave, in between a smooth curve that does not overshoot (PCHIP) over log frequency."""
    octaves = np.arange(_OCTAVES)
    gain = PchipInterpolator(octaves, rng.uniform(-EQUALISER_DB, EQUALISER_DB, _OCTAVES))  # dB
    hertz = np.fft.rfftfreq(len(sound), 1 / PATCH_RATE)
    octave = np.log2(np.maximum(hertz, 1) / (PATCH_RATE / 2)) + _OCTAVES - 1
    spectrum = np.fft.rfft(sound) * 10 ** (gain(octave.clip(0, _OCTAVES - 1)) / 20)
    return np.fft.irfft(spectrum, len(sound)).astype(np.float32)


def _at_speed(speed: float) -> Callable[[np.ndarray, np.random.Generator], np.ndarray]:
    """Played so many times faster, as on a turntable: tempo and pitch move together."""
    return lambda sound, rng: soxr.resample(sound, PATCH_RATE * speed, PATCH_RATE)


CONDITIONS: dict[str, Callable[[np.ndarray, np.random.Generator], np.ndarray]] = {
    "clean": _unchanged,
    "mp3": _unchanged,  # it is the file that does it
    "noise": _in_noise,
    "equaliser": _equalised,
    "faster": _at_speed(1 + SPEED),
    "slower": _at_speed(1 - SPEED),
}


def _write_mp3(path: Path, sound: np.ndarray) -> Path:
    if "libmp3lame" not in av.codecs_available:
        raise ExcerptError("this PyAV cannot write mp3: install its wheel, or evaluate with --excerpts 0")
    sound = soxr.resample(sound, PATCH_RATE, SAMPLE_RATE)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libmp3lame", rate=SAMPLE_RATE, layout="mono")
        stream.bit_rate = MP3_BITRATE
        frame = av.AudioFrame.from_ndarray(sound[None].astype(np.float32), format="fltp", layout="mono")
        frame.sample_rate = SAMPLE_RATE
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)
    return path
