"""Whose neighbours are right? Rivals and ours on the same songs: does a song find those of its own folder?

python -m benchmarks.retrieval SONGS --groups A,B,C --out DIR
"""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import click
import numpy as np

from benchmarks.contest import MUSICNN, TENSORFLOW, Rival, contestants, fusions, rivals
from benchmarks.environments import RivalError, interpreter, run, wheel
from benchmarks.listen import SECONDS, read, read_failed
from benchmarks.scoring import as_table, judge
from index.quality import chance
from index.songs import SongsError, scan

ENOUGH = 0.9  # of the songs must be heard by a rival that takes part; the songs it fails on are left out for all
SHIPPED = Path(__file__).parent.parent / "engine" / "weights" / "songboard.safetensors"


@click.command()
@click.argument("songs", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--groups", default="", help="Folders below SONGS, with commas between; default: all.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="What is heard, and the results.")
@click.option("--environments", type=click.Path(path_type=Path), help="Rivals' environments; default: in --out.")
@click.option("--python", default=sys.executable, help="The Python to make them with; musicnn's needs 3.11 or older.")
@click.option("--weights", type=click.Path(path_type=Path, exists=True), multiple=True, default=[SHIPPED],
              help="Checkpoints of ours; may be given several times. Default: the shipped one.")  # fmt: skip
@click.option("--tensorflow", default=3, show_default=True, help="Songs on which musicnn is checked with TensorFlow.")
@click.option("--only", default="", help="Rivals to listen with, with commas between; default: all.")
def main(
    songs: Path, groups: str, out: Path, environments: Path | None, python: str, weights: Sequence[Path],
    tensorflow: int, only: str,
) -> None:  # fmt: skip
    """Rank the songs of each group among all of them, with each rival and with ours, and print one table.

    A group is a folder below SONGS. Rivals listen to the files themselves, one after the other and on one core; a
    second run goes on where the first was stopped, and repeats nothing.
    """
    songs, out = songs.resolve(), out.resolve()
    environments = (environments or out / "environments").resolve()
    environments.mkdir(parents=True, exist_ok=True)
    paths = _asked(songs, groups.split(",") if groups else [])
    hall = Hall(songs, out, environments, python, paths)
    names = ["ours"] if len(weights) == 1 else [f"ours ({path.stem})" for path in weights]
    invited = [rival for rival in rivals(weights, names) if not only or rival.family in only.split(",")]
    taking_part, common = hall.agree([rival for rival in invited if hall.listens(rival)])
    checked = _checked(hall, common[:tensorflow]) if MUSICNN in {rival.name for rival in taking_part} else ""
    if not common:
        raise click.ClickException(f"no song of {songs} was heard by all: {hall.left_out}")
    notes = {
        "left out": hall.left_out,
        "failed": {rival.name: hall.failed(rival) for rival in taking_part},
        "musicnn checked": checked,
    }
    _report({rival: hall.file(rival) for rival in taking_part}, common, out, notes)


