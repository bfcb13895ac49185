"""From the vectors an encoder gives to those a library is searched by: centred, whitened in part, of unit length."""

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from index.embeds import Part

FITTED_ON = 20_000  # vectors at most: the principal axes of a thousand numbers need no more
TOO_FEW = 8  # below this many vectors the mean and the axes say more about chance than about music
NEGLIGIBLE = 1e-6  # a spread of less than this share is a rounding error
APPLIED_AT_ONCE = 8192  # vectors, so that memory does not grow with the library


class WhiteningError(Exception):
    """Vectors that cannot be whitened, or a whitening that cannot be read."""


@dataclass(frozen=True)
class Whitening:
    """What was learnt from a library's vectors, and can be done to any other vector of its encoder.

    A vector x becomes (x - mean) @ projection, scaled to unit length. The projection holds the principal axes, each
    divided by the square root of its singular value: halfway between PCA, which leaves a few wide axes to decide every
    similarity, and whitening, which makes noise as loud as music. It raises the neighbours' purity and tames the hubs
    that centring alone leaves (Schnitzer et al. 2012, "Local and global scaling reduce hubs in space").

    Where an encoder says of which parts its vectors are made, each part is first whitened by itself, as far as it
    bears, and weighed; x is then what all of them gave, side by side, and is only turned into its principal axes. So
    the similarity of two songs is about the weighted mean of what each says, however far out one of them lies in it.
    """

    mean: np.ndarray  # [dim] float32, or of all axes of the parts
    projection: np.ndarray  # [len(mean), k] float32
    parts: tuple["Whitening", ...] = ()
    weights: tuple[float, ...] = ()  # of each part

    @property
    def dimensions(self) -> int:
        """How many numbers the vectors have that it takes."""
        return sum(part.dimensions for part in self.parts) or len(self.mean)

    @classmethod
    def fit(cls, vectors: np.ndarray, dimensions: int = 256, parts: Sequence[Part] = ()) -> Self:
        """Learn from `vectors` [n, dim] a space of k <= dimensions axes, no more than they span.

        Fewer than 8 vectors, or vectors that are all alike, span too little to learn from: they keep their own axes
        (k = dim) and are only scaled to unit length. Raises WhiteningError for no vectors, for values that are not
        finite, and for parts that are not the vector.
        """
        vectors = _checked(vectors)
        if not vectors.size:
            raise WhiteningError("there are no vectors to fit the whitening on: index at least one song")
        n, dim = vectors.shape
        sample = vectors[np.linspace(0, n - 1, min(n, FITTED_ON)).astype(int)].astype(np.float64)
        if not parts or n < TOO_FEW:
            return cls._axes(sample, dimensions, 0.5)
        if sum(part.dimensions for part in parts) != dim:
            raise WhiteningError(f"the encoder's parts do not make up its {dim} numbers: it is of another version")
        slices = np.split(sample, np.cumsum([part.dimensions for part in parts])[:-1], axis=1)
        own = tuple(cls._axes(rows, dimensions, part.power) for rows, part in zip(slices, parts, strict=True))
        weights = tuple(part.weight for part in parts)
        joint = cls._axes(_beside(sample, own, weights).astype(np.float64), dimensions, 0)
        return cls(joint.mean, joint.projection, own, weights)

    @classmethod
    def _axes(cls, sample: np.ndarray, dimensions: int, power: float) -> Self:
        """The principal axes of `sample` [n, dim] float64, each divided by that power of its singular value."""
        from sklearn.decomposition import PCA  # slow to import, and only a build fits

        n, dim = sample.shape
        spread = np.linalg.norm(sample - sample.mean(axis=0))
        if n < TOO_FEW or spread <= NEGLIGIBLE * np.linalg.norm(sample):
            return cls(np.zeros(dim, np.float32), np.eye(dim, dtype=np.float32))
        # Both solvers are exact and turn each axis so that its largest loading is positive: two fits agree in sign.
        pca = PCA(min(dimensions, *sample.shape), svd_solver="covariance_eigh" if len(sample) > dim else "full")
        singular = pca.fit(sample).singular_values_
        kept = singular > NEGLIGIBLE * singular[0]
        projection = pca.components_[kept].T * singular[kept] ** -power
        return cls(pca.mean_.astype(np.float32), projection.astype(np.float32))

    def apply(self, vectors: np.ndarray) -> np.ndarray:
        """Take `vectors` [n, dim] into the space of the library: float32 [n, k], rows of unit length.

        A vector of which nothing is left (zero among few, or the very mean) stays zero: it is like no song. Raises
        WhiteningError for vectors of another length and values that are not finite.
        """
        vectors = _checked(vectors)
        if vectors.shape[1] != self.dimensions:
            raise WhiteningError(f"whitening takes vectors of {self.dimensions} numbers; these have {vectors.shape[1]}")
        whitened = np.zeros((len(vectors), self.projection.shape[1]), np.float32)
        for start in range(0, len(vectors), APPLIED_AT_ONCE):
            block = slice(start, start + APPLIED_AT_ONCE)
            given = _beside(vectors[block], self.parts, self.weights) if self.parts else vectors[block]
            rows = (given.astype(np.float64) - self.mean) @ self.projection
            length = np.linalg.norm(rows, axis=1, keepdims=True)
            np.divide(rows, length, out=rows, where=length > 0)
            whitened[block] = rows
        return whitened

    def save(self, path: Path) -> None:
        """Write it to one .npz file, whole or not at all."""
        unfinished = Path(path).with_name(Path(path).name + ".unfinished")
        try:
            with unfinished.open("wb") as file:
                np.savez_compressed(file, allow_pickle=False, **self._arrays())
            unfinished.replace(path)
        except OSError as error:
            unfinished.unlink(missing_ok=True)
            raise WhiteningError(f"{path} cannot be written: {error.strerror}") from error

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what save() wrote; WhiteningError where the file is missing or damaged."""
        try:
            with np.load(path, allow_pickle=False) as arrays:
                weights = tuple(map(float, arrays.get("weights", ())))
                parts = tuple(cls(arrays[f"mean_{i}"], arrays[f"projection_{i}"]) for i in range(len(weights)))
                loaded = cls(arrays["mean"], arrays["projection"], parts, weights)
        except FileNotFoundError as error:
            raise WhiteningError(f"{path} is missing: build the library again") from error
        except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
            raise WhiteningError(f"{path} is damaged: build the library again") from error
        beside = sum(part.projection.shape[-1] for part in parts) or len(loaded.mean)
        if not all(part._fits() for part in (loaded, *parts)) or beside != len(loaded.mean):
            raise WhiteningError(f"{path} is damaged: build the library again")
        return loaded

    def _arrays(self) -> dict[str, np.ndarray]:
        """What is saved, by name."""
        arrays = {"mean": self.mean, "projection": self.projection}
        for i, part in enumerate(self.parts):
            arrays |= {f"mean_{i}": part.mean, f"projection_{i}": part.projection}
        return arrays | ({"weights": np.array(self.weights)} if self.parts else {})

    def _fits(self) -> bool:
        return self.mean.ndim == 1 and self.projection.ndim == 2 and len(self.mean) == len(self.projection)


def _beside(vectors: np.ndarray, parts: Sequence[Whitening], weights: Sequence[float]) -> np.ndarray:
    """Each part of `vectors` [n, dim] in its own axes, with unit length times the root of its weight, side by side."""
    slices = np.split(vectors, np.cumsum([part.dimensions for part in parts])[:-1], axis=1)
    whitened = [np.sqrt(weight) * part.apply(rows) for part, rows, weight in zip(parts, slices, weights, strict=True)]
    return np.hstack(whitened)


def _checked(vectors: np.ndarray) -> np.ndarray:
    """The vectors, once it is sure that they are a table of finite numbers."""
    vectors = np.asarray(vectors)
    if vectors.ndim != 2:
        raise WhiteningError(f"whitening takes a table of vectors, [n, dim], not {vectors.ndim} dimensions")
    broken = np.flatnonzero(~np.isfinite(vectors).all(axis=1))
    if len(broken):
        raise WhiteningError(f"row {broken[0]} holds a value that is not a finite number")
    return vectors
