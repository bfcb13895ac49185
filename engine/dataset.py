"""Training songs: decoded once to one flat file of mel power, then cut on the device as often as the loop asks.

Mel power is what every augmentation begins with; kept, it costs half the memory of the sound, and no step pays for it.
"""

import json
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from engine.audio import CLIP_SECONDS, SAMPLE_RATE, AudioError, clips
from engine.model import LogMel, ModelConfig
from engine.segments import SEGMENT_SAMPLES, SILENCE, spread

MOST_SECONDS = 1200  # of a song; the rest of a long mix teaches little
USUAL = ModelConfig()
_FEWEST_CELLS = 4  # segments that a song needs to be learned from: two for each of two views
FAINTEST = 1e-9  # of mel power, so that its logarithm fits into half precision


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
    seconds: float
    offset: int  # frames
    frames: int
    cells: list[int]  # frames from the song's start at which its segments begin that are music


class SongDataset:
    """Songs as one tensor of log mel power, float16 [frames of all songs, bands], on one device."""

    def __init__(self, power: Tensor, songs: Sequence[TrainingSong], segment_frames: int) -> None:
        self.power, self.songs, self.segment_frames = power, songs, segment_frames
        albums = sorted({song.album for song in songs})
        self.albums = torch.tensor([albums.index(song.album) for song in songs], device=power.device)

    def __len__(self) -> int:
        return len(self.songs)

    def subset(self, keep: Iterable[int]) -> "SongDataset":
        """The same file with only some songs."""
        return SongDataset(self.power, [self.songs[i] for i in keep], self.segment_frames)

    def thinned(self, most: int) -> "SongDataset":
        """The same songs with at most `most` segments each, spread over the song."""
        songs = [replace(song, cells=[song.cells[i] for i in spread(len(song.cells), most)]) for song in self.songs]
        return SongDataset(self.power, songs, self.segment_frames)

    def split(self, share: float, seed: int) -> tuple[list[int], list[int]]:
        """Songs (to learn from, held out): whole albums, drawn at random, until `share` of the songs are held out."""
        order = np.random.default_rng(seed).permutation(sorted({song.album for song in self.songs}))
        held: set[str] = set()
        for album in order:
            if sum(song.album in held for song in self.songs) >= share * len(self):
                break
            held.add(album)
        out = [i for i, song in enumerate(self.songs) if song.album in held]
        return sorted(set(range(len(self))) - set(out)), out

    def to(self, device: str) -> "SongDataset":
        """The same songs with their sound on a device."""
        return SongDataset(self.power.to(device), self.songs, self.segment_frames)

    def draw(self, songs: Sequence[int], count: int, frames: int, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
        """`count` different moments of each song, off any grid: (mel power [songs * count, bands, frames], cells).

        A moment's middle lies within a quarter of a segment of the middle of its cell.
        """
        begins, cells = [], []
        for i in songs:
            song = self.songs[i]
            chosen = rng.choice(len(song.cells), count, replace=len(song.cells) < count)
            wander = rng.integers(-self.segment_frames // 4, self.segment_frames // 4 + 1, count)
            first = np.array(song.cells)[chosen] + wander - (frames - self.segment_frames) // 2
            begins += list(song.offset + np.clip(first, 0, max(0, song.frames - frames)))
            cells += list(chosen)
        return self.cut(begins, frames), torch.tensor(cells, device=self.power.device)

    def segments(self, i: int, frames: int = 0) -> Tensor:
        """The segments of song i as the library hears them, or longer: mel power [cells, bands, frames]."""
        return self.cut([self.songs[i].offset + cell for cell in self.songs[i].cells], frames or self.segment_frames)

    def cut(self, begins: Sequence[int], frames: int) -> Tensor:
        """Pieces of the flat file: mel power float32 [begins, bands, frames]."""
        last = len(self.power) - frames
        pieces = [self.power[(at := max(0, min(int(begin), last))) : at + frames] for begin in begins]
        return torch.stack(pieces).float().exp().transpose(1, 2).contiguous()


def decode_songs(
    paths: Sequence[Path],
    cache: Path,
    config: ModelConfig = USUAL,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[SongDataset, list[tuple[Path, str]]]:
    """Decode songs into the folder `cache` unless it holds just these: (dataset on the CPU, skipped files and why).

    Songs with fewer than four segments of music are left out. Raises DatasetError where none is left.
    """
    cache.mkdir(parents=True, exist_ok=True)
    data, index = cache / "songs.float16", cache / "songs.json"
    front = LogMel(config)
    about = {"n_fft": config.n_fft, "hop": config.hop, "bands": config.bands, "range": [config.lowest, config.highest]}
    if not _holds(index, paths, about):
        songs, failed, offset = [], [], 0
        root = Path(os.path.commonpath([path.parent for path in paths]))
        partial = cache / "songs.partial"
        with partial.open("wb") as file:
            for done, path in enumerate(paths):
                on_progress(done, len(paths))
                try:
                    sound = torch.from_numpy(np.concatenate(list(islice(clips(path), MOST_SECONDS // CLIP_SECONDS))))
                except (AudioError, OSError) as error:
                    failed.append((str(path), *_state(path), str(error)))
                    continue
                power = front.power(sound[None])[0].T  # [frames, bands]
                file.write((power + FAINTEST).log().half().numpy().tobytes())
                cells = [at // config.hop for at in _music(sound)]
                album = path if path.parent == root else path.parent
                seconds, (size, changed) = len(sound) / SAMPLE_RATE, _state(path)
                songs.append(TrainingSong(str(path), str(album), size, changed, seconds, offset, len(power), cells))
                offset += len(power)
        partial.replace(data)
        rows = [asdict(song) for song in songs]
        partial.write_text(json.dumps({"front": about, "songs": rows, "skipped": failed}))
        partial.replace(index)
    on_progress(len(paths), len(paths))
    held = json.loads(index.read_text())
    songs = [TrainingSong(**row) for row in held["songs"]]
    kept = [song for song in songs if len(song.cells) >= _FEWEST_CELLS]
    if not kept:
        raise DatasetError("none of the songs could be decoded, or all are too short; training needs music")
    flat = np.memmap(data, np.float16, mode="c").reshape(-1, config.bands)
    skipped = [(Path(path), reason) for path, _, _, reason in held["skipped"]]
    return SongDataset(torch.from_numpy(flat), kept, SEGMENT_SAMPLES // config.hop), skipped


def _holds(index: Path, paths: Sequence[Path], about: dict) -> bool:
    """Whether the cache was made so of these files as they are now."""
    try:
        held = json.loads(index.read_text())
        known = {(row["path"], row["size"], row["changed"]) for row in held["songs"]}
        known |= {(path, size, changed) for path, size, changed, _ in held["skipped"]}
    except (OSError, ValueError, TypeError, KeyError):
        return False
    return held["front"] == about and known == {(str(path), *_state(path)) for path in paths}


def _state(path: Path) -> tuple[int, float]:
    """Size and time of a file's last change; of one that is not there, nothing."""
    try:
        stat = path.stat()
    except OSError:
        return 0, 0.0
    return stat.st_size, stat.st_mtime


def _music(sound: Tensor) -> list[int]:
    """Starts of a song's whole segments that are not silent, in samples from the song's start."""
    whole = len(sound) // SEGMENT_SAMPLES
    levels = sound[: whole * SEGMENT_SAMPLES].reshape(whole, SEGMENT_SAMPLES).square().mean(1).sqrt()
    return [i * SEGMENT_SAMPLES for i, level in enumerate(levels.tolist()) if level > SILENCE]
