"""What was built or measured, as lines for people and as JSON for machines."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from progress import clock

if TYPE_CHECKING:
    from index.bootstrap import Figure
    from index.build import Summary
    from index.evaluation import Evaluation
    from index.library import Library
    from index.underway import Underway

_ROWS = {  # what is shown, in its order; a row without any figure is left out
    "neighbours of the same {labels}": {"p1": "P@1", "p5": "P@5", "mean_ap": "mAP"},
    "the same, own album left out": {
        "p1_other_albums": "P@1",
        "p5_other_albums": "P@5",
        "mean_ap_other_albums": "mAP",
    },
    "a song known again by 8 s of it": {
        "excerpt_clean": "clean",
        "excerpt_mp3": "mp3 at 8 kbit/s",
        "excerpt_noise": "noise at 10 dB",
        "excerpt_equaliser": "equaliser, 9 dB",
        "excerpt_faster": "3 % faster",
        "excerpt_slower": "3 % slower",
    },
    "hubs": {"n10_skew": "N10 skew", "n10_largest": "largest N10", "n10_orphans": "orphans"},
    "map": {"map_trustworthiness": "trustworthiness", "map_kept": "10-NN kept"},
    "clusters": {"cluster_ami": "AMI with {labels}", "cluster_stability": "stability"},
}
_NAMED = 10  # skipped files that a build names; the others are in its table
_WIDTH = 20  # of an encoder's column: "0.71 (0.60 to 0.82)"


def of_build(summary: "Summary") -> str:
    """What a build did: how many in, how many skipped, and the first of these by name."""
    again = f", {summary.remembered} of them heard before" if summary.remembered else ""
    twice = f", {summary.duplicates} the same as another" if summary.duplicates else ""
    skipped = f"{len(summary.skipped)} skipped, {clock(summary.seconds)}"
    lines = [f"{summary.indexed} songs in{again}{twice}, {skipped}."]
    lines += [f"  skipped: {path} {reason}" for path, reason in summary.skipped[:_NAMED]]
    if len(summary.skipped) > _NAMED:
        lines.append("  the others are in skipped.csv, in the library.")
    return "\n".join(lines)


def log_build(summary: "Summary", tell: Callable[..., None]) -> None:
    """The same as events: one for each file that was skipped, and one for the end."""
    for path, reason in summary.skipped:
        tell("skipped", path=path, reason=reason)
    told = {name: value for name, value in vars(summary).items() if name != "skipped"}
    tell("done", **told, skipped=len(summary.skipped))


def of_library(library: "Library", folder: Path) -> str:
    """What a library holds: how many of what, who heard it and how fast, the clusters, and why files were skipped."""
    songs = library.songs
    artists = songs["artist"].replace("", None).nunique()
    kinds = {"song": len(songs), "artist": artists, "cluster": len(library.clusters)}
    kinds |= {"skipped file": len(library.skipped)}
    counts = [f"{n} {kind}{'' if n == 1 else 's'}" for kind, n in kinds.items()]
    lines = [f"{folder}: {', '.join(counts)}, {songs['length'].sum() / 3600:.1f} hours"]
    lines.append(f"heard by {library.encoder} ({library.fingerprint}), built {library.created}")
    if library.store != "files":
        lines.append(f"its vectors are in {library.store}")
    if (listened := library.listened) and listened["songs"]:
        rate = f"{listened['songs_per_second']:.1f} songs/s, on {listened['device']}"
        lines.append(f"the last build listened to {listened['songs']} songs in {clock(listened['seconds'])}, {rate}")
    numbers = songs["cluster"].value_counts()
    lines += [f"  {numbers.get(number, 0):>6}  {name}" for number, name in enumerate(library.clusters)]
    if len(library.skipped):
        lines.append("skipped, because it")
        lines += [f"  {count:>6}  {reason}" for reason, count in _by_reason(library.skipped["reason"])]
    return "\n".join(lines)


def of_underway(building: "Underway") -> str:
    """How far a build is."""
    rate = f", {building.songs_per_second:.1f} songs/s" if building.step == "listen" else ""
    left = "" if building.seconds_left is None else f", {clock(building.seconds_left)} left"
    where = f"{building.step} {building.done}/{building.total}{rate}{left}, on {building.device}"
    return f"being built by process {building.pid}: {where}"


def _by_reason(reasons: Iterable[str]) -> list[tuple[str, int]]:
    """How many files were skipped for each reason, whatever figures it holds, most first."""
    return Counter(re.sub(r"\d+(\.\d+)?", "…", reason) for reason in reasons).most_common()


def as_table(evaluation: "Evaluation") -> str:
    """What was measured, one encoder beside the other, with what it was measured on."""
    return "\n".join(_lines(evaluation))


def as_json(evaluation: "Evaluation") -> str:
    """The same with every digit; an interval that is not known is null."""
    return json.dumps(asdict(evaluation), indent=2)


def _lines(evaluation: "Evaluation") -> Iterator[str]:
    labels, figures = evaluation.labels, evaluation.figures
    width = 2 + max(len(name.format(labels=labels)) for rows in _ROWS.values() for name in rows.values())
    yield (
        f"{evaluation.library}: {evaluation.songs} songs, {evaluation.groups} {labels}s; "
        f"{evaluation.asked} songs share theirs, {evaluation.excerpts} gave excerpts"
    )
    for reason, count in evaluation.left_out.items():
        yield f"left out: {count} {'song' if count == 1 else 'songs'} {reason}"
    yield f"in brackets: 95 % intervals, had there been other {labels}s; by chance P@1 is {evaluation.chance:.2f}"
    yield ""
    yield " " * (width + 2) + "".join(f"{_short(name):<{_WIDTH}}" for name in figures).rstrip()
    for heading, rows in _ROWS.items():
        shown = {key: name for key, name in rows.items() if any(key in one for one in figures.values())}
        if shown:
            yield heading.format(labels=labels)
        for key, name in shown.items():
            cells = "".join(f"{_cell(key, one.get(key)):<{_WIDTH}}" for one in figures.values())
            yield f"  {name.format(labels=labels):<{width}}{cells}".rstrip()
    yield ""
    own = next(iter(figures))
    for other, by in evaluation.differences.items():
        parts = [f"{_ROWS['neighbours of the same {labels}'][key]} {_signed(figure)}" for key, figure in by.items()]
        yield f"{_short(own)} minus {_short(other)}: {', '.join(parts)}"


def _short(encoder: str) -> str:
    """A file of weights by its name alone."""
    return Path(encoder).stem[: _WIDTH - 2]


def _cell(key: str, figure: "Figure | None") -> str:
    if figure is None:
        return "-"
    if key == "n10_largest":
        return f"{figure.value:.0f}"
    interval = "" if figure.low is None else f" ({figure.low:.2f} to {figure.high:.2f})"
    return f"{figure.value:.2f}{interval}"


def _signed(figure: "Figure") -> str:
    interval = "" if figure.low is None else f" ({figure.low:+.2f} to {figure.high:+.2f})"
    return f"{figure.value:+.2f}{interval}"
