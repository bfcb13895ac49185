"""Generated sound for the tests: pure, noisy, rhythmical and broken, and the files it is written to."""

from pathlib import Path

import av
import mutagen
import mutagen.id3
import numpy as np
import soundfile

RATE = 22050  # samples a second of everything made here
ID3_FRAMES = {  # WAV keeps ID3 frames, which mutagen has no easy names for
    "title": mutagen.id3.TIT2,
    "artist": mutagen.id3.TPE1,
    "albumartist": mutagen.id3.TPE2,
    "album": mutagen.id3.TALB,
    "genre": mutagen.id3.TCON,
    "date": mutagen.id3.TDRC,
    "tracknumber": mutagen.id3.TRCK,
}


def tone(hertz: float = 440.0, seconds: float = 2.0, rate: int = RATE) -> np.ndarray:
    """A sine wave at half of full scale, float32 [samples]."""
    return (0.5 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate)).astype(np.float32)


def chord(*hertz: float, seconds: float = 2.0, rate: int = RATE) -> np.ndarray:
    """Several sine waves at once, float32 [samples] within half of full scale."""
    return (sum(tone(each, seconds, rate) for each in hertz) / len(hertz)).astype(np.float32)


def noise(seconds: float = 2.0, seed: int = 0, rate: int = RATE) -> np.ndarray:
    """White noise, float32 [samples] of RMS 0.1."""
    return (0.1 * np.random.default_rng(seed).standard_normal(int(seconds * rate))).astype(np.float32)


def clicks(bpm: float = 120.0, seconds: float = 10.0, rate: int = RATE) -> np.ndarray:
    """A click track: 10 ms of decaying noise on every beat, float32 [samples]."""
    sound = np.zeros(int(seconds * rate), np.float32)
    click = noise(0.01, rate=rate) * 5 * np.linspace(1, 0, int(0.01 * rate), dtype=np.float32)
    for beat in np.arange(0, seconds - 0.02, 60 / bpm):
        start = int(beat * rate)
        sound[start : start + len(click)] += click
    return np.clip(sound, -1, 1)


def silence(seconds: float = 2.0, rate: int = RATE) -> np.ndarray:
    """Nothing, float32 [samples]."""
    return np.zeros(int(seconds * rate), np.float32)


def write(path: Path, sound: np.ndarray, rate: int = RATE, **tags: str | list[str]) -> Path:
    """Write a sound as wav, flac, ogg, mp3 or aiff, by the suffix, with tags named as mutagen's easy names."""
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, sound, rate)
    if tags:
        audio = mutagen.File(path, easy=True)
        if audio.tags is None:
            audio.add_tags()
        for name, value in tags.items():
            if isinstance(audio.tags, mutagen.id3.ID3):
                audio.tags.add(ID3_FRAMES[name](text=value))
            else:
                audio[name] = value
        audio.save()
    return path


def encode(path: Path, sound: np.ndarray, codec: str, rate: int = RATE) -> Path:
    """Write a sound through FFmpeg, for what soundfile cannot write: "aac" into .m4a, "wmav2" into .wma."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, layout="mono")
        stream.bit_rate = 64_000
        frame = av.AudioFrame.from_ndarray(sound[None], format="fltp", layout="mono")
        frame.sample_rate = rate
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)
    return path


def short_songs(folder: Path, count: int) -> Path:
    """So many different songs of 1.2 s, written in no time; the folder."""
    for number in range(count):
        write(folder / f"{number:02}.wav", tone(200 + 90 * number, 1.2) + noise(1.2, number))
    return folder


def broken_files(folder: Path) -> dict[str, Path]:
    """One file of every kind that turns up in real collections and holds no music, by what is wrong with it."""
    folder.mkdir(parents=True, exist_ok=True)
    whole = write(folder / "whole.flac", noise(3.0)).read_bytes()
    (folder / "whole.flac").unlink()
    contents = {
        "empty.mp3": b"",
        "random.ogg": np.random.default_rng(1).bytes(20_000),
        "text.wav": b"This is a shopping list, not a song.\n" * 40,
        "header only.flac": whole[:60],
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    write(folder / "silent.wav", silence())
    return {path.stem: path for path in sorted(folder.iterdir())}


def truncated(path: Path, share: float = 0.5) -> Path:
    """Cut a file off after a share of its bytes, as a broken download leaves it."""
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    return path
