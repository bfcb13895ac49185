"""An environment of its own for every rival, made when it is needed, and rivals run in it."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.listen import read, read_failed, write_failed

ROOT = Path(__file__).parent.parent
CRASHES = {signal.SIGILL, signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE}
PATIENCE = 3  # crashes at the first songs, after which a rival is taken not to run here at all
ONE_THREAD = dict.fromkeys(["OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"], "1")


class RivalError(Exception):
    """A rival that cannot take part; the message says why."""


def interpreter(name: str, folder: Path, python: str) -> str:
    """The interpreter of a rival's environment, which holds what rivals/NAME.txt pins; made unless it is there."""
    pinned = ROOT / "benchmarks" / "rivals" / f"{name}.txt"
    home = folder / name
    installed, own = home / "installed.txt", str(home / "bin" / "python")
    if not installed.exists() or installed.read_text() != pinned.read_text():
        _quietly([python, "-m", "venv", "--clear", str(home)])
        # What musicnn asks for no longer exists, hence --no-deps: the files name all that is needed.
        _quietly([own, "-m", "pip", "install", "--no-deps", "--requirement", str(pinned)])
        installed.write_text(pinned.read_text())
    return own


def wheel(requirement: str, folder: Path) -> Path:
    """The file that a package is published as, fetched unless it is there."""
    name = requirement.replace("==", "-")
    if not (found := list(folder.glob(f"{name}-*.whl"))):
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--dest", str(folder), requirement]
        _quietly(command)
        found = list(folder.glob(f"{name}-*.whl"))
    return found[0]


def run(
    python: str, module: str, songs: Path, out: Path, paths: Sequence[str], arguments: Sequence[str],
    on_song: Callable[[str], None],
) -> None:  # fmt: skip
    """Have a rival listen to what it has not heard yet; a song that ends its process is noted and passed over.

    Raises RivalError where it does not run at all.
    """
    command = [python, "-W", "ignore", "-m", "benchmarks.listen", module, str(songs), str(out), *arguments]
    before = read_failed(out)
    crashes = 0
    while True:
        with (
            out.with_suffix(".log").open("w") as log,
            subprocess.Popen(
                command, cwd=ROOT, env=os.environ | ONE_THREAD, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
            ) as process,
        ):  # fmt: skip
            assert process.stdin and process.stdout
            process.stdin.write("\n".join(paths))
            process.stdin.close()
            song = ""
            for line in process.stdout:
                if (line := line.rstrip("\n")) in paths:  # rivals print, too
                    on_song(song := line)
        if process.returncode == 0:
            return
        ended_by = -process.returncode
        if not song or ended_by not in CRASHES:
            raise RivalError(f"ended with code {process.returncode}: {_last_line(out.with_suffix('.log'))}")
        crashes += 1
        write_failed(out, read_failed(out) | {song: f"ended the process ({signal.Signals(ended_by).name})"})
        if crashes >= PATIENCE and not read(out):
            write_failed(out, before)
            raise RivalError(f"does not run on this machine ({signal.Signals(ended_by).name})")


def _quietly(command: Sequence[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise RivalError(f"its environment cannot be made: {''.join(last)}")


def _last_line(file: Path) -> str:
    lines = file.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else "no reason given"
