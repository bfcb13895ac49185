"""What the songs of a library are called by their ear: how much of each word is in each of them."""

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from index.embeds import Words

TELLING = 0.05  # nats; a word that tells less is not said
MOST = 4  # words said of a song
READ_AT_ONCE = 8192  # songs, so that memory does not grow with the library


class WordsError(Exception):
    """Words that cannot be read off these vectors or out of a file, or that the library does not know."""


def read(vectors: np.ndarray, words: Words) -> np.ndarray:
    """How much of each word is in each song: raw vectors [songs, dim] to logits, float32 [songs, words].

    Raises WordsError where the words are read off vectors of another length.
    """
    if vectors.ndim != 2 or vectors.shape[1] != words.weights.shape[1]:
        raise WordsError(f"words are read off vectors of {words.weights.shape[1]} numbers; these are {vectors.shape}")
    logits = np.empty((len(vectors), len(words.names)), np.float32)
    for start in range(0, len(vectors), READ_AT_ONCE):
        block = slice(start, start + READ_AT_ONCE)
        logits[block] = vectors[block] @ words.weights.T + words.bias
    return logits


def telling(logits: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """How much each word tells of a song, in nats: p log(p / q), its part in the Kullback-Leibler divergence.

    p is the probability of the word in this song and q the usual one, both as logits [..., words]. A word that is
    everywhere tells nothing, and one that is hardly there tells little, however much rarer it is elsewhere.
    """
    log_p, log_q = -np.logaddexp(0, -np.float64(logits)), -np.logaddexp(0, -np.float64(usual))
    return np.exp(log_p) * (log_p - log_q)


@dataclass(frozen=True)
class WordIndex:
    """The words of an ear and their logits in every song.

    A logit alone says little: "harpsichord" is rare and "guitar" is everywhere. So it is held against what is usual
    among the songs of the library and those the ear learned from: without the latter, the words of a library of three
    songs, or of one style, would say more about chance than about music.
    """

    names: tuple[str, ...]
    weights: np.ndarray  # [words, dim] float32
    bias: np.ndarray  # [words] float32
    usual: np.ndarray  # [words] float32, the mean logit
    spread: np.ndarray  # [words] float32, their standard deviation
    logits: np.ndarray  # [songs, words] float16

    @classmethod
    def build(cls, words: Words, vectors: np.ndarray, reference: np.ndarray) -> Self:
        """Read the songs' raw vectors [songs, dim]; reference [n, dim] are those the ear learned from, n may be 0."""
        logits = read(vectors, words)
        known = np.vstack([read(reference.reshape(-1, vectors.shape[1]), words), logits])
        spread = known.std(axis=0)
        spread[spread < 1e-6] = 1  # no two songs differ in this word, so it tells nothing of any
        weights, bias = np.asarray(words.weights, np.float32), np.asarray(words.bias, np.float32)
        return cls(tuple(words.names), weights, bias, known.mean(axis=0), spread, logits.astype(np.float16))

    def standing_out(self, logits: np.ndarray) -> list[str]:
        """The few words that tell most of a song of these logits [words], best first; there may be none."""
        told = telling(logits, self.usual)
        return [self.names[word] for word in np.argsort(-told, kind="stable")[:MOST] if told[word] >= TELLING]

    def agreement(self, asked: Mapping[int, bool]) -> np.ndarray:
        """How well each song of the library fits what is asked, float64 [songs] between 0 and 1.

        `asked` says of words, by number, whether they shall be there or be missing. The geometric mean of sigmoid(s),
        with s how many spreads the word's logit is above the usual, or below where it shall be missing: 0.5 is a usual
        song, and, other than in the mean of s, a word that fails is not made up for by another there in plenty.
        """
        return np.exp(-np.logaddexp(0, -self._signed(asked)).mean(axis=1))

    def fits(self, asked: Mapping[int, bool]) -> np.ndarray:
        """Which songs have more than usual of every word that shall be there, and less of every other, bool [songs]."""
        return np.all(self._signed(asked) > 0, axis=1)

    def save(self, path: Path) -> None:
        """Write it to one .npz file."""
        np.savez_compressed(path, **{**vars(self), "names": np.array(self.names, str)})

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what save() wrote; WordsError where the file is damaged."""
        try:
            with np.load(path, allow_pickle=False) as arrays:
                loaded = cls(**{name: arrays[name] for name in cls.__dataclass_fields__ if name != "names"},
                             names=tuple(arrays["names"].tolist()))  # fmt: skip
        except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
            raise WordsError(f"{path} is damaged: build the library again") from error
        words = len(loaded.names)
        shapes = [loaded.weights.shape[:1], loaded.bias.shape, loaded.usual.shape, loaded.spread.shape]
        if loaded.weights.ndim != 2 or loaded.logits.shape[1:] != (words,) or shapes != [(words,)] * 4:
            raise WordsError(f"{path} is damaged: build the library again")
        return loaded

    def _signed(self, asked: Mapping[int, bool]) -> np.ndarray:
        """How many spreads above the usual each song is in what is asked, float64 [songs, asked]."""
        words = list(asked)
        signs = np.where(list(asked.values()), 1.0, -1.0)
        return signs * (self.logits[:, words] - self.usual[words]) / self.spread[words]
