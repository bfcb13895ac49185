"""Composes the demo songs and writes them, tagged, to a folder."""

import multiprocessing
import os
import signal
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from pathlib import Path

import mutagen
import numpy as np
import soundfile
from mutagen.id3 import TALB, TBPM, TCON, TDRC, TIT2, TKEY, TPE1, TRCK

from engine.demo.score import Song
from engine.demo.songs import SONGS


class DemoError(Exception):
    """The demo songs cannot be written."""


def perform(song: Song) -> np.ndarray:
    """The song as sound, the same on every call: float32 [samples, 2] at SAMPLE_RATE."""
    from engine.demo.styles import STYLES  # slow to import, and only who plays needs it

    return STYLES[song.style](song, np.random.default_rng(zlib.crc32(song.title.encode())))


def tag(path: Path, song: Song) -> None:
    """Writes a song's tags as its format wants them: Vorbis comments or ID3 frames."""
    tags = {
        "title": (TIT2, song.title),
        "artist": (TPE1, song.artist),
        "album": (TALB, song.album),
        "genre": (TCON, song.genre),
        "date": (TDRC, str(song.year)),
        "tracknumber": (TRCK, str(song.track)),
        "bpm": (TBPM, str(song.bpm)),
        "initialkey": (TKEY, song.key),
    }
    audio = mutagen.File(path)
    if audio.tags is None:
        audio.add_tags()
    for name, (frame, text) in tags.items():
        if song.extension in ("flac", "ogg"):
            audio.tags[name] = text
        else:
            audio.tags.add(frame(encoding=3, text=text))
    audio.save()


def place(song: Song, destination: Path) -> Path:
    """Where a song's file belongs: destination/artist/album/NN title."""
    return destination / song.artist / song.album / f"{song.track:02d} {song.title}.{song.extension}"


def record(song: Song, destination: Path) -> None:
    """Composes one song into its place, where it appears only once it is complete."""
    from engine.demo.synthesis import SAMPLE_RATE

    path = place(song, destination)
    unfinished = path.with_name(f".{path.name}.part")  # hidden, so that nobody scans it
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        sound = perform(song)
        try:
            with soundfile.SoundFile(unfinished, "w", SAMPLE_RATE, 2, format=song.extension.upper()) as file:
                for start in range(0, len(sound), SAMPLE_RATE):  # libsndfile crashes on minutes of Vorbis in one write
                    file.write(sound[start : start + SAMPLE_RATE])
            tag(unfinished, song)
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
    except (OSError, soundfile.LibsndfileError, mutagen.MutagenError) as error:
        raise DemoError(f"Cannot write {path} ({error}): choose a folder that has room for it.") from error


def _each_recorded(songs: Sequence[Song], destination: Path) -> Iterator[None]:
    """Records songs, on every core where there is more than one of each, and yields after each."""
    play: Callable[[Song], None] = partial(record, destination=destination)
    workers = min(os.cpu_count() or 1, len(songs))
    if workers < 2:
        yield from map(play, songs)
        return
    # A forked child of a process with threads may hang, a fresh one cannot; Ctrl-C is for the parent to hear.
    context, deaf = multiprocessing.get_context("spawn"), (signal.SIGINT, signal.SIG_IGN)
    with ProcessPoolExecutor(workers, context, initializer=signal.signal, initargs=deaf) as pool:
        try:
            yield from pool.map(play, songs)
        except BrokenProcessPool as error:
            raise DemoError("A composing process was killed: run again, the songs written so far are kept.") from error


def compose(
    destination: Path,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
    songs: Iterable[Song] = SONGS,
) -> list[Path]:
    """Composes the demo songs into a folder, as artist/album/NN title, and returns their paths in the order of `songs`.

    The samples are the same on every run; songs already there are kept. `on_progress` hears (done, total) after each.
    Raises DemoError when the folder cannot be written.
    """
    songs = list(songs)
    missing = [song for song in songs if not place(song, destination).exists()]
    done = len(songs) - len(missing)
    if done:
        on_progress(done, len(songs))
    for _ in _each_recorded(missing, destination):
        done += 1
        on_progress(done, len(songs))
    return [place(song, destination) for song in songs]
