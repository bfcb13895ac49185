"""Short songs in every format that can be written here, tagged and with a picture: what the mutations begin with."""

from pathlib import Path

import av
import mutagen.flac
import mutagen.id3
import mutagen.mp4
import numpy as np

from tests import sounds

SECONDS = 2.4
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(2000)
# suffix: codec, rate; what soundfile writes has none
FORMATS: dict[str, tuple[str, int] | None] = {
    "mp3": None,
    "ogg": None,
    "flac": None,
    "wav": None,
    "aiff": None,
    "m4a": ("aac", 22050),
    "mp4": ("alac", 22050),
    "aac": ("aac", 22050),
    "wma": ("wmav2", 22050),
    "webm": ("libopus", 48000),
    "opus": ("libopus", 48000),
    "mka": ("flac", 22050),
    "mp2": ("mp2", 22050),
    "ac3": ("ac3", 44100),
    "eac3": ("eac3", 44100),
    "caf": ("alac", 22050),
    "au": ("pcm_s16be", 22050),
    "tta": ("tta", 22050),
    "wv": ("wavpack", 22050),
    "w64": ("pcm_s16le", 22050),
    "voc": ("pcm_u8", 22050),
    "amr": ("libopencore_amrnb", 8000),
    "rm": ("real_144", 8000),
    "adx": ("adpcm_adx", 22050),
    "aifc": ("pcm_s16be", 22050),
    "g722": ("g722", 16000),
}


def write_seeds(folder: Path) -> dict[str, bytes]:
    """The bytes of one good song by suffix; the files stay in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    seeds = {}
    for number, (suffix, coded) in enumerate(FORMATS.items()):
        path = folder / f"seed.{suffix}"
        tags = {"title": f"Seed {suffix}", "artist": "The Seeds", "album": "Grain", "date": "2001"}
        if coded is None:
            sounds.write(path, song(sounds.RATE, number), **tags)
        else:
            try:
                _encode(path, song(coded[1], number), *coded, tags)
            except (av.error.FFmpegError, ValueError):  # this FFmpeg was built without that encoder
                path.unlink(missing_ok=True)
                continue
        _picture(path)
        seeds[suffix] = path.read_bytes()
    return seeds


def song(rate: int, seed: int, seconds: float = SECONDS) -> np.ndarray:
    """A chord over noise, float32 [samples]."""
    hertz = 200 + 37 * (seed % 40)
    chord = sounds.chord(hertz, 1.5 * hertz, seconds=seconds, rate=rate)
    return chord + 0.3 * sounds.noise(seconds, seed, rate)


def _encode(path: Path, sound: np.ndarray, codec: str, rate: int, tags: dict[str, str]) -> None:
    with av.open(str(path), "w") as container:
        container.metadata.update(tags)
        stream = container.add_stream(codec, rate=rate, layout="mono")
        if codec in ("aac", "wmav2", "ac3", "eac3"):
            stream.bit_rate = 64_000
        frame = av.AudioFrame.from_ndarray(sound[None].astype(np.float32), format="fltp", layout="mono")
        frame.sample_rate = rate
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)


def _picture(path: Path) -> None:
    if path.suffix == ".mp3":
        tags = mutagen.id3.ID3(path)
        tags.add(mutagen.id3.APIC(mime="image/png", data=PICTURE))
        tags.save(path)
    elif path.suffix == ".flac":
        audio = mutagen.flac.FLAC(path)
        cover = mutagen.flac.Picture()
        cover.mime, cover.data = "image/png", PICTURE
        audio.add_picture(cover)
        audio.save()
    elif path.suffix == ".m4a":
        audio = mutagen.mp4.MP4(path)
        audio["covr"] = [mutagen.mp4.MP4Cover(PICTURE, mutagen.mp4.MP4Cover.FORMAT_PNG)]
        audio.save()
