"""What a person would call a song, read off its vector."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Words:
    """One linear reading a word: vectors [songs, dim] become logits [songs, words] by vectors @ weights.T + bias.

    Raises ValueError where names, weights and bias are not of one length.
    """

    names: tuple[str, ...]
    weights: np.ndarray  # [words, dim] float32
    bias: np.ndarray  # [words] float32

    def __post_init__(self) -> None:
        if self.weights.ndim != 2 or not len(self.names) == len(self.weights) == len(self.bias):
            shapes = f"weights {self.weights.shape} and bias {self.bias.shape}"
            raise ValueError(f"{len(self.names)} words need as many weights and biases; there are {shapes}")

    def read(self, vectors: np.ndarray) -> np.ndarray:
        """The words of vectors [n, dim] as logits [n, words]."""
        return vectors @ self.weights.T + self.bias


_RIDGE = 0.01  # of the mean variance of the vectors


def fit(names: tuple[str, ...], vectors: np.ndarray, logits: np.ndarray) -> Words:
    """Words that read `logits` [n, words] off `vectors` [n, dim] as nearly as a straight line can: ridge regression.

    Being linear, the reading of a mean is the mean of the readings: what is fitted on segments reads songs.
    """
    x, y = vectors.astype(np.float64), logits.astype(np.float64)
    mean, level = x.mean(0), y.mean(0)
    covariance = (x - mean).T @ (x - mean)
    covariance += _RIDGE * np.trace(covariance) / len(mean) * np.eye(len(mean))
    weights = np.linalg.solve(covariance, (x - mean).T @ (y - level)).T  # [words, dim]
    return Words(names, weights.astype(np.float32), (level - weights @ mean).astype(np.float32))


def carry_over(words: Words, before: np.ndarray, after: np.ndarray) -> Words:
    """Words for an ear that hears the same segments otherwise than before [n, dim], and is to call them the same.

    What the words read besides, in the numbers behind those, stays.
    """
    heard, besides = np.split(words.weights, [before.shape[1]], axis=1)
    fitted = fit(words.names, after, before @ heard.T + words.bias)
    return Words(words.names, np.hstack([fitted.weights, besides]), fitted.bias)
