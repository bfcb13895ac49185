"""Who takes part, and how what each heard becomes similarities between songs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from benchmarks.listen import PATHS, SECONDS, distances_of
from benchmarks.scoring import Contestant, as_library, fused, rankings
from index.embeds import Part

Variants = Mapping[str, Sequence[str]]  # the vectors that a variant lays side by side, by their names


@dataclass(frozen=True, eq=False)
class Rival:
    """One that listens: its name on disk, its module below benchmarks/rivals, and what it is judged by."""

    name: str
    module: str
    titles: Mapping[str, Variants]  # by title in the table; none where the rival compares songs itself
    environment: str = ""  # rivals/NAME.txt; none where it runs in ours
    arguments: Sequence[str] = ()
    wheel: str = ""  # a package whose file it takes as its last argument
    reference: np.ndarray | None = field(default=None, repr=False)  # [n, dim] of an ear of ours
    parts: Sequence[Part] = ()  # of its vectors

    @property
    def family(self) -> str:
        """What --only names it by."""
        return self.name.partition("-")[0]


def _musicnn(*layers: str) -> Variants:
    networks = {"MTT": ["MTT"], "MSD": ["MSD"], "both networks": ["MTT", "MSD"]}
    return {name: [f"{one} {layer}" for one in each for layer in layers] for name, each in networks.items()}


MUSICNN = "musicnn"
MUSICNN_TITLES = {
    f"{MUSICNN}, mean + max pool": _musicnn("mean pool", "max pool"),
    f"{MUSICNN}, mean pool": _musicnn("mean pool"),
    f"{MUSICNN}, max pool": _musicnn("max pool"),
    f"{MUSICNN}, penultimate": _musicnn("penultimate"),
    f"{MUSICNN}, tags": _musicnn("tags"),
}
TENSORFLOW = Rival("musicnn-tensorflow", "musicnn", {}, "musicnn")

QUICK = (
    Rival("bliss", "bliss", {"bliss-audio": {"": ["analysis"]}}, "bliss"),
    Rival("musly-timbre", "musly", {"musly, timbre": {}}, "musly", ["timbre"]),
    Rival("musly-mandelellis", "musly", {"musly, mandelellis": {}}, "musly", ["mandelellis"]),
)
ESSENTIA = Rival(
    "essentia",
    "essentia",
    {"essentia MusicExtractor": {"all": ["all"], "means and deviations": ["means and deviations"]}},
    "essentia",
)
AS_LIBRARY = "as a library ranks it"


def ours(weights: Sequence[Path], names: Sequence[str]) -> Iterator[Rival]:
    """MFCC, random weights of the first checkpoint's shape, and each checkpoint, under the name given to it."""
    from engine.baseline import MfccEmbedder
    from engine.checkpoint import fingerprint, load_checkpoint

    song = {"": ["song"]}
    yield Rival(f"mfcc-{MfccEmbedder().fingerprint}", "ours", {"MFCC": song}, "", ["mfcc"])
    first = weights[0].resolve()
    yield Rival(f"random-{fingerprint(first)}", "ours", {"random weights": song}, "", ["random", str(first)])
    for path, name in zip(weights, names, strict=True):
        titles = {name: song, f"{name}, without the Transformer": {"": ["mean of segments"]}}
        checkpoint = load_checkpoint(path)
        arguments = ["trained", str(path.resolve())]
        parts, reference = checkpoint.encoder.config.parts, checkpoint.reference.numpy()
        yield Rival(
            f"trained-{fingerprint(path)}", "ours", titles, arguments=arguments, reference=reference, parts=parts
        )


def rivals(weights: Sequence[Path], names: Sequence[str]) -> list[Rival]:
    """All of them, the quick ones first."""
    musicnn = Rival(MUSICNN, "musicnn_torch", MUSICNN_TITLES, wheel="musicnn==0.1.0")
    return [*QUICK, *ours(weights, names), musicnn, ESSENTIA]


def contestants(
    rival: Rival, heard: Mapping[str, Mapping[str, np.ndarray]], paths: Sequence[str], out: Path
) -> Iterator[Contestant]:
    """Every variant of a rival in every way of ranking, on the songs of `paths`, all of which it has heard."""
    seconds = float(np.mean([heard[path][SECONDS] for path in paths]))
    for title, variants in rival.titles.items():
        if not variants:
            yield Contestant(title, "", "its own distance", -_distances(out, paths), seconds)
        for variant, names in variants.items():
            vectors = np.stack([np.concatenate([heard[path][name] for name in names]) for path in paths])
            for ranking, similarity in rankings(vectors).items():
                yield Contestant(title, variant, ranking, similarity, seconds)
    if rival.reference is not None:
        title = next(iter(rival.titles))
        vectors = np.stack([heard[path]["song"] for path in paths])
        similarity = as_library(vectors, rival.reference, rival.parts)
        yield Contestant(f"{title}, {AS_LIBRARY}", "", "whitened, CSLS", similarity, seconds)


def fusions(everybody: Sequence[Contestant], groups: np.ndarray) -> Iterator[Contestant]:
    """Each ear of ours as a library ranks it, its similarities added to those of musicnn's best variant."""
    theirs = [each for each in everybody if each.title.startswith(MUSICNN)]
    if theirs:
        best = max(theirs, key=lambda each: each.answers(groups)["mean_ap"].mean())
        for own in everybody:
            if own.title.endswith(AS_LIBRARY):
                title = f"{own.title.removesuffix(f', {AS_LIBRARY}')} + {best.title}"
                yield Contestant(title, best.variant, "sum of similarities", fused(own.similarity, best.similarity))


def _distances(out: Path, paths: Sequence[str]) -> np.ndarray:
    with np.load(distances_of(out), allow_pickle=False) as arrays:
        rows = {str(path): row for row, path in enumerate(arrays[PATHS])}
        chosen = [rows[path] for path in paths]
        return arrays["distances"][np.ix_(chosen, chosen)]
