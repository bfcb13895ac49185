"""A small library of generated songs, built once for all the tests that look at one."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

import sounds
from spectrum import SpectrumEmbedder, Words

from index.build import BuildOptions, build_library
from index.library import Library

HOSTILE = "<b>Bold</b> & <a href='http://example.com'>linked</a>"
ARTISTS = {"The Tones": 220.0, "Björk Noise": 0.0, "": 440.0}


def write_songs(folder: Path, seconds: float = 2.0) -> Path:
    """Twelve songs: four tones, four noises, four chords whose artist is unknown; one title is a trap."""
    for number in range(4):
        for artist, hertz in ARTISTS.items():
            pitch = hertz * 2 ** (number / 12)
            sound = sounds.chord(pitch, 1.5 * pitch, seconds=seconds) if hertz else sounds.noise(seconds, number)
            title = HOSTILE if number == 3 and not artist else f"{artist or 'Chord'} {number + 1}"
            tags = {"title": title, "album": "Pure" if hertz else "Rough", "date": "2001"}
            if artist:
                tags["artist"] = artist
            sounds.write(folder / (artist or "unknown") / f"{number}.ogg", sound, **tags)
    return folder


def write_library(folder: Path, seconds: float = 2.0, words: Words | None = None) -> Library:
    """The library of those songs, by an ear that knows these words."""
    build_library(
        write_songs(folder / "songs", seconds),
        SpectrumEmbedder(words=words),
        folder / "library",
        BuildOptions(clusters=3),
    )
    return Library.load(folder / "library")


@cache
def library() -> Library:
    """The same library for the whole session; nobody writes to it."""
    folder = Path(tempfile.mkdtemp(prefix="songboard-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return write_library(folder)


def titled(title: str) -> int:
    """The id of the song with this title."""
    songs = library().songs
    return int(songs.index[songs["title"] == title][0])
