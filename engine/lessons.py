"""What the teacher said of the training songs, segment by segment, and the words that can be learned from it."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from scipy.special import logit
from torch import Tensor
from torch.nn import functional as F

from engine.audio import SAMPLE_RATE, AudioError
from engine.dataset import SongDataset, TrainingSong
from engine.model import ModelConfig
from engine.segments import N_SEGMENTS
from engine.teacher.audible import audible
from engine.teacher.teach import Lesson, Teacher, teach
from engine.vocabulary import WORDS, merge
from engine.words import Words, fit

_FEWEST = 10  # songs
_SUREST = 1e-3  # probabilities nearer to 0 and 1 say nothing more


@dataclass(frozen=True)
class Lessons:
    """The segments that were taught, and for each song's the teacher's tags [cells, 100] and penultimate layer."""

    songs: SongDataset
    tags: list[Tensor]
    penultimate: list[Tensor]  # [cells, 400] a song
    mel: list[Tensor]  # [cells, 187, 96] half precision, what the teacher heard

    def of(self, songs: Iterable[int], cells: Iterable[int]) -> tuple[Tensor, Tensor]:
        """What was said of n segments, each of a song and a cell of it: penultimate [n, 400], tags [n, 100]."""
        pairs = [(int(song), int(cell)) for song, cell in zip(songs, cells, strict=True)]
        penultimate = torch.stack([self.penultimate[song][cell] for song, cell in pairs])
        return penultimate, torch.stack([self.tags[song][cell] for song, cell in pairs])

    def subset(self, keep: list[int]) -> "Lessons":
        """Those of some songs."""
        return Lessons(self.songs.subset(keep), *([kind[i] for i in keep] for kind in self._kinds()))

    def to(self, device: str) -> "Lessons":
        """The same lessons on a device."""
        return Lessons(self.songs.to(device), *([x.to(device) for x in kind] for kind in self._kinds()))

    def _kinds(self) -> tuple[list[Tensor], ...]:
        return self.tags, self.penultimate, self.mel


class Learning(torch.nn.Module):
    """Our segments predict what the teacher made of them: its penultimate layer, at unit variance, and its tags.

    L = mean (W h + b - penultimate)^2 + mean BCE(V h + c, tags), both linear in the segment's own vector h.
    """

    def __init__(self, width: int, lessons: Lessons) -> None:
        super().__init__()
        heard = torch.cat(lessons.penultimate)
        self.register_buffer("mean", heard.mean(0))
        self.register_buffer("spread", heard.std(0) + 1e-3)
        self.mean: Tensor
        self.spread: Tensor
        self.penultimate = torch.nn.Linear(width, heard.shape[1])
        self.tags = torch.nn.Linear(width, lessons.tags[0].shape[1])

    def forward(self, heard: Tensor, penultimate: Tensor, tags: Tensor) -> Tensor:
        """Segments [n, 1024], what the teacher's layers were [n, 400] and [n, 100] -> the loss."""
        told = F.binary_cross_entropy_with_logits(self.tags(heard), tags)
        return F.mse_loss(self.penultimate(heard), self.target(penultimate)) + told

    def target(self, penultimate: Tensor) -> Tensor:
        """The penultimate layer at unit variance: [n, 400]."""
        return ((penultimate - self.mean) / self.spread).clamp(-5, 5)


def take_lessons(
    songs: SongDataset,
    config: ModelConfig,
    teacher: Teacher,
    cache: Path,
    most: int = N_SEGMENTS,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[SongDataset, Lessons]:
    """Have the teacher hear `most` segments of every song: (the songs that it could hear, their lessons).

    A lesson once taken is kept in the folder `cache`, and so is the choice of its segments.
    """
    cache.mkdir(parents=True, exist_ok=True)
    kept: list[int] = []
    taught: list[TrainingSong] = []
    tags, penultimate, mel = [], [], []
    for done, song in enumerate(songs.thinned(most).songs):
        on_progress(done, len(songs))
        file = cache / f"{_key(song, teacher)}.npz"
        if not file.exists():
            try:
                teach(Path(song.path), np.array(song.cells) * config.hop / SAMPLE_RATE, teacher).save(file)
            except AudioError:
                continue
        lesson = Lesson.load(file)
        cells = (lesson.starts * SAMPLE_RATE / config.hop).round().astype(int)
        kept.append(done)
        taught.append(replace(song, cells=cells.tolist()))
        tags.append(torch.from_numpy(lesson.tags).float())
        penultimate.append(torch.from_numpy(lesson.penultimate).float())
        mel.append(torch.from_numpy(lesson.mel))
    on_progress(len(songs), len(songs))
    return songs.subset(kept), Lessons(SongDataset(songs.power, taught, songs.segment_frames), tags, penultimate, mel)


def fit_words(
    heard: list[Tensor], lessons: Lessons, held_heard: list[Tensor], held_lessons: Lessons
) -> tuple[Words | None, dict[str, dict[str, float]]]:
    """Words that read off a segment what the teacher calls it: (words, {word: how well it is heard}).

    heard and held_heard are the taught segments, [cells, dim] a song, of songs to learn from and songs held out. Only
    words that are heard on the held-out songs are kept; on fewer than ten of these, none can be checked.
    """
    if len(held_heard) < _FEWEST:
        return None, {}
    meant = merge(torch.cat(lessons.tags).cpu().numpy())  # [cells of all songs, words]
    every = fit(tuple(WORDS), torch.cat(heard).cpu().numpy(), logit(np.clip(meant, _SUREST, 1 - _SUREST)))
    said = np.stack([every.read(song.cpu().numpy()).mean(0) for song in held_heard])  # [songs, words]
    figures = audible(said, np.stack([merge(song.cpu().numpy()).mean(0) for song in held_lessons.tags]))
    kept = figures.heard()
    names = tuple(name for name, well in zip(WORDS, kept, strict=True) if well)
    rows = zip(WORDS, figures.auc.tolist(), figures.rank.tolist(), kept.tolist(), strict=True)
    told = {name: {"auc": round(auc, 3), "rank": round(rank, 3), "kept": well} for name, auc, rank, well in rows}
    return Words(names, every.weights[kept], every.bias[kept]), told


def _key(song: TrainingSong, teacher: Teacher) -> str:
    named = f"{song.path} {song.size} {song.changed} {teacher.fingerprint} {Lesson.__annotations__.keys()}"
    return hashlib.sha256(named.encode("utf-8", "surrogateescape")).hexdigest()[:20]
