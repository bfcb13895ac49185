"""How much memory does a build take? Many songs, or one of ten hours; what the build and its workers hold at most.

python -m benchmarks.memory [--songs 20000] [--hours 10] [--encoder mfcc] [--workspace DIR]
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click
import numpy as np
import soundfile

from tests.fuzz.seeds import song

ROOT = Path(__file__).parents[1]
LENGTH = 8.0  # seconds of a song
EVERY = 0.2  # seconds between two looks


@click.command()
@click.option("--songs", default=20_000, show_default=True, help="Songs in the library.")
@click.option("--hours", default=10.0, show_default=True, help="Length of the one long song; 0 leaves it out.")
@click.option("--encoder", default="mfcc", show_default=True)
@click.option("--workspace", type=click.Path(path_type=Path), help="Where files are made; default: a temporary folder.")
def main(songs: int, hours: float, encoder: str, workspace: Path | None) -> None:
    """Build both with the real command line, and look at what the processes hold five times a second."""
    with tempfile.TemporaryDirectory(dir=workspace, prefix="memory-") as name:
        folder = Path(name)
        told = {}
        if hours:
            told[f"one song of {hours:g} hours"] = measured(
                _long(folder / "long", hours), folder / "library 1", encoder
            )
        if songs:
            told[f"{songs} songs"] = measured(_many(folder / "many", songs), folder / "library 2", encoder)
        print(json.dumps(told, indent=2))


def measured(songs: Path, library: Path, encoder: str) -> dict:
    """Peak resident memory in MB of the build itself and of its largest worker, and how it ended."""
    command = [sys.executable, str(ROOT / "cli.py"), "build-index", str(songs), "--library", str(library)]
    began = time.monotonic()
    most: dict[str, float] = {"build": 0.0, "largest worker": 0.0, "together": 0.0}
    with subprocess.Popen([*command, "--encoder", encoder], stdout=subprocess.PIPE, text=True) as build:
        while build.poll() is None:
            held = {pid: _resident(pid) for pid in [build.pid, *_children(build.pid)]}
            most["build"] = max(most["build"], held.pop(build.pid))
            most["largest worker"] = max([most["largest worker"], *held.values()])
            most["together"] = max(most["together"], most["build"] + sum(held.values()))
            time.sleep(EVERY)
        said = build.stdout.read().splitlines() if build.stdout else []
    minutes = round((time.monotonic() - began) / 60, 1)
    return {name: round(size) for name, size in most.items()} | {"said": said[:1], "minutes": minutes}


def _resident(pid: int) -> float:
    """Resident memory in MB; 0 for a process that is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:"))


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()] + [
            int(child)
            for task in os.listdir(f"/proc/{pid}/task")  # noqa: PTH208
            if task != str(pid)
            for child in Path(f"/proc/{pid}/task/{task}/children").read_text().split()
        ]
    except OSError:
        return []


def _long(folder: Path, hours: float) -> Path:
    """One song of so many hours, as a .flac that grows minute by minute."""
    folder.mkdir(parents=True)
    minute = song(22050, 1, 60.0)
    with soundfile.SoundFile(folder / "long.flac", "w", 22050, 1) as file:
        for number in range(int(hours * 60)):
            file.write(np.roll(minute, 997 * number) * (0.5 + 0.5 * np.sin(number)))
    return folder


def _many(folder: Path, count: int) -> Path:
    """So many different songs, cut from two hundred sounds and mixed."""
    sounds = [song(8000, number, 2 * LENGTH) for number in range(200)]
    rng = np.random.default_rng(0)
    for number in range(count):
        one, other = rng.integers(200, size=2)
        start = rng.integers(int(LENGTH * 8000))
        cut = slice(start, start + int(LENGTH * 8000))
        path = folder / f"artist {number % 500}" / f"{number}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, 0.7 * sounds[one][cut] + 0.3 * sounds[other][cut], 8000)
    return folder


if __name__ == "__main__":
    main()
