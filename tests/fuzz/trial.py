"""A folder is built into a library as a user would, and what must hold is held against it."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from index.library import Library
from tests.fuzz.mutate import Seeds, mutant

ROOT = Path(__file__).parents[2]
UNNAMED = re.compile(r"could not be (decoded|given)|no answer|not finite|Error\b|\bErrno\b|0x[0-9a-f]+")


@dataclass
class Verdict:
    """What became of a folder; `wrong` is empty where all is well."""

    files: int = 0
    songs: int = 0
    reasons: dict[str, str] = field(default_factory=dict)  # by file
    wrong: list[str] = field(default_factory=list)


def build(songs: Path, library: Path, *options: str, seconds: float = 600) -> subprocess.CompletedProcess[str]:
    """`build-index` in a process of its own; subprocess.TimeoutExpired where it hangs."""
    command = [
        sys.executable,
        str(ROOT / "cli.py"),
        "build-index",
        str(songs),
        "--library",
        str(library),
        "--encoder",
        "mfcc",
    ]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    return subprocess.run(
        [*command, *options], env=environment, capture_output=True, text=True, errors="replace",
        timeout=seconds, stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip


def mutants(folder: Path, seeds: Seeds, numbers: range, seed: int = 0) -> dict[str, str]:
    """Write the mutants of these numbers into a folder, beside three good songs; what was done, by name."""
    folder.mkdir(parents=True, exist_ok=True)
    ways = {}
    for number in numbers:
        suffix, content, way = mutant(seeds, number, seed)
        name = f"{number}.{suffix}"
        (folder / name).write_bytes(content)
        ways[name] = way
    for number, suffix in enumerate(("ogg", "mp3", "flac")):
        (folder / f"good {number}.{suffix}").write_bytes(seeds[suffix])
    return ways


def judge(
    songs: Path, library: Path, good: set[str], refused: set[str], either: set[str], seconds: float = 600
) -> Verdict:
    """Build the folder: the good come in, the refused are named with a reason, the others do one or the other."""
    verdict = Verdict(files=len(good | refused | either))
    try:
        done = build(songs, library, seconds=seconds)
    except subprocess.TimeoutExpired:
        verdict.wrong.append(f"hung for more than {seconds:.0f} s")
        return verdict
    if done.returncode != 0:
        verdict.wrong.append(f"ended with {done.returncode}: {done.stderr[-1000:]}")
        return verdict
    if "Traceback" in done.stderr + done.stdout:
        verdict.wrong.append(f"a traceback: {done.stderr[-3000:]}")
    shelf = Library.load(library)
    names = set(shelf.songs["path"])
    verdict.songs = len(names)
    verdict.reasons = dict(zip(shelf.skipped["path"], shelf.skipped["reason"], strict=True))
    verdict.wrong += [f"lost: {name!r}, {verdict.reasons.get(name)}" for name in sorted(good - names)]
    verdict.wrong += [f"not refused: {name!r}" for name in sorted(refused - verdict.reasons.keys())]
    verdict.wrong += [f"unaccounted for: {name!r}" for name in sorted(either - names - verdict.reasons.keys())]
    verdict.wrong += [f"in and refused: {name!r}" for name in sorted(names & verdict.reasons.keys())]
    verdict.wrong += [
        f"no sentence: {name!r} {why}" for name, why in verdict.reasons.items() if not why or UNNAMED.search(why)
    ]
    return verdict
