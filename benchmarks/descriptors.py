"""What do tempo, key, loudness, brightness and percussiveness cost, next to decoding the songs they describe?

python -m benchmarks.descriptors SONGS
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click
import pandas as pd

from engine.audio import AudioError, clips
from engine.descriptors import describe
from engine.hearing import middle_minute
from engine.segments import segment
from index.songs import scan

Result = TypeVar("Result")

ENOUGH = 0.2  # of the time of decoding: what describing may cost


@click.command()
@click.argument("songs", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--rounds", default=3, show_default=True, help="Of so many measurements of a song, the fastest counts.")
def main(songs: Path, rounds: int) -> None:
    """Decode and describe every song below SONGS, one after the other, and compare the processor time of both."""
    rows = [row for path in scan(songs) if (row := _measure(path, rounds))]
    if not rows:
        raise click.ClickException(f"{songs} holds no song that can be decoded")
    table = pd.DataFrame(rows)
    kinds = table.groupby("kind")[["songs", "minutes", "decoding", "describing"]].sum()
    kinds.loc["all"] = kinds.sum()
    kinds = kinds.astype({"songs": int})
    kinds["ratio"] = kinds["describing"] / kinds["decoding"]
    click.echo(kinds.round({"minutes": 1, "decoding": 2, "describing": 2, "ratio": 3}).to_string())
    bpm = table["bpm"].quantile([0, 0.25, 0.5, 0.75, 1]).round().tolist()
    click.echo(f"\nTempo: {table['bpm'].notna().sum()} of {len(table)} songs, quartiles {bpm} bpm")
    keys = table["initial_key"]
    minor = keys.str.endswith("m").sum()
    click.echo(f"Key: {(keys != '').sum()} of {len(table)} songs, {keys.nunique()} different ones, {minor} minor")
    ratio = kinds.loc["all", "ratio"]
    verdict = "kept" if ratio <= ENOUGH else "not kept"
    click.echo(f"Describing costs {ratio:.0%} of decoding: the limit of {ENOUGH:.0%} is {verdict}.")


def _measure(path: Path, rounds: int) -> dict[str, float | str] | None:
    try:
        decoding, (segments, starts, length) = _seconds(lambda: segment(clips(path)), rounds)
    except (AudioError, OSError) as error:
        click.echo(f"{path.name} {error}", err=True)
        return None
    describing, described = _seconds(lambda: describe(middle_minute(segments, starts)), rounds)
    measured = {"songs": 1, "minutes": length / 60, "decoding": decoding, "describing": describing}
    return measured | {"kind": path.suffix.lower().lstrip(".")} | described


def _seconds(work: Callable[[], Result], rounds: int) -> tuple[float, Result]:
    """The fewest seconds of processor time that a piece of work took, and what it gave."""
    fewest = float("inf")
    for _ in range(rounds):
        begin = time.process_time()
        result = work()
        fewest = min(fewest, time.process_time() - begin)
    return fewest, result


if __name__ == "__main__":
    main()
