"""Builds that are killed at any instant, and what must hold afterwards.

One process imports everything once and forks a build for each order it is given. A build tells every step on the way;
whoever gave the order kills it when it likes, or lets it kill itself at the nth thing that it does to a file.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np

from index.generation import CURRENT
from index.journal import Journal
from index.library import Library, LibraryError
from tests import sounds

ROOT = Path(__file__).parents[1]
STEPS = ["scan", "listen", "whiten", "cluster", "map", "write"]
TOUCHES = ("open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "shutil.rmtree", "sqlite3.connect")
SERVER = """
import json, os, signal, sys, time
from pathlib import Path
import sklearn.decomposition, sklearn.metrics, index.tsne
from engine.baseline import MfccEmbedder
from engine.hearing import hear_one
from index.build import BuildError, build_library
from tests.kills import TOUCHES

class Ear(MfccEmbedder):
    def __init__(self, near):
        super().__init__()
        self.near, self.asked = near, []
    def embed(self, paths):
        paths = list(paths)
        self.asked += map(str, paths)
        if not self.near:  # decoded in worker processes, as always
            yield from super().embed(paths)
            return
        for path in paths:  # decoded here: the same numbers, and nothing to start
            heard = hear_one(path)
            yield heard if hasattr(heard, "reason") else self._embed(heard)

def tell(**said):
    print(json.dumps(said), flush=True)

def build(order):
    os.setsid()
    touched = 0
    def touch(happening, arguments):
        nonlocal touched
        if happening in TOUCHES:
            touched += 1
            if touched == order["touch"]:
                os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(touch)
    ear, said = Ear(order["near"]), []
    def told(progress):
        if (progress.step, progress.done) not in said:
            said.append((progress.step, progress.done))
            tell(step=progress.step, done=progress.done, touched=touched, at=time.monotonic())
    try:
        summary = build_library(Path(order["songs"]), ear, Path(order["library"]), on_progress=told)
        tell(asked=ear.asked, remembered=summary.remembered, touched=touched, at=time.monotonic())
    except BuildError as error:
        tell(refused=str(error))
    os._exit(0)

