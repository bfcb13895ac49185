"""Any file with sound in it -> mono float32 at 8 kHz, in clips of 30 s, so that memory never grows with the song."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import av
import numpy as np
import soxr
from av.format import formats_available

SAMPLE_RATE = 8000  # Hz, what segments are heard at
CLIP_SECONDS = 30
CLIP_SAMPLES = CLIP_SECONDS * SAMPLE_RATE  # 240,000

_BLOCK = 1 << 16  # samples at the file's own rate handed to the resampler at a time
_CANCELLED = 0.02  # share of the energy (-17 dB) under which a mean of channels is no longer the music
_RATES = range(1000, 800_000)  # Hz; outside it the header lies
_PATIENCE = 100  # demuxer errors in a row after which the rest of the file is given up


class AudioError(Exception):
    """A file that cannot be heard; the message is read after the file's name: "is empty"."""


def clips(path: Path, rate: int = SAMPLE_RATE) -> Iterator[np.ndarray]:
    """Decode a file in clips of 30 s: float32 [30 * rate] in [-1, 1], the last one shorter.

    Damaged packets are left out and the rest is kept. Channels become one by _mono(); the resampler is soxr HQ,
    everywhere the same, since another one would move the vectors. Raises AudioError when nothing could be decoded.
    """
    held: list[np.ndarray] = []
    count, full = 0, CLIP_SECONDS * rate
    for block in _resampled(path, rate):
        held.append(block)
        count += len(block)
        while count >= full:
            sound = np.concatenate(held)
            yield sound[:full]
            held, count = [sound[full:]], count - full
    if count:
        yield np.concatenate(held)


def load_audio(path: Path, rate: int = SAMPLE_RATE) -> np.ndarray:
    """Decode a whole file to mono float32 [samples] at 8 kHz, or another rate, in [-1, 1]. Raises AudioError."""
    return np.concatenate(list(clips(path, rate)))


def _resampled(path: Path, rate: int) -> Iterator[np.ndarray]:
    """The file's sound as mono float32 blocks at a rate. One of its own that changes midway starts a new resampler."""
    own_rate, resampler = 0, None
    for block_rate, mono in _blocks(path):
        if block_rate != own_rate:
            if resampler is not None:
                yield _tidy(resampler.resample_chunk(np.zeros(0, np.float32), last=True))
            own_rate = block_rate
            resampler = soxr.ResampleStream(own_rate, rate, 1, dtype="float32", quality="HQ")
        assert resampler is not None
        block = resampler.resample_chunk(mono)
        if len(block):
            yield _tidy(block)
    if resampler is None:
        raise AudioError("holds nothing that can be decoded; it is damaged, or not audio")
    yield _tidy(resampler.resample_chunk(np.zeros(0, np.float32), last=True))


def _tidy(block: np.ndarray) -> np.ndarray:
    return np.clip(block, -1.0, 1.0)


def _blocks(path: Path) -> Iterator[tuple[int, np.ndarray]]:
    """(rate, mono float32 [samples]) in blocks of at least _BLOCK samples, as the file's own rate has them.

    Frames are gathered by FFmpeg: those of an .ogg are so short that NumPy would take four times as long as decoding.
    """
    fifo, shape = av.AudioFifo(), None
    for frame in _frames(path):
        if not frame.samples:
            continue
        now = (frame.sample_rate, frame.format.name, frame.layout.name)
        if now != shape:
            if shape and fifo.samples:
                yield shape[0], _mono(_samples(fifo.read()))
            if frame.sample_rate not in _RATES:
                raise AudioError(f"claims a sample rate of {frame.sample_rate} Hz")
            fifo, shape = av.AudioFifo(), now
        frame.pts = None  # damaged files tell times that do not follow each other
        fifo.write(frame)
        if fifo.samples >= _BLOCK:
            yield frame.sample_rate, _mono(_samples(fifo.read()))
    if shape and fifo.samples:
        yield shape[0], _mono(_samples(fifo.read()))


def _frames(path: Path) -> Iterator[av.AudioFrame]:
    """Decoded frames packet by packet, stepping over packets that fail."""
    if not path.is_file():
        raise AudioError("is not there")
    if path.stat().st_size == 0:
        raise AudioError("is empty")
    try:
        # The prefix keeps FFmpeg from taking a name such as "pipe:0.mp3" for an address.
        container = av.open(f"file:{path}", metadata_errors="ignore", options=_one_file_alone())
    except MemoryError:
        raise
    except (av.error.FFmpegError, ValueError, OSError) as error:
        raise AudioError("is not a sound file that FFmpeg can open") from error
    with container:
        if not container.streams.audio:
            raise AudioError("holds no audio stream")
        stream = container.streams.audio[0]
        if stream.codec_context is None:
            raise AudioError("is of a kind that FFmpeg has no decoder for")
        stream.codec_context.thread_type = (
            "NONE"  # songs are decoded side by side; threads inside one only get in the way
        )
        packets = container.demux(stream)
        failures = 0
        while failures < _PATIENCE:
            try:
                frames = next(packets).decode()
                failures = 0
            except StopIteration:
                return
            except MemoryError:
                raise
            except av.error.FFmpegError:
                failures += 1
                continue
            yield from frames


@cache
def _one_file_alone() -> dict[str, str]:
    """What keeps FFmpeg from following a list of other files, or of streams in the network, that is called a song."""
    leads_elsewhere = {"concat", "dash", "hls", "image2", "imf", "lavfi", "rtp", "rtsp", "sap", "sdp"}
    return {"protocol_whitelist": "file", "format_whitelist": ",".join(formats_available - leads_elsewhere)}


def _samples(frame: av.AudioFrame | None) -> np.ndarray:
    """One frame as float32 [channels, samples] in [-1, 1]."""
    assert frame is not None  # a queue gives none only while it is empty
    samples = frame.to_ndarray()
    if not frame.format.is_planar:
        samples = samples.reshape(-1, len(frame.layout.channels)).T
    if samples.dtype.kind == "f":
        samples = samples.astype(np.float32, copy=False)
        return samples if np.isfinite(samples).all() else np.nan_to_num(samples, nan=0.0, posinf=0.0, neginf=0.0)
    full_scale = 2.0 ** (8 * samples.dtype.itemsize - 1)
    middle = full_scale if samples.dtype.kind == "u" else 0.0
    return ((samples - middle) / full_scale).astype(np.float32)


def _mono(channels: np.ndarray) -> np.ndarray:
    """Channels [channels, samples] as one: their mean (swresample's downmix is 1.414 times that).

    Where channels cancel each other, as in songs with one side of the stereo turned upside down, the loudest of them.
    """
    mono = channels.mean(axis=0)
    energies = np.einsum("cs,cs->c", channels, channels)
    return channels[energies.argmax()] if mono @ mono < _CANCELLED * energies.mean() else mono
