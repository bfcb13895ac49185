"""One encoder put to the test: what it makes of a library's songs and of excerpts from them, figure by figure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from index.bootstrap import Figure, mean_with_interval
from index.clusters import cluster
from index.embeds import Embeds, Skipped, parts_of
from index.projection import project
from index.quality import Space, agreement, found_first, hubness, on_map, retrieval, stability
from index.whitening import Whitening

MOST_DRAWN = 2000  # songs up to which a map is drawn for an encoder that is only compared
COMPARED = ("p1", "mean_ap")  # figures of which the difference between two encoders is told


@dataclass
class Judged:
    """An encoder, its space of songs, and its figures as they are measured."""

    encoder: Embeds
    whitening: Whitening
    space: Space
    figures: dict[str, Figure] = field(default_factory=dict)
    answers: dict[str, tuple[np.ndarray, np.ndarray]] = field(default_factory=dict)  # of each mean: values and groups

    @classmethod
    def of(cls, encoder: Embeds, raw: np.ndarray, dimensions: int) -> "Judged":
        """The encoder with what it heard, raw vectors [songs, dim], whitened and ranked as a build would."""
        known = np.vstack([encoder.reference.reshape(-1, raw.shape[1]), raw])
        whitening = Whitening.fit(known, dimensions, parts_of(encoder))
        return cls(encoder, whitening, Space.of(whitening.apply(raw)))

    def neighbours(self, groups: np.ndarray, albums: np.ndarray | None = None) -> None:
        """P@1, P@5 and mAP of groups [songs]; with albums [songs], also without songs of the asked one's own."""
        for suffix, barred in {"": None, "_other_albums": albums}.items():
            if not suffix or barred is not None:
                answers = retrieval(self.space, groups, barred)
                for name in answers:
                    self._add(f"{name}{suffix}", answers[name].to_numpy(), groups[answers.index])

    def excerpts(
        self, files: Mapping[int, Mapping[str, Path]], groups: np.ndarray, on_heard: Callable[[], None]
    ) -> None:
        """Whether an excerpt's nearest song is its own: files by row of the song and condition.

        One that the encoder cannot hear is not found.
        """
        vectors = {}
        for heard in self.encoder.embed([file for by_condition in files.values() for file in by_condition.values()]):
            if not isinstance(heard, Skipped):
                vectors[heard.path] = self.whitening.apply(heard.vector[None])[0]
            on_heard()
        songs = np.array(list(files), int)
        for condition in next(iter(files.values()), {}):
            paths = [by_condition[condition] for by_condition in files.values()]
            known = np.array([path in vectors for path in paths])
            right = np.zeros(len(songs), bool)
            if known.any():
                queries = np.stack([vectors[path] for path in paths if path in vectors])
                right[known] = found_first(self.space, queries, songs[known])
            self._add(f"excerpt_{condition}", right, groups[songs])

    def hubs(self) -> None:
        """N10, how often each song stands in the others' lists."""
        self._add_plain(hubness(self.space))

    def map_and_clusters(self, groups: np.ndarray, n: int, library: pd.DataFrame | None = None) -> None:
        """The library's own map and clusters, rows of its table; without, those this encoder would have given.

        Both have n clusters.
        """
        vectors = self.space.vectors
        clusters = cluster(vectors, n) if library is None else library["cluster"].to_numpy()
        self._add_plain({"cluster_ami": agreement(clusters, groups), "cluster_stability": stability(vectors, n)})
        if library is None and len(vectors) > MOST_DRAWN:
            return
        coordinates = project(vectors) if library is None else library[["x", "y", "z"]].to_numpy()
        trustworthiness, kept, rows = on_map(vectors, coordinates)
        self._add_plain({"map_trustworthiness": trustworthiness})
        self._add("map_kept", kept, groups[rows])

    def minus(self, other: "Judged") -> dict[str, Figure]:
        """How much better this encoder is, song by song."""
        pairs = {name: (self.answers[name], other.answers[name][0]) for name in COMPARED}
        return {name: mean_with_interval(own - others, groups) for name, ((own, groups), others) in pairs.items()}

    def _add(self, name: str, answers: np.ndarray, groups: np.ndarray) -> None:
        if len(answers):
            self.figures[name] = mean_with_interval(answers, groups)
            self.answers[name] = answers, groups

    def _add_plain(self, figures: Mapping[str, float]) -> None:
        self.figures |= {name: Figure(value) for name, value in figures.items()}
