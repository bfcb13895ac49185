"""Do the figures hold for other seeds? Each held out other soundtracks, and is judged on those.

python -m benchmarks.seeds DIR DIR DIR        # --out of benchmarks.retrieval, one a seed
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np
import pandas as pd

from benchmarks.contest import AS_LIBRARY, MUSICNN
from benchmarks.scoring import FIGURES, Contestant, Result, as_table, compare
from index.quality import chance

Key = tuple[str, str, str]  # title, variant and ranking of a contestant


@click.command()
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, file_okay=False))
def main(folders: Sequence[Path]) -> None:
    """Pool what `benchmarks.retrieval` measured in several FOLDERS, one a seed, and print it as one table.

    A rival's best variant is the one with the highest mAP over all seeds. Intervals are by bootstrap over groups, and a
    group that several seeds held out is drawn as one.
    """
    runs = [json.loads((folder / "retrieval.json").read_text()) for folder in folders]
    results = pool(runs)
    by_lot = np.average([chance(_groups(run)) for run in runs], weights=[len(run["asked"]) for run in runs])
    click.echo(as_table(results, float(by_lot), MUSICNN))
    click.echo("\n" + by_seed([folder.name for folder in folders], runs, results))


def pool(runs: Sequence[dict[str, Any]]) -> list[Result]:
    """The contestants that every run has, over the songs that any asked; to beat is musicnn."""
    answers = [_answers(run) for run in runs]
    groups = np.concatenate([_groups(run)[run["asked"]] for run in runs])
    pairs = []
    for key in (key for key in answers[0] if all(key in run for run in answers)):
        both = pd.concat([run[key] for run in answers], ignore_index=True)
        pairs.append((Contestant(*key, similarity=np.empty((0, 0))), both))
    return compare(pairs, groups, MUSICNN)


def by_seed(names: Sequence[str], runs: Sequence[dict[str, Any]], results: Sequence[Result]) -> str:
    """P@1 and mAP of each seed for each contestant that counts, as a markdown table."""
    counted = [each for each in results if each.best and (each.title.endswith(AS_LIBRARY) or "ours" not in each.title)]
    lines = ["| | songs, groups | " + " | ".join(each.title for each in counted) + " |"]
    lines.append("| --- | --- |" + " --- |" * len(counted))
    for name, run in zip(names, runs, strict=True):
        own = _answers(run)
        cells = [f"{len(run['songs'])}, {len(set(_groups(run)))}"]
        for each in counted:
            told = own[(each.title, each.variant, each.ranking)]
            cells.append(f"{told['p1'].mean():.2f}, {told['mean_ap'].mean():.2f}")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _answers(run: dict[str, Any]) -> dict[Key, pd.DataFrame]:
    """A row a song asked, for each contestant."""
    return {
        (each["title"], each["variant"], each["ranking"]): pd.DataFrame(each["answers"])[list(FIGURES)]
        for each in run["results"]
    }


def _groups(run: dict[str, Any]) -> np.ndarray:
    return np.array([song.split("/")[0] for song in run["songs"]])


if __name__ == "__main__":
    main()
