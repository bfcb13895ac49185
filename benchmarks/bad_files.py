"""How many broken files does it take to break a build? Mutants by the thousand go through the real `build-index`.

python -m benchmarks.bad_files [--files 10000] [--archives 2000] [--seed 0] [--workspace DIR]
"""

import json
import re
import shutil
import tempfile
import time
from collections import Counter
from pathlib import Path

import click

from tests.fuzz import archives, hostile, trial
from tests.fuzz.seeds import write_seeds

BATCH = 1000  # files a build


@click.command()
@click.option("--files", default=10_000, show_default=True, help="Mutated files.")
@click.option("--archives", "zips", default=2000, show_default=True, help="Mutated .zip archives.")
@click.option("--seed", default=0, show_default=True, help="Another one makes other mutants.")
@click.option("--workspace", type=click.Path(path_type=Path), help="Where files are made; default: a temporary folder.")
def main(files: int, zips: int, seed: int, workspace: Path | None) -> None:
    """Build library after library out of mutants: each must come in or be refused by name, and nothing may break."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(dir=workspace, prefix="bad-files-") as name:
        folder = Path(name)
        seeds = write_seeds(folder / "seeds")
        told = {"files": _files(folder, seeds, files, seed), "archives": _archives(folder, seeds["mp3"], zips, seed)}
    told["minutes"] = round((time.monotonic() - began) / 60, 1)
    print(json.dumps(told, indent=2, ensure_ascii=False))


def _files(folder: Path, seeds: dict[str, bytes], files: int, seed: int) -> dict:
    reasons: Counter[str] = Counter()
    ways: Counter[str] = Counter()
    judged = songs = good_songs = 0
    wrong: list[str] = []
    longest = 0.0
    for first in range(0, files, BATCH):
        batch = folder / f"batch {first}"
        good, refused = hostile.plant(batch / "songs" / "odd", seeds["ogg"], folder / "no song.txt")
        good, refused = ({f"odd/{name}" for name in names} for names in (good, refused))
        made = trial.mutants(batch / "songs", seeds, range(first, min(files, first + BATCH)), seed)
        good |= {f"good {number}.{suffix}" for number, suffix in enumerate(("ogg", "mp3", "flac"))}
        started = time.monotonic()
        verdict = trial.judge(batch / "songs", batch / "library", good, refused, set(made), seconds=3600)
        longest = max(longest, time.monotonic() - started)
        judged += len(made)
        good_songs += len(good)
        songs += verdict.songs - len(good)
        wrong += verdict.wrong
        reasons.update(re.sub(r"\d[\d.]*", "N", why) for name, why in verdict.reasons.items() if name in made)
        ways.update(made.values())
        print(f"{judged} files, {len(wrong)} wrong, {longest:.0f} s the longest build of {BATCH}", flush=True)
        shutil.rmtree(batch)
    return {
        "mutants": judged,
        "came in": songs,
        "refused": dict(reasons.most_common()),
        "good songs beside them": good_songs,
        "ways": dict(ways),
        "wrong": wrong,
    }


def _archives(folder: Path, song: bytes, zips: int, seed: int) -> dict:
    wrong: list[str] = []
    unpacked: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    for number in range(zips):
        content, way = archives.archive(song, number, seed)
        try:
            sentence = archives.attempt(content, folder / "archive")
            (refused if sentence else unpacked)[way] += 1
        except Exception as error:  # whatever it is, it is what we are looking for
            wrong.append(f"{number} ({way}): {type(error).__name__}: {error}")
        shutil.rmtree(folder / "archive")
    return {"archives": zips, "unpacked": dict(unpacked), "refused": dict(refused), "wrong": wrong}


if __name__ == "__main__":
    main()
