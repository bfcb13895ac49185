"""An evaluation as a table for people and as JSON for machines."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index.bootstrap import Figure
    from index.evaluation import Evaluation

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
_WIDTH = 20  # of an encoder's column: "0.71 (0.60 to 0.82)"


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
