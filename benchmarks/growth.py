"""What each part costs as the library grows: measured at several sizes, and drawn with the exponent that fits.

python -m benchmarks.growth measure build --songs 1000,10000,100000
python -m benchmarks.growth measure search --songs 1000,10000,100000,1000000
python -m benchmarks.growth draw                               needs: pip install songboard[bench]

Every benchmarks/growth/NAME.json is one plot: {"title", "unit", "machine", "date", "cost": {songs: figure}}. Other
benchmarks may lay theirs beside these.
"""

import json
import os
import platform
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date
from functools import cache
from itertools import product
from pathlib import Path

import click
import numpy as np

from benchmarks.dashboard import measure as measure_page
from benchmarks.made_up import make_library
from benchmarks.made_up_songs import AtOnce, write_songs
from benchmarks.search import K, songs
from index.build import build_library
from index.faiss_index import FaissIndex
from index.projection import project

FIGURES = Path(__file__).with_name("growth")
PICTURE = Path(__file__).parent.parent / "docs" / "growth.png"
ASKED = 300


def search(count: int) -> float:
    """Milliseconds a query, one at a time: the median."""
    made = songs(count + ASKED)
    index = FaissIndex.build(made[:count])
    took = []
    for query in made[count:]:
        began = time.perf_counter()
        index.search(query[None], K)
        took.append(1000 * (time.perf_counter() - began))
    return float(np.median(took))


def draw_map(count: int) -> float:
    """Core-seconds of the map in three dimensions."""
    vectors = songs(count)
    project(vectors[:200])  # compiled once, and kept
    began = time.process_time()
    project(vectors)
    return time.process_time() - began


def build(count: int) -> float:
    """Core-seconds of a build whose listening takes no time: scan, journal, map and all."""
    with tempfile.TemporaryDirectory() as folder:
        write_songs(count, Path(folder) / "songs")
        began = time.process_time()
        build_library(Path(folder) / "songs", AtOnce(), Path(folder) / "library")
        return time.process_time() - began


@cache  # two plots are drawn of it
def page(count: int) -> dict[str, float]:
    """Milliseconds of all that benchmarks.dashboard measures."""
    with tempfile.TemporaryDirectory() as folder:
        make_library(count, Path(folder))
        return measure_page(count, Path(folder), clicks=30)


MEASURES: dict[str, tuple[str, str, Callable[[int], float]]] = {
    "build": ("Build but listening", "core-seconds", build),
    "search": ("Search", "ms a query, median", search),
    "map": ("Map", "core-seconds", draw_map),
    "page": ("Page", "ms until its map is drawn", lambda count: page(count)["page until the map is drawn"]),
    "click": ("Click", "ms until its list, median", lambda count: page(count)["click until the list"]),
}


def exponent(cost: dict[int, float]) -> float:
    """The power of the number of songs that the cost grows with: the slope of its logarithm, by least squares."""
    return float(np.polyfit(np.log(list(cost)), np.log(list(cost.values())), 1)[0])


def read(path: Path) -> dict:
    """One plot, its sizes as numbers in order."""
    plot = json.loads(path.read_text())
    return plot | {"cost": {int(songs): plot["cost"][songs] for songs in sorted(plot["cost"], key=int)}}


@click.group()
def main() -> None:
    """What it costs as it grows."""


@main.command()
@click.argument("names", nargs=-1, required=True, type=click.Choice(list(MEASURES)))
@click.option("--songs", "sizes", default="1000,10000,100000", show_default=True)
def measure(names: Sequence[str], sizes: str) -> None:
    """Measure at these sizes, and keep each figure as it comes; others stay."""
    FIGURES.mkdir(exist_ok=True)
    for name, count in product(names, map(int, sizes.split(","))):
        title, unit, ask = MEASURES[name]
        path = FIGURES / f"{name}.json"
        cost = (read(path)["cost"] if path.exists() else {}) | {count: round(ask(count), 3)}
        machine = f"{os.cpu_count()} cores, {platform.machine()}"
        about = {"title": title, "unit": unit, "machine": machine, "date": f"{date.today():%B %Y}"}
        path.write_text(json.dumps(about | {"cost": cost}, indent=2) + "\n")
        click.echo(f"{count:,} songs: {cost[count]} {unit}")


@main.command()
@click.option("--picture", default=PICTURE, type=click.Path(path_type=Path), show_default=False)
def draw(picture: Path) -> None:
    """Draw all that was measured beside each other, and print it as a table."""
    import matplotlib.pyplot as plt

    plots = [read(path) for path in sorted(FIGURES.glob("*.json"))]
    figure, axes = plt.subplots(1, len(plots), figsize=(3.6 * len(plots), 3), squeeze=False, layout="constrained")
    for plot, axis in zip(plots, axes[0], strict=True):
        cost = plot["cost"]
        axis.loglog(list(cost), list(cost.values()), "o-", color="#3b6ea8")
        axis.set_ylim(min(cost.values()) / 3, 3 * max(cost.values()))  # what hardly grows shall not look as if it did
        axis.set_title(f"{plot['title']}: songs to the {exponent(cost):.2f}", fontsize=10)
        axis.set_xlabel("songs")
        axis.set_ylabel(plot["unit"])
        axis.grid(alpha=0.3)
        figures = ", ".join(f"{songs:,}: {figure:g}" for songs, figure in cost.items())
        click.echo(f"| {plot['title']} | {exponent(cost):.2f} | {figures} {plot['unit']} |")
    figure.savefig(picture, dpi=80)


if __name__ == "__main__":
    main()
