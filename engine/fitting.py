"""What is fitted to an ear that has learned: what its filters weigh, its short segments, words and reference."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from engine.banks import explained, fit_share, tell_lessons
from engine.checkpoint import Checkpoint, fit_compact
from engine.dataset import SongDataset
from engine.lessons import Learning, Lessons, fit_words
from engine.model import SongEncoder
from engine.recall import album_figures, hear_power
from engine.recipe import TrainConfig
from engine.words import Words, carry_over


@dataclass(frozen=True)
class Taught:
    """What an ear makes of some songs' lessons: their segments, and what its banks tell of them, where it has any."""

    segments: list[Tensor]  # [cells, 1024] a song
    told: list[Tensor]  # [cells, 400] a song

    @classmethod
    def by(cls, encoder: SongEncoder, lessons: Lessons, config: TrainConfig) -> "Taught":
        """Have the ear hear them."""
        told = tell_lessons(encoder, lessons) if encoder.banks else []
        return cls(_tokens(encoder, lessons.songs, config), told)

    def joined(self, encoder: SongEncoder) -> list[Tensor]:
        """Both in one, whose mean is the song: [cells, dim] a song."""
        if not self.told:
            return self.segments
        return [encoder.join(*song) for song in zip(self.segments, self.told, strict=True)]


def weigh_banks(
    encoder: SongEncoder, learning: Learning, learned: Taught, held: Taught, held_back: Lessons, share: float
) -> dict[str, Any]:
    """Fit how much the banks count in a song's vector; figures on the songs held out."""
    pooled, told = (torch.stack([song.mean(0) for song in part]) for part in (learned.segments, learned.told))
    fit_share(encoder, pooled, told, share)
    vectors = torch.stack([song.mean(0) for song in held.joined(encoder)])
    albums = held_back.songs.albums
    return {
        "banks_r2": explained(held.told, learning, held_back),
        "without_banks": album_figures(vectors[:, : encoder.config.embedding], albums),
        "with_banks": album_figures(vectors, albums),
    }


def fit_ear(
    encoder: SongEncoder, songs: SongDataset, lessons: list[Lessons], taught: list[Taught],
    start: Checkpoint | None, config: TrainConfig,
) -> tuple[Tensor, Words | None, dict[str, dict[str, float]]]:  # fmt: skip
    """Fit an ear to the songs that it learned from: (reference [songs, dim], words, how well each word is heard).

    lessons, and taught, what it makes of them, are of the songs learned from and of those held out; none where nobody
    taught. Words are then carried over from the ear that training began with.
    """
    thin = songs.thinned(config.song_segments)
    fit_compact(encoder, torch.cat([hear_power(encoder, thin.segments(i), config.chunk) for i in range(len(thin))]))
    words = start.words if start else None
    audible: dict[str, dict[str, float]] = {}
    joined = [each.joined(encoder) for each in taught]
    if lessons:
        words, audible = fit_words(joined[0], lessons[0], joined[1], lessons[1])
    elif start and words:
        ears = (start.encoder.to(songs.power.device), encoder)
        words = carry_over(words, *(torch.cat(_tokens(ear, thin, config)).cpu().numpy() for ear in ears))
    if encoder.banks and start and not lessons:  # what they would tell of these songs is not known here
        return start.reference, words, audible
    heard = joined[0] if encoder.banks else _tokens(encoder, thin, config)
    return torch.stack([song.mean(0) for song in heard]).cpu(), words, audible


@torch.no_grad()
def _tokens(encoder: SongEncoder, songs: SongDataset, config: TrainConfig) -> list[Tensor]:
    """Each song's segments as the Transformer leaves them, whose mean is the song: [segments, 1024] a song."""
    tokens = []
    for i in range(len(songs)):
        heard = hear_power(encoder, songs.segments(i), config.chunk)[None]
        tokens.append(encoder.transformer(heard, torch.ones(heard.shape[:2], dtype=torch.bool, device=heard.device))[0])
    return tokens