@dataclass
class Hall:
    """Where rivals listen to the same songs, one after the other."""

    songs: Path
    out: Path
    environments: Path
    python: str
    paths: Sequence[str]  # below `songs`
    left_out: dict[str, str] = field(default_factory=dict)  # rivals that cannot take part, and why

    def listens(self, rival: Rival) -> bool:
        """Have a rival hear what it has not heard yet; whether it takes part."""
        try:
            self.listen(rival, self.paths)
        except RivalError as error:
            self.left_out[rival.name] = str(error)
        return rival.name not in self.left_out

    def agree(self, rivals: Sequence[Rival]) -> tuple[list[Rival], list[str]]:
        """The rivals that heard nearly all that can be heard, and the songs that all of these heard."""
        failed = {rival: self.failed(rival) for rival in rivals}
        audible = [path for path in self.paths if any(path not in songs for songs in failed.values())]
        taking_part = []
        for rival, songs in failed.items():
            lost = sum(path in songs for path in audible)
            if lost <= (1 - ENOUGH) * len(audible):
                taking_part.append(rival)
            else:
                self.left_out[rival.name] = f"failed on {lost} of {len(audible)} songs"
        return taking_part, [path for path in audible if not any(path in failed[rival] for rival in taking_part)]

    def listen(self, rival: Rival, paths: Sequence[str]) -> None:
        """The same with some songs; raises RivalError."""
        own, arguments = sys.executable, list(rival.arguments)
        if rival.environment:
            own = interpreter(rival.environment, self.environments, self.python)
        if rival.wheel:
            arguments.append(str(wheel(rival.wheel, self.environments)))
        numbers = {path: number for number, path in enumerate(paths, 1)}

        def on_song(path: str) -> None:
            click.echo(f"{rival.name} {numbers[path]}/{len(paths)} {path}", err=True)

        run(own, rival.module, self.songs, self.file(rival), paths, arguments, on_song)

    def failed(self, rival: Rival) -> dict[str, str]:
        """The songs that it failed on, and why."""
        failed = read_failed(self.file(rival))
        return {path: failed[path] for path in self.paths if path in failed}

    def file(self, rival: Rival) -> Path:
        """Where it stands what a rival has heard."""
        return self.out / f"{rival.name}.npz"


def _asked(songs: Path, groups: Sequence[str]) -> list[str]:
    """The songs, as paths below the folder, of the groups asked for."""
    try:
        paths = [path.relative_to(songs) for path in scan(songs)]
    except SongsError as error:
        raise click.UsageError(str(error)) from error
    missing = set(groups) - {path.parts[0] for path in paths}
    if missing:
        raise click.UsageError(f"{songs} has no folder {sorted(missing)[0]!r} with songs in it")
    return [path.as_posix() for path in paths if not groups or path.parts[0] in groups]


def _checked(hall: Hall, paths: Sequence[str]) -> str:
    """How far musicnn's own TensorFlow and our arithmetic are apart on a few songs, as a sentence."""
    if not paths:
        return ""
    try:
        hall.listen(TENSORFLOW, paths)
    except RivalError as error:
        return f"musicnn was not checked with TensorFlow: it {error}."
    theirs, own = read(hall.file(TENSORFLOW)), read(hall.out / f"{MUSICNN}.npz")
    both = [path for path in paths if path in theirs]
    names = [name for name in own[paths[0]] if name != SECONDS]
    apart = max((np.abs(theirs[path][name] - own[path][name]).max() for path in both for name in names), default=np.nan)
    seconds = [np.mean([each[path][SECONDS] for path in both]) for each in (theirs, own)]
    return (
        f"musicnn was checked with TensorFlow on {len(both)} songs: no number is more than {apart:.0e} apart; "
        f"a song took {seconds[0]:.0f} core-seconds there, {seconds[1]:.0f} here."
    )


def _report(heard: Mapping[Rival, Path], paths: Sequence[str], out: Path, notes: dict) -> None:
    """Score, print, and write retrieval.md and retrieval.json."""
    groups = np.array([path.split("/")[0] for path in paths])
    everybody = [each for rival, file in heard.items() for each in contestants(rival, read(file), paths, file)]
    results = judge([*everybody, *fusions(everybody, groups)], groups, MUSICNN)
    facts = [f"{len(paths)} songs in {len(set(groups))} groups; in brackets 95 % intervals, by bootstrap over groups."]
    facts += [f"{name} is left out: it {reason}." for name, reason in notes["left out"].items()]
    facts += [
        f"{name} failed on {path}: {why}." for name, songs in notes["failed"].items() for path, why in songs.items()
    ]
    facts += [notes["musicnn checked"]] if notes["musicnn checked"] else []
    text = "\n".join([as_table(results, chance(groups), MUSICNN), "", *facts, ""])
    asked = everybody[0].answers(groups).index  # not those that are alone in their group
    data = {"songs": list(paths), "asked": asked.tolist(), **notes, "results": [asdict(result) for result in results]}
    (out / "retrieval.md").write_text(text)
    (out / "retrieval.json").write_text(json.dumps(data, indent=1))
    click.echo(text)


if __name__ == "__main__":
    main()
