"""The seam to everything that listens: what an encoder gives, and the face it shows."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np


@runtime_checkable
class Embedding(Protocol):
    """What an encoder heard in one song."""

    @property
    def path(self) -> Path: ...
    @property
    def vector(self) -> np.ndarray: ...  # [dim] float32, the raw song vector
    @property
    def starts(self) -> np.ndarray: ...  # [segments] float32, seconds into the song
    @property
    def segments(self) -> np.ndarray: ...  # [segments, d] float16, unit length
    @property
    def length(self) -> float: ...  # seconds of audio in the file
    @property
    def peaks(self) -> np.ndarray: ...  # [<= 1200] uint8, the loudest of each equal slice of the song: its waveform
    @property
    def descriptors(self) -> Mapping[str, float | str]: ...  # what a person can name: see build.DESCRIPTORS


@runtime_checkable
class Skipped(Protocol):
    """A file that gave no embedding, and why; `isinstance(result, Skipped)` tells it from an Embedding."""

    @property
    def path(self) -> Path: ...
    @property
    def reason(self) -> str: ...  # a fragment of a sentence, such as "holds no audio"


@runtime_checkable
class Words(Protocol):
    """What an encoder can call a song: logits = vectors @ weights.T + bias, one a word."""

    @property
    def names(self) -> tuple[str, ...]: ...
    @property
    def weights(self) -> np.ndarray: ...  # [words, dim] float32
    @property
    def bias(self) -> np.ndarray: ...  # [words] float32


@runtime_checkable
class Embeds(Protocol):
    """An encoder: files in, a stream of embeddings out."""

    @property
    def name(self) -> str: ...
    @property
    def fingerprint(self) -> str: ...  # hex; changes with the weights and with everything else that changes a vector
    @property
    def device(self) -> str: ...  # "cpu", "cuda"
    @property
    def segment_seconds(self) -> float: ...  # how long the sound is that each segment's vector was heard in
    @property
    def reference(self) -> np.ndarray: ...  # [n, dim] float32, vectors of the songs it was trained on; n may be 0
    @property
    def words(self) -> Words | None: ...  # None: it has none

    def embed(self, paths: Iterable[Path], longest: float = math.inf) -> Iterator[Embedding | Skipped]:
        """One result a path, in any order; a bad file gives Skipped and never an exception.

        So does one of more than `longest` seconds, without being decoded to its end.
        """
        ...

    def waveforms(self, paths: Iterable[Path]) -> Iterator[tuple[Path, np.ndarray]]:
        """The peaks of each file, uint8 [<= 1200], in any order, without listening; none for a bad one."""
        ...


class Part(Protocol):
    """Numbers side by side in a vector that were heard in one way, and how songs are compared by them."""

    @property
    def dimensions(self) -> int: ...
    @property
    def power(self) -> float: ...  # of its spread that each principal axis is divided by: 0 is PCA, 1 whitening
    @property
    def weight(self) -> float: ...  # in the similarity of two songs


@runtime_checkable
class HasParts(Protocol):
    """An encoder that hears in several ways, and lays what each gives side by side in its song vectors."""

    @property
    def parts(self) -> Sequence[Part]: ...  # () where there is but one


def parts_of(encoder: Embeds) -> Sequence[Part]:
    """The parts of an encoder's song vectors; none where it says nothing of them."""
    return encoder.parts if isinstance(encoder, HasParts) else ()


@runtime_checkable
class Speaks(Protocol):
    """An encoder that can be asked in sentences, too: they lie in the space of its segments."""

    def say(self, text: str) -> np.ndarray:
        """A sentence as a vector, float32 [d], unit length."""
        ...
