"""Ten seconds of a song as a small file of their own, for a map that is given away."""

from io import BytesIO
from pathlib import Path

import av
import numpy as np

from engine.audio import CLIP_SECONDS, clips

SECONDS = 10
RATE = 44_100  # Hz
BITRATE = 96_000  # bits a second, one channel
FADE = 0.3  # seconds at either end


def preview(path: Path, start: float) -> bytes:
    """The seconds of a song from `start` on as MP3, faded in and out; its last ones where it ends sooner.

    Raises AudioError for a file that cannot be heard.
    """
    last, count = int((start + SECONDS) * RATE), SECONDS * RATE
    held, reached = np.zeros(0, np.float32), 0
    for clip in clips(path, RATE):
        held, reached = np.concatenate([held[-CLIP_SECONDS * RATE :], clip]), reached + len(clip)
        if reached >= last:
            break
    end = len(held) - max(0, reached - last)
    return _mp3(_faded(held[max(0, end - count) : end]))


def _faded(sound: np.ndarray) -> np.ndarray:
    edge = np.arange(1, len(sound) + 1) / (FADE * RATE)
    return sound * np.minimum(1, np.minimum(edge, edge[::-1])).astype(np.float32)


def _mp3(sound: np.ndarray) -> bytes:
    """Mono float32 [samples] as an MP3 file, which every browser plays."""
    file = BytesIO()
    with av.open(file, "w", format="mp3") as container:
        stream = container.add_stream("libmp3lame", rate=RATE, layout="mono")
        stream.bit_rate = BITRATE
        frame = av.AudioFrame.from_ndarray(sound[None], format="fltp", layout="mono")
        frame.sample_rate = RATE
        for part in (frame, None):
            container.mux(stream.encode(part))
    return file.getvalue()
