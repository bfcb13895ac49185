"""Does a dashboard lose anything when many use it at once, while its library is built again and again?

python -m benchmarks.load --minutes 10
"""

import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np
import pandas as pd
import soundfile

from benchmarks.visitors import Browser, Diary, drop, stall

ROOT = Path(__file__).resolve().parent.parent
LIMIT = 100 * 2**20  # bytes of a dropped track
LONG = 120  # seconds of the song over which listeners stall, 20 MB: more than any socket holds
HELD = "is being built by another process"


@dataclass(frozen=True)
class Load:
    """How many of what, at once."""

    seconds: float
    browsers: int = 50
    stalled: int = 16
    droppers: int = 3  # of a track as large as may be
    small_droppers: int = 3
    pause: float = 5  # seconds between two tracks of one who drops


@dataclass(frozen=True)
class Outcome:
    """What came of it."""

    diary: Diary
    builds: int  # new generations shown
    refused_builds: int  # second builds on the same library, which said that another holds it
    memory: float  # MB that the dashboard took at most
    log: str  # what the dashboard complained of


def carry(songs: Path, library: Path, load: Load) -> Outcome:
    """Serve the library of a folder of songs, use it as `load` says, and build it again all the while."""
    write_long_song(songs / "long.wav", LONG)
    build(songs, library)
    diary = Diary()
    with tempfile.TemporaryDirectory() as folder, served(library) as (port, process, log):
        largest, small = Path(folder) / "largest.wav", Path(folder) / "small.wav"
        write_long_song(largest, seconds_of(LIMIT))
        write_long_song(small, 5)
        long_song = number_of(library, "long.wav")
        browsers = [Browser(port, diary, seed) for seed in range(load.browsers)]
        start_all([(browser.open, ()) for browser in browsers], join=True)
        until = time.monotonic() + load.seconds
        builds, refused = [0], [0]
        threads = start_all(
            [
                *((browser.browse, (until,)) for browser in browsers),
                *((stall, (port, long_song, diary, until)) for _ in range(load.stalled)),
                *((drop, (port, largest, load.pause, diary, until)) for _ in range(load.droppers)),
                *((drop, (port, small, load.pause, diary, until)) for _ in range(load.small_droppers)),
                (rebuild, (songs, library, builds, refused, diary, until)),
            ]
        )
        memory = 0.0
        while any(thread.is_alive() for thread in threads):
            memory = max(memory, resident(process.pid))
            if process.poll() is not None:
                diary.complain(f"the dashboard ended with {process.returncode}")
                break
            time.sleep(0.5)
        for thread in threads:
            thread.join()
        complaints = log.read_text()
    return Outcome(diary, builds[0], refused[0], memory, complaints)


def start_all(visits: list[tuple[Callable[..., None], Any]], join: bool = False) -> list[threading.Thread]:
    """Do all of that at once, and wait for the end of it where `join` says so."""
    threads = [threading.Thread(target=visit, args=arguments) for visit, arguments in visits]
    for thread in threads:
        thread.start()
    for thread in threads if join else []:
        thread.join()
    return threads


def rebuild(songs: Path, library: Path, builds: list[int], refused: list[int], diary: Diary, until: float) -> None:
    """Add a song, build; take it away, build; and let a second build try at the same time."""
    added = songs / "added.wav"
    while time.monotonic() < until:
        added.unlink() if added.exists() else write_long_song(added, 3)
        first, second = (start_build(songs, library) for _ in range(2))
        for process in (first, second):
            _, said = process.communicate()
            if process.returncode == 0:
                builds[0] += 1
            elif process.returncode == 3 and HELD in said:
                refused[0] += 1
            else:
                diary.complain(f"a build ended with {process.returncode}: {said[-300:]}")


def start_build(songs: Path, library: Path) -> subprocess.Popen[str]:
    """Start building, with the fastest ear there is."""
    command = [sys.executable, "cli.py", "build-index", songs, "--library", library, "--encoder", "mfcc"]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def build(songs: Path, library: Path) -> None:
    """Build, and wait for it."""
    process = start_build(songs, library)
    _, said = process.communicate()
    if process.returncode:
        raise click.ClickException(said)


