"""A listener's taste: what likes, skips and "not this" teach, as a low-rank change of the similarity."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from index.vectors import VectorIndex

KINDS = {"like": 0.1, "not": 0.1, "skip": 0.05}  # what a choice may be, and how strongly it may count at most
MOST = 500  # choices kept, the latest
AMONG = 20  # songs that a choice was made among
MARGIN = 0.5  # by which the better song of a choice shall be nearer than the other, in cosine
PASSES = 3
FARTHEST = 1.0  # a question is never moved by more than its own length: it stays a question for that song


@dataclass(frozen=True)
class Choice:
    """A song liked, not wanted or skipped, where the songs like another one were asked for."""

    kind: str  # of KINDS
    song: str  # the hash of its content
    of: str | None = None  # that of the song asked about; None where there was none of the library


@dataclass(frozen=True)
class Metric:
    """The learned similarity of a question q and a song x, q·x + Σ (q·asked + 1) (towards·x): a low-rank change.

    The 1 is what a choice says of every question, q·asked what it says of those like its own.
    """

    asked: np.ndarray  # [choices, dim] unit rows
    towards: np.ndarray  # [choices, dim]

    @classmethod
    def fit(cls, choices: Sequence[Choice], rows: Mapping[str, int], index: VectorIndex) -> Self | None:
        """Learn from choices about the songs of an index, `rows` by their hashes; None where it knows none of them.

        Each choice is a triplet: a question, the better song and the worse. The one that was not chosen is the mean of
        those judged the other way at the same question or, where there are none, of the songs that it was chosen among.
        Some passive-aggressive steps over them (Chechik et al. 2010, "Large scale online learning of image similarity
        through ranking", OASIS), on questions with a constant 1 added.
        """
        known = [choice for choice in choices if choice.song in rows]
        if not known:
            return None
        songs = [rows[choice.song] for choice in known]
        questions = [rows.get(choice.of or choice.song, song) for choice, song in zip(known, songs, strict=True)]
        liked = np.array([choice.kind == "like" for choice in known])
        asked, chosen = (index.vectors(np.array(each, int)).astype(np.float64) for each in (questions, songs))
        others = _others(questions, songs, liked, asked, chosen, index)
        towards = np.where(liked[:, None], chosen - others, others - chosen)
        strength = _strengths(asked, towards, np.array([KINDS[choice.kind] for choice in known]))
        return cls(asked, strength[:, None] * towards)

    def bend(self, query: np.ndarray) -> np.ndarray:
        """The question whose cosines order songs as this metric does: unit rows [dim] in and out."""
        shift = (self.asked @ query + 1) @ self.towards
        shift *= min(1.0, FARTHEST / max(float(np.linalg.norm(shift)), 1e-9))
        bent = query + shift
        length = float(np.linalg.norm(bent))
        return (bent / length).astype(np.float32) if length > 1e-6 else query


def chosen(choices: Sequence[Choice], choice: Choice) -> tuple[Choice, ...]:
    """The latest choices with this one: what was said of the same song at the same question before is taken back."""
    return (*without(choices, choice.song, choice.of), choice)[-MOST:]


def without(choices: Sequence[Choice], song: str, of: str | None) -> tuple[Choice, ...]:
    """The choices but that about a song at a question."""
    return tuple(each for each in choices if (each.song, each.of) != (song, of))


def _others(
    questions: list[int], songs: list[int], liked: np.ndarray, asked: np.ndarray, chosen: np.ndarray, index: VectorIndex
) -> np.ndarray:
    """What each song was chosen over, or passed over for: [choices, dim]."""
    at = np.array(questions)
    near, _ = index.search(asked.astype(np.float32), AMONG + 1)
    among = (near >= 0) & (near != at[:, None]) & (near != np.array(songs)[:, None])  # [choices, 21]
    found, places = np.unique(near[among], return_inverse=True)
    share = np.zeros((len(songs), len(found)))
    share[np.nonzero(among)[0], places] = 1
    others = share @ index.vectors(found) / np.maximum(share.sum(axis=1, keepdims=True), 1)
    for i, question in enumerate(questions):
        judged = (at == question) & (liked != liked[i])
        if judged.any():
            others[i] = chosen[judged].mean(axis=0)
        elif not among[i].any():
            others[i] = asked[i]
    return others


def _strengths(asked: np.ndarray, towards: np.ndarray, most: np.ndarray) -> np.ndarray:
    """How strongly each triplet counts, [choices], from 0 to `most` [choices]: until its margin is kept."""
    alike, along = asked @ asked.T + 1, towards @ towards.T
    at_first = (asked * towards).sum(axis=1)
    strength = np.zeros(len(asked))
    for _ in range(PASSES):
        for i in range(len(asked)):
            lacking = MARGIN - at_first[i] - (strength * alike[i]) @ along[i]
            step = lacking / max(alike[i, i] * along[i, i], 1e-9)
            strength[i] = min(most[i], strength[i] + max(0.0, step))
    return strength