tell(ready=True)
for line in sys.stdin:
    order = json.loads(line)
    child = os.fork()
    if child == 0:
        try:
            build(order)
        finally:
            os._exit(9)
    tell(pid=child)
    tell(ended=os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@dataclass(frozen=True)
class Kill:
    """When a build is killed: so many seconds into a step, or at the nth thing that it does to a file."""

    step: str = ""
    seconds: float = 0.0
    touch: int = 0
    near: bool = True  # decoded in the build's own process
    group: bool = True  # its workers are killed with it, and not left alone


@dataclass
class Told:
    """What a build said until it ended."""

    lines: list[dict[str, Any]] = field(default_factory=list)
    ended: int = 0  # exit code; -9 if killed
    group: int = 0  # of it and its workers

    @property
    def last(self) -> str:
        """The last step it told of."""
        return next((line["step"] for line in reversed(self.lines) if "step" in line), "start")

    @property
    def asked(self) -> list[str]:
        """The files that it had listened to, if it came to its end."""
        return self.lines[-1]["asked"]

    @property
    def put(self) -> int:
        """How many files it said were listened to."""
        return max((line["done"] for line in self.lines if line.get("step") == "listen"), default=0)


class Builds:
    """The process that builds."""

    def __enter__(self) -> Self:
        paths = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
        self._process = subprocess.Popen(
            [sys.executable, "-c", SERVER],
            env=os.environ | {"PYTHONPATH": paths, "OMP_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"},
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._read()["ready"]
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(60)
        self._process.stdout.close()

    def build(self, songs: Path, library: Path, kill: Kill | None = None) -> Told:
        """Build, and kill the build as asked."""
        kill = kill or Kill()
        order = {"songs": str(songs), "library": str(library), "near": kill.near, "touch": kill.touch}
        assert self._process.stdin is not None
        print(json.dumps(order), file=self._process.stdin, flush=True)
        told, pid = Told(), 0
        while "ended" not in (line := self._read()):
            if "pid" in line:
                pid = told.group = line["pid"]
            else:
                told.lines.append(line)
            if pid and kill.step and any(said.get("step") == kill.step for said in told.lines):
                time.sleep(kill.seconds)
                with _gone():
                    (os.killpg if kill.group else os.kill)(pid, signal.SIGKILL)
                pid = 0
        told.ended = line["ended"]
        return told

    def await_silence(self, group: int, seconds: float = 60) -> None:
        """Wait until no process of a build is left; AssertionError where one stays."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                os.killpg(group, 0)
            except ProcessLookupError:
                return
            time.sleep(0.1)
        raise AssertionError(f"of the build of process {group} something is left after {seconds:.0f} s")

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())


@contextmanager
def _gone() -> Iterator[None]:
    try:
        yield
    except ProcessLookupError:
        pass


class Trial:
    """Songs, a library of them as they were, and what undisturbed builds make of them as they are."""

    def __init__(self, folder: Path, builds: Builds, songs: int = 12, seed: int = 0) -> None:
        self.builds, self.folder, self.rng = builds, folder, random.Random(seed)
        self.songs, self.old = folder / "songs", folder / "old"
        for number in range(songs):
            sound = sounds.chord(150 + 31 * number, 220 + 17 * number, seconds=4) + sounds.noise(4, number)
            sounds.write(self.songs / f"album {number % 3}" / f"{number:02}.wav", sound)
        (self.songs / "broken.mp3").write_bytes(b"no music")
        builds.build(self.songs, self.old)
        sounds.write(self.songs / "new.flac", sounds.chord(500, 800, seconds=4) + sounds.noise(4, 99))
        (self.songs / "album 0" / "00.wav").rename(self.songs / "renamed.wav")
        (self.songs / "album 1" / "01.wav").unlink()
        self.steps, self.touched, self.undisturbed = {}, {}, {}
        for start in ("nothing", "old"):
            library = self._library(start)
            told = builds.build(self.songs, library)
            self.undisturbed[start] = contents(library)
            began = {line["step"]: line["at"] for line in reversed(told.lines) if "step" in line}  # the first of each
            ends = [*[began[step] for step in STEPS[1:]], told.lines[-1]["at"]]
            self.steps[start] = dict(zip(STEPS, np.subtract(ends, [began[step] for step in STEPS]), strict=True))
            self.touched[start] = told.lines[-1]["touched"]

    def kill(self, number: int) -> str:
        """Kill a build at an instant of its own, perhaps its successor, too; the step it died in, "" if it was done.

        AssertionError where the old library does not open, a finished song is listened to again, or what comes of it
        differs from what comes of an undisturbed build.
        """
        start = "nothing" if number % 4 == 3 else "old"
        library = self._library(start)
        died = [self._killed(library, start, number + again) for again in range(1 + (number % 5 == 4))]
        with Journal(library / "journal.sqlite") as journal:
            known = {journal.content_hash(path) for path in self.songs.rglob("*.*") if self._finished(journal, path)}
            names = {str(path): journal.content_hash(path) for path in self.songs.rglob("*.*")}
        told = self.builds.build(self.songs, library)
        again = [name for name in told.asked if names[name] in known]
        assert told.ended == 0 and not again, f"heard again: {again}"
        difference = differences(contents(library), self.undisturbed[start])
        assert not difference, f"differs from an undisturbed build: {difference}"
        return next((step for step in died if step), "")

    def _killed(self, library: Path, start: str, number: int) -> str:
        plan = self._plan(start, number)
        told = self.builds.build(self.songs, library, plan)
        assert told.ended in (0, -signal.SIGKILL), told
        self.builds.await_silence(told.group)
        try:
            shelf = Library.load(library)
            assert shelf.similar(0), "the library answers nothing"
        except LibraryError as error:
            assert start == "nothing" and "holds no library" in str(error), error
        if told.ended == 0:
            return ""
        if told.put > 1:  # one of them is the broken file
            with Journal(library / "journal.sqlite") as journal:
                held = sum(self._finished(journal, path) for path in self.songs.rglob("*.*"))
            assert held >= told.put - 1, f"{told.put} files were done and {held} are remembered"
        return told.last

    def _plan(self, start: str, number: int) -> Kill:
        if number % 3 == 2:
            last = self.touched[start]  # most of what it writes it writes at the end
            return Kill(touch=self.rng.randint(1 if number % 2 else last - 60, last))
        step = self.rng.choice(STEPS)
        far = step == "listen" and self.rng.random() < 0.6  # decoded by workers, whose start alone takes a second
        seconds = self.rng.uniform(0, 2.5 if far else self.steps[start][step])
        return Kill(step, seconds, near=not far, group=self.rng.random() < 0.5)

    def _finished(self, journal: Journal, path: Path) -> bool:
        from engine.baseline import MfccEmbedder

        return journal.get(journal.content_hash(path), MfccEmbedder().fingerprint) is not None

    def _library(self, start: str) -> Path:
        library = self.folder / "library"
        shutil.rmtree(library, ignore_errors=True)
        if start == "old":
            shutil.copytree(self.old, library)
        return library


def contents(library: Path) -> dict[str, Any]:
    """All that a library's current generation holds, by file; what differs between any two builds is left out."""
    about = json.loads((library / CURRENT).read_text())
    held: dict[str, Any] = {"counts": about["counts"], "fingerprint": about["fingerprint"], "songs": about["songs"]}
    for path in sorted((library / about["generation"]).iterdir()):
        if path.suffix == ".npz":  # which carries the time of its writing
            with np.load(path) as arrays:
                held |= {f"{path.name}/{name}": arrays[name].tobytes() for name in arrays.files}
        else:
            held[path.name] = path.read_bytes()
    return held


def differences(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """The files in which two libraries differ."""
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))