@contextmanager
def served(library: Path) -> Iterator[tuple[int, subprocess.Popen[str], Path]]:
    """A dashboard in a process of its own: its port, the process and the file of its log."""
    with tempfile.NamedTemporaryFile("w", suffix=".log") as log:
        command = [sys.executable, "-m", "dashboard", "--library", library, "--port", "0"]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            assert process.stdout is not None
            found = re.search(r":(\d+)/", process.stdout.readline())
            if found is None:
                raise click.ClickException(Path(log.name).read_text())
            yield int(found[1]), process, Path(log.name)
        finally:
            process.terminate()
            process.communicate()


def number_of(library: Path, name: str) -> int:
    """The id of the song in the file of this name."""
    current = re.search(r'"generation": "([^"]+)"', (library / "library.json").read_text())
    assert current is not None
    songs = pd.read_csv(library / current[1] / "clusters.csv")
    return int(songs["id"][songs["path"] == name].iloc[0])


def seconds_of(size: int) -> float:
    """How long a .wav of a size in bytes is, its header left out."""
    return (size - 44) / 4 / 44_100


def write_long_song(path: Path, seconds: float) -> None:
    """Noise that swells, in stereo at 44.1 kHz, under its name when it is whole."""
    unfinished = path.with_suffix(".unfinished")
    frames, rng = int(seconds * 44_100), np.random.default_rng(int(seconds))
    with soundfile.SoundFile(unfinished, "w", 44_100, 2, "PCM_16", format="WAV") as file:
        for start in range(0, frames, 441_000):
            count = min(441_000, frames - start)
            file.write(0.1 * rng.standard_normal((count, 1)).repeat(2, axis=1) * (1 + (start // 441_000) % 3))
    unfinished.replace(path)


def resident(pid: int) -> float:
    """MB of memory a process has now; 0 where the system does not say."""
    try:
        found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    except OSError:
        return 0.0
    return int(found[1]) / 1024 if found else 0.0


def latencies(diary: Diary) -> pd.DataFrame:
    """Seconds by kind of request: how many there were, and the percentiles of the wait."""
    rows = {
        kind: [len(times), *np.percentile(times, [50, 95, 99, 100]).round(3)] for kind, times in diary.seconds.items()
    }
    return pd.DataFrame.from_dict(rows, "index", columns=["requests", "p50", "p95", "p99", "most"]).astype(
        {"requests": int}
    )


@click.command()
@click.option("--minutes", default=10.0, show_default=True)
@click.option("--browsers", default=50, show_default=True)
@click.option("--stalled", default=16, show_default=True, help="Listeners who take nothing of what they ask for.")
@click.option("--songs", type=click.Path(path_type=Path, file_okay=False), help="Songs, which are copied; else made.")
def main(minutes: float, browsers: int, stalled: int, songs: Path | None) -> None:
    """Use a dashboard for some minutes, and say what was lost and how long people waited."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if songs:
            shutil.copytree(songs, folder / "songs")
        else:
            subprocess.run([sys.executable, "cli.py", "demo", folder / "songs"], cwd=ROOT, check=True)
        outcome = carry(folder / "songs", folder / "library", Load(60 * minutes, browsers, stalled))
    diary = outcome.diary
    click.echo(latencies(diary).to_string())
    click.echo(
        "\n" + ", ".join(f"{kind} {status}: {count}" for (kind, status), count in sorted(diary.statuses.items()))
    )
    click.echo(
        f"{outcome.builds} builds, {outcome.refused_builds} second ones refused, {outcome.memory:.0f} MB at most."
    )
    click.echo(f"The dashboard's log: {outcome.log or 'nothing'}")
    click.echo(f"Lost or wrong: {len(diary.troubles)}")
    for trouble in diary.troubles[:20]:
        click.echo(f"  {trouble}")
    raise SystemExit(bool(diary.troubles))


if __name__ == "__main__":
    main()
