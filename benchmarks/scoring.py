"""Every contestant ranked and measured the same way. Pure: similarities and groups in, figures and a table out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from index.bootstrap import Figure, mean_with_interval
from index.embeds import Part
from index.quality import Space, retrieval
from index.whitening import Whitening

FIGURES = {"p1": "P@1", "p5": "P@5", "mean_ap": "mAP"}
COMPARED = ("p1", "mean_ap")  # of which the difference stands in the table
DECIDES = "mean_ap"  # the figure by which a contestant's best variant is chosen


@dataclass(frozen=True)
class Contestant:
    """One way of comparing songs; those of one title are variants, of which the best counts."""

    title: str
    variant: str
    ranking: str
    similarity: np.ndarray  # [songs, songs]
    seconds: float | None = None  # core-seconds a song

    def answers(self, groups: np.ndarray) -> pd.DataFrame:
        """A row a song asked: does it find its own group [songs]? See index.quality.retrieval()."""
        return retrieval(_Compared(self.similarity, np.zeros(len(groups))), groups)


@dataclass(frozen=True)
class Result:
    """What a contestant has reached."""

    title: str
    variant: str
    ranking: str
    best: bool  # of its title
    seconds: float | None
    figures: dict[str, Figure]
    differences: dict[str, Figure]  # song by song, to the best of those to beat; empty where there are none
    answers: dict[str, list[float]]  # what the figures are means of: a number a song asked


class _Compared(Space):
    """Songs that are compared already: the vector of a song is its row of similarities."""

    def similarities(self, queries: np.ndarray) -> np.ndarray:
        return queries


def rankings(vectors: np.ndarray) -> dict[str, np.ndarray]:
    """The ways in which vectors [songs, dim] may be compared, as similarities [songs, songs].

    The first is how such features are usually compared; the others are how a library of ours does it, with the
    figures as they are and brought to one scale.
    """
    scaled = z_scored(vectors)
    return {
        "z-scored, cosine": cosine(scaled),
        "whitened, CSLS": as_library(vectors),
        "z-scored, whitened, CSLS": as_library(scaled),
    }


def z_scored(vectors: np.ndarray) -> np.ndarray:
    """Each column with mean 0 and deviation 1, [songs, dim] float64; what is the same for all songs is left out."""
    vectors = np.asarray(vectors, np.float64)
    spread = vectors.std(axis=0)
    varies = spread > 1e-9 * np.abs(vectors).max(axis=0, initial=0)
    return (vectors - vectors.mean(axis=0))[:, varies] / spread[varies]


def cosine(vectors: np.ndarray) -> np.ndarray:
    """Cosines [songs, songs]."""
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return unit @ unit.T


def as_library(vectors: np.ndarray, reference: np.ndarray | None = None, parts: Sequence[Part] = ()) -> np.ndarray:
    """Similarities as a library ranks by: whitened, hubs held back; `reference` [n, dim] helps fit the axes."""
    known = vectors if reference is None else np.vstack([reference, vectors])
    space = Space.of(Whitening.fit(known, parts=parts).apply(vectors))
    return space.similarities(space.vectors)


def fused(*similarities: np.ndarray) -> np.ndarray:
    """The sum of similarities [songs, songs], each brought to mean 0 and deviation 1 over pairs of songs."""
    pairs = ~np.eye(len(similarities[0]), dtype=bool)
    return np.sum([(each - each[pairs].mean()) / each[pairs].std() for each in similarities], axis=0)


def judge(contestants: Sequence[Contestant], groups: np.ndarray, against: str) -> list[Result]:
    """Each contestant with its figures, 95 % intervals over groups [songs], and paired differences to those to beat.

    Their titles begin with `against`; for each figure it is the highest of all their variants, whichever that is.
    """
    return compare([(contestant, contestant.answers(groups)) for contestant in contestants], groups, against)


def compare(pairs: Sequence[tuple[Contestant, pd.DataFrame]], groups: np.ndarray, against: str) -> list[Result]:
    """The same where each contestant has answered: a row a song asked, and its index is the song's among `groups`."""
    to_beat = [own for contestant, own in pairs if contestant.title.startswith(against)]
    highest = {name: max((own[name] for own in to_beat), key=np.mean) for name in FIGURES if to_beat}
    best: dict[str, int] = {}
    for i, (contestant, own) in enumerate(pairs):
        leader = best.setdefault(contestant.title, i)
        if own[DECIDES].mean() > pairs[leader][1][DECIDES].mean():
            best[contestant.title] = i
    return [
        Result(
            contestant.title,
            contestant.variant,
            contestant.ranking,
            best[contestant.title] == i,
            contestant.seconds,
            {name: _mean(own[name], groups) for name in FIGURES},
            {name: _mean(own[name] - theirs, groups) for name, theirs in highest.items()},
            {name: own[name].tolist() for name in FIGURES},
        )
        for i, (contestant, own) in enumerate(pairs)
    ]


def as_table(results: Sequence[Result], by_lot: float, against: str) -> str:
    """The best variant of each title as a markdown table, with the P@1 that chance would give."""
    names = [*FIGURES.values(), *(f"{FIGURES[name]} − {against}" for name in COMPARED), "core-s a song"]
    lines = ["| | compared by | " + " | ".join(names) + " |", "| --- | --- |" + " --- |" * len(names)]
    for result in (result for result in results if result.best):
        cells = [f"{result.title} ({result.variant})" if result.variant else result.title, result.ranking]
        cells += [_with_interval(result.figures[name]) for name in FIGURES]
        cells += [_with_interval(result.differences.get(name), "+") for name in COMPARED]
        cells.append("" if result.seconds is None else f"{result.seconds:.1f}")
        lines.append("| " + " | ".join(cells) + " |")
    lines.append(f"| chance | | {by_lot:.2f} |" + " |" * (len(names) - 1))
    return "\n".join(lines)


def _mean(values: pd.Series, groups: np.ndarray) -> Figure:
    return mean_with_interval(values.to_numpy(), groups[values.index])


def _with_interval(figure: Figure | None, sign: str = "") -> str:
    if figure is None:
        return ""
    value = f"{figure.value:{sign}.2f}"
    return value if figure.low is None else f"{value} ({figure.low:{sign}.2f} to {figure.high:{sign}.2f})"
