"""A song cut into the segments that the model hears: 3.75 s each, at most 100 of them."""

from collections.abc import Iterable

import numpy as np

from engine.audio import SAMPLE_RATE, AudioError

SEGMENT_SECONDS = 3.75
SEGMENT_SAMPLES = int(SEGMENT_SECONDS * SAMPLE_RATE)  # 30,000
N_SEGMENTS = 100  # 6.25 minutes: what the Transformer hears of a song
SILENCE = 10 ** (-55 / 20)  # RMS under which a segment holds no music: -55 dBFS


def segment(clips: Iterable[np.ndarray], rate: int = SAMPLE_RATE) -> tuple[np.ndarray, np.ndarray, float]:
    """Cut a song's clips into segments: (int16 [segments, 30000], starts [segments] in seconds, length in seconds).

    At another rate than 8 kHz a segment holds as many more samples.

    A song of more than 100 segments gives 100 spread evenly over it: while it streams by, every `stride`-th segment
    is kept and the stride doubles whenever twice as many as needed are held, so that ten hours cost no more memory
    than ten minutes. A last part of at least half a segment is heard as the last 3.75 s of the song; a sound shorter
    than one segment is repeated to fill it. Silent segments are left out. Raises AudioError when nothing remains.
    """
    size = int(SEGMENT_SECONDS * rate)
    shortest = size // 2  # less than half a segment is not worth hearing
    kept: dict[int, np.ndarray] = {}  # by first sample
    stride, begin = 1, 0
    tail = np.zeros(0, np.float32)  # what no segment has taken yet
    last = np.zeros(0, np.float32)  # the latest whole segment, to complete the tail from
    for clip in clips:
        sound = np.concatenate([tail, clip])
        whole = len(sound) // size * size
        for piece in sound[:whole].reshape(-1, size):
            if begin // size % stride == 0:
                kept[begin] = _to_int16(piece)
            begin += size
            last = piece
            if len(kept) == 2 * N_SEGMENTS:
                stride *= 2
                kept = {at: held for at, held in kept.items() if at // size % stride == 0}
        tail = sound[whole:]
    samples = begin + len(tail)
    if samples < shortest:
        raise AudioError(f"is only {samples / rate:.1f} s long; a song needs {shortest / rate:.1f} s")
    if len(tail) >= shortest and begin // size % stride == 0:
        ending = np.concatenate([last, tail]) if begin else np.tile(tail, 2)
        kept[max(0, samples - size)] = _to_int16(ending[-size:])
    heard = [at for at in kept if _rms(kept[at]) > SILENCE]
    if not heard:
        raise AudioError("is silent")
    chosen = [heard[i] for i in spread(len(heard), N_SEGMENTS)]
    starts = np.array(chosen, np.float32) / rate
    return np.stack([kept[at] for at in chosen]), starts, samples / rate


def spread(count: int, most: int) -> np.ndarray:
    """Indices of at most `most` of `count` things, spread evenly from first to last: int [min(count, most)]."""
    return np.linspace(0, count - 1, min(count, most)).round().astype(int)


def pad(songs: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Stack songs of different lengths: [songs, most, d] with zeros behind, and a mask [songs, most], True = music."""
    most = max(len(song) for song in songs)
    padded = np.zeros((len(songs), most, songs[0].shape[1]), songs[0].dtype)
    mask = np.zeros((len(songs), most), bool)
    for row, song in enumerate(songs):
        padded[row, : len(song)] = song
        mask[row, : len(song)] = True
    return padded, mask


def _to_int16(piece: np.ndarray) -> np.ndarray:
    return np.round(piece * 32767).astype(np.int16)


def _rms(piece: np.ndarray) -> float:
    return float(np.sqrt(np.mean((piece / 32767.0) ** 2)))
