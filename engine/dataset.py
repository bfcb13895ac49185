"""Training songs: decoded once to one flat file of 8 kHz int16, then cut on the device as often as the loop asks."""

import json
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from engine.audio import CLIP_SECONDS, AudioError, clips
from engine.segments import SEGMENT_SAMPLES, SILENCE, spread

MOST_SECONDS = 1200  # of a song; the rest of a long mix teaches little
_FEWEST_CELLS = 4  # segments that a song needs to be learned from: two for each of two views


class DatasetError(Exception):
    """Songs that cannot be trained on; the message says what to do."""


@dataclass(frozen=True)
class TrainingSong:
    """Where a song lies in the flat file; `album` is its folder, whose other songs are never pushed away from it.

    A song that lies in no folder of its own album, but beside all others, is an album by itself.
    """

    path: str
    album: str
    size: int  # bytes and time of the file it came from, to notice when it changes
    changed: float
    offset: int  # samples
    samples: int


class SongDataset:
    """Songs as one int16 tensor on one device."""

    def __init__(self, audio: Tensor, songs: Sequence[TrainingSong], cells: Sequence[np.ndarray]) -> None:
        """audio int16 [samples of all songs]; cells are the starts of each song's segments that are music."""
        self.audio, self.songs, self.cells = audio, songs, cells
        albums = sorted({song.album for song in songs})
        self.albums = torch.tensor([albums.index(song.album) for song in songs], device=audio.device)

    @classmethod
    def of(cls, audio: Tensor, songs: Sequence[TrainingSong]) -> "SongDataset":
        """The songs that have enough music in them; finding out reads all the audio once."""
        found = [(song, _music(audio[song.offset : song.offset + song.samples])) for song in songs]
        kept = [(song, cells) for song, cells in found if len(cells) >= _FEWEST_CELLS]
        return cls(audio, [song for song, _ in kept], [cells for _, cells in kept])

    def __len__(self) -> int:
        return len(self.songs)

    def subset(self, keep: Iterable[int]) -> "SongDataset":
        """The same audio with only some songs."""
        keep = list(keep)
        return SongDataset(self.audio, [self.songs[i] for i in keep], [self.cells[i] for i in keep])

    def split(self, share: float, seed: int) -> tuple["SongDataset", "SongDataset"]:
        """(to learn from, held out): whole albums, drawn at random, until `share` of the songs are held out."""
        order = np.random.default_rng(seed).permutation(sorted({song.album for song in self.songs}))
        held: set[str] = set()
        for album in order:
            if sum(song.album in held for song in self.songs) >= share * len(self):
                break
            held.add(album)
        out = [i for i, song in enumerate(self.songs) if song.album in held]
        return self.subset(set(range(len(self))) - set(out)), self.subset(out)

    def to(self, device: str) -> "SongDataset":
        """The same songs with their audio on a device."""
        return SongDataset(self.audio.to(device), self.songs, self.cells)

    def draw(self, songs: Sequence[int], count: int, samples: int, rng: np.random.Generator) -> Tensor:
        """`count` different moments of each song, off any grid: float32 [songs * count, samples]."""
        begins = []
        for i in songs:
            cells = self.cells[i]
            chosen = rng.choice(cells, count, replace=len(cells) < count)
            jitter = rng.integers(0, SEGMENT_SAMPLES, count)
            latest = max(0, self.songs[i].samples - samples)
            begins += list(self.songs[i].offset + np.clip(chosen + jitter - SEGMENT_SAMPLES // 2, 0, latest))
        return self.cut(begins, samples)

    def grid(self, i: int, most: int) -> Tensor:
        """At most `most` segments of song i spread over it, as the library hears it: float32 [segments, 30000]."""
        cells = self.cells[i][spread(len(self.cells[i]), most)]
        return self.cut(list(self.songs[i].offset + cells), SEGMENT_SAMPLES)

    def cut(self, begins: Sequence[int], samples: int) -> Tensor:
        """Pieces of the flat audio: float32 [begins, samples] in [-1, 1]."""
        last = len(self.audio) - samples
        pieces = [self.audio[(at := max(0, min(int(begin), last))) : at + samples] for begin in begins]
        return torch.stack(pieces).float() / 32767


def decode_songs(
    paths: Sequence[Path], cache: Path, on_progress: Callable[[int, int], None] = lambda done, total: None
) -> tuple[SongDataset, list[tuple[Path, str]]]:
    """Decode songs into cache/songs.int16 unless it holds just these: (dataset on the CPU, skipped files and why)."""
    cache.mkdir(parents=True, exist_ok=True)
    data, index = cache / "songs.int16", cache / "songs.json"
    skipped: list[tuple[Path, str]] = []
    if not _holds(index, paths):
        songs, offset = [], 0
        root = Path(os.path.commonpath([path.parent for path in paths]))
        partial = cache / "songs.int16.partial"
        with partial.open("wb") as file:
            for done, path in enumerate(paths):
                on_progress(done, len(paths))
                try:
                    sound = np.concatenate(list(islice(clips(path), MOST_SECONDS // CLIP_SECONDS)))
                except (AudioError, OSError) as error:
                    skipped.append((path, str(error)))
                    continue
                file.write((sound * 32767).round().astype(np.int16).tobytes())
                stat = path.stat()
                album = path if path.parent == root else path.parent
                songs.append(TrainingSong(str(path), str(album), stat.st_size, stat.st_mtime, offset, len(sound)))
                offset += len(sound)
        partial.replace(data)
        partial.write_text(json.dumps([asdict(song) for song in songs], indent=1))
        partial.replace(index)
    on_progress(len(paths), len(paths))
    songs = [TrainingSong(**row) for row in json.loads(index.read_text())]
    if not songs:
        raise DatasetError("none of the songs could be decoded; training needs music")
    audio = torch.from_numpy(np.memmap(data, np.int16, mode="c"))
    return SongDataset.of(audio, songs), skipped


def _holds(index: Path, paths: Sequence[Path]) -> bool:
    """Whether the cache was made of these files as they are now (files that could not be decoded may be missing)."""
    try:
        rows = [TrainingSong(**row) for row in json.loads(index.read_text())]
        known = {(row.path, row.size, row.changed) for row in rows}
        now = {(str(path), path.stat().st_size, path.stat().st_mtime) for path in paths}
    except (OSError, ValueError, TypeError):
        return False
    return known == now


def _music(audio: Tensor) -> np.ndarray:
    """Starts of a song's whole segments that are not silent: int [segments], in samples from the song's start."""
    whole = len(audio) // SEGMENT_SAMPLES
    pieces = audio[: whole * SEGMENT_SAMPLES].reshape(whole, SEGMENT_SAMPLES)
    levels = [float((piece.float() / 32767).square().mean().sqrt()) for piece in pieces]
    return np.array([i * SEGMENT_SAMPLES for i, level in enumerate(levels) if level > SILENCE], int)
