"""How many builds must be killed before one leaves something broken?

python -m benchmarks.kills [--kills 200] [--seed 0] [--workspace DIR]
"""

import json
import tempfile
import time
from collections import Counter
from pathlib import Path

import click

from tests.kills import Builds, Trial


@click.command()
@click.option("--kills", default=200, show_default=True, help="Builds to be killed.")
@click.option("--songs", default=12, show_default=True, help="Songs in the library.")
@click.option("--seed", default=0, show_default=True, help="Another one kills at other instants.")
@click.option("--workspace", type=click.Path(path_type=Path), help="Where files are made; default: a temporary folder.")
def main(kills: int, songs: int, seed: int, workspace: Path | None) -> None:
    """Kill builds at random instants of every step; then the library must answer and the next build end as ever."""
    began = time.monotonic()
    steps: Counter[str] = Counter()
    wrong: list[str] = []
    with tempfile.TemporaryDirectory(dir=workspace, prefix="kills-") as folder, Builds() as builds:
        trial = Trial(Path(folder), builds, songs, seed)
        number = 0
        while steps.total() + len(wrong) < kills:  # a build that was done before its time came does not count
            try:
                if step := trial.kill(number):
                    steps[step] += 1
            except AssertionError as error:
                wrong.append(f"{number}: {error}"[:500])
            number += 1
            if number % 10 == 0:
                print(f"{steps.total()} killed, {len(wrong)} of them left something broken", flush=True)
    told = {"killed": steps.total() + len(wrong), "survived": steps.total(), "died in": dict(steps), "wrong": wrong}
    print(json.dumps(told | {"minutes": round((time.monotonic() - began) / 60, 1)}, indent=2))


if __name__ == "__main__":
    main()
