"""How fast we and our rivals analyse the same songs, on every core: python -m benchmarks.pace SONGS --out DIR"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # as the entry points set it

import shutil
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import click
import numpy as np

from benchmarks.build import decode_all
from benchmarks.contest import ESSENTIA, MUSICNN, QUICK, Rival
from benchmarks.environments import RivalError, interpreter, run, wheel
from benchmarks.whole_build import whole_build
from index.songs import scan

CORES = os.cpu_count() or 1
SLOW = (Rival(MUSICNN, "musicnn_torch", {}, wheel="musicnn==0.1.0"), ESSENTIA)


class Course:
    """Songs to be analysed, and where what comes of it may lie."""

    def __init__(self, songs: Path, out: Path, environments: Path, python: str) -> None:
        self.songs, self.out, self.environments, self.python = songs.resolve(), out, environments, python
        self.paths = scan(self.songs)

    def rival(self, rival: Rival, every: int) -> float:
        """How many times real time a rival analyses every so-manieth song, in a process a core. Raises RivalError.

        The clock starts with the first song: what it takes to import TensorFlow is not analysis.
        """
        paths = self.paths[::every]
        shares = [[str(path.relative_to(self.songs)) for path in paths[core::CORES]] for core in range(CORES)]
        python = interpreter(rival.environment, self.environments, self.python) if rival.environment else sys.executable
        arguments = [*rival.arguments, *([str(wheel(rival.wheel, self.environments))] if rival.wheel else [])]
        begun: list[float] = []

        def analyse(core: int) -> None:
            out = self.out / f"{rival.name}-{core}.npz"
            out.unlink(missing_ok=True)
            run(
                python, rival.module, self.songs, out, shares[core], arguments, lambda _: begun.append(time.monotonic())
            )

        with ThreadPoolExecutor(CORES) as pool:
            list(pool.map(analyse, range(CORES)))
        ended = time.monotonic()
        _, sound = decode_all(list(paths), CORES)
        return sound / (ended - min(begun))

    def ours(self) -> tuple[float, float]:
        """How many times real time all songs are decoded, and are made a library: workers' start, map and all."""
        alone, sound = decode_all(list(self.paths), CORES)
        return sound / alone, sound / whole_build(self.songs, (self.out / "library").resolve())["whole"]


def table(paces: Sequence[tuple[str, float]], own: float) -> str:
    """Markdown: how many times real time, and how many times as fast we are."""
    lines = ["| | ours is … × as fast | × real time |", "| --- | --- | --- |"]
    return "\n".join(lines + [f"| {name} | {own / pace:.2f} | {pace:.0f} |" for name, pace in paces])


@click.command(help=__doc__)
@click.argument("songs", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="A folder for what is made.")
@click.option("--environments", type=click.Path(path_type=Path), help="Rivals' environments; default: in --out.")
@click.option("--python", default=sys.executable, help="The Python to make them with.")
@click.option("--slow", default=6, show_default=True, help="musicnn and essentia hear every so-manieth song only.")
def main(songs: Path, out: Path, environments: Path | None, python: str, slow: int) -> None:
    """One after the other."""
    environments = (environments or out / "environments").resolve()
    environments.mkdir(parents=True, exist_ok=True)
    course = Course(songs, out, environments, python)
    first = course.ours()
    paces = []
    for rival, every in [(QUICK[0], 1), *((each, slow) for each in SLOW)]:
        try:
            paces.append((rival.name, course.rival(rival, every)))
        except RivalError as error:
            click.echo(f"{rival.name} {error}")
    decoding, own = np.mean([first, course.ours()], axis=0)  # before and after: a busy minute strikes both
    shutil.rmtree(out / "library", ignore_errors=True)
    click.echo(table([("decoding alone", decoding), ("**ours**", own), *paces], own))


if __name__ == "__main__":
    main()
