"""What long work says of itself: one line for people, or one JSON object a line for machines."""

import json
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.descent import TrainProgress
    from index.build import Progress

_STEPS = {
    "scan": "looking for songs",
    "listen": "listening",
    "waveforms": "drawing waveforms",
    "whiten": "whitening",
    "cluster": "clustering",
    "map": "drawing the map",
    "write": "writing the library",
}


class ProgressLine:
    """A line rewritten in place on a terminal; elsewhere (a log) a new line every ten seconds."""

    def __init__(self, device: str, idle: Callable[[], float] = lambda: 0.0) -> None:
        """`idle` tells in which share of the time the device has waited for songs to be decoded."""
        self.device, self.idle = device, idle
        self._live = sys.stderr.isatty()
        self._every = 0.1 if self._live else 10.0  # seconds
        self._step = ""
        self._began = self._shown = 0.0
        self._first = 0

    def __enter__(self) -> "ProgressLine":
        return self

    def __exit__(self, *failure: object) -> None:
        if self._live:
            print("\r\033[K", end="", file=sys.stderr, flush=True)

    def show(self, progress: "Progress") -> None:
        """A library being built, or put to the test."""
        if not self._due(progress.step, progress.done, progress.total):
            return
        label = _STEPS.get(progress.step, progress.step)
        if progress.step != "listen":
            left = f", {self._still(progress.done, progress.total)} left" if progress.total > 1 else ""
            self._write(f"{label} {progress.done}/{progress.total}{left}")
            return
        seconds = time.monotonic() - self._began
        songs_per_second = (progress.done - self._first) / seconds
        rates = f"{songs_per_second:.1f} songs/s, {progress.audio_seconds / seconds:.0f} x real time"
        skipped = f", {progress.skipped} skipped" if progress.skipped else ""
        waits = f", which waits {self.idle():.0%} of the time for the decoders" if self.device != "cpu" else ""
        self._write(
            f"{label} {progress.done}/{progress.total} songs, {rates}, "
            f"{self._still(progress.done, progress.total)} left, on {self.device}{waits}{skipped}"
        )

    def trained(self, progress: "TrainProgress") -> None:
        """An ear being trained."""
        if progress.figures:
            figures = ", ".join(f"{name} {value:.3f}" for name, value in progress.figures.items())
            self.say(f"{progress.stage}: {figures}")
        elif self._due(progress.stage, progress.step, progress.steps):
            left = self._still(progress.step, progress.steps)
            self._write(
                f"learning from {progress.stage}, step {progress.step}/{progress.steps}, loss {progress.loss:.3f}, "
                f"{left} left, on {self.device}"
            )

    def decoded(self, done: int, total: int) -> None:
        """Training songs being decoded."""
        self._count("decoding", done, total)

    def taught(self, done: int, total: int) -> None:
        """Training songs being heard by the teacher."""
        self._count("hearing the teacher", done, total)

    def remixed(self, done: int, total: int) -> None:
        """Training songs being remixed, for the teacher to hear as well."""
        self._count("remixing", done, total)

    def composed(self, done: int, total: int) -> None:
        """Demo songs being composed."""
        self._count("composing", done, total)

    def neighboured(self, done: int, total: int) -> None:
        """The neighbours of songs being looked up."""
        self._count("looking up neighbours", done, total)

    def cut(self, done: int, total: int) -> None:
        """Previews being cut out of songs."""
        self._count("cutting previews of", done, total)

    def copied(self, done: int, total: int) -> None:
        """The vectors of songs being written to another store."""
        self._count("copying the vectors of", done, total)

    def tell(self, event: str, **about: object) -> None:
        """What only machines are told: see JsonLog."""

    def say(self, text: str) -> None:
        """A line that stays."""
        print(f"\r\033[K{text}" if self._live else text, file=sys.stderr, flush=True)

    def _count(self, label: str, done: int, total: int) -> None:
        if self._due(label, done, total):
            self._write(f"{label} {done}/{total} songs, {self._still(done, total)} left")

    def _due(self, step: str, done: int, total: int) -> bool:
        now = time.monotonic()
        if step != self._step:
            self._step, self._began, self._first, self._shown = step, now, done, 0.0
        if now - self._shown < self._every and done < total:
            return False
        self._shown = now
        return now > self._began

    def _still(self, done: int, total: int) -> str:
        worked = done - self._first
        if worked <= 0:
            return "--:--"
        return clock((time.monotonic() - self._began) / worked * (total - done))

    def _write(self, text: str) -> None:
        if self._live:
            print(f"\r\033[K{text[: shutil.get_terminal_size().columns - 1]}", end="", file=sys.stderr, flush=True)
        else:
            print(text, file=sys.stderr, flush=True)


class Silence(ProgressLine):
    """The line of a process that leaves the talking to another."""

    def __init__(self) -> None:
        super().__init__("")

    def _due(self, step: str, done: int, total: int) -> bool:
        return False

    def say(self, text: str) -> None:
        """Nothing."""


class JsonLog:
    """Every event of a build as one JSON object a line on standard output: event, time, and what belongs to it."""

    def __init__(self, device: str, idle: Callable[[], float] = lambda: 0.0) -> None:
        self.device, self.idle = device, idle

    def __enter__(self) -> "JsonLog":
        return self

    def __exit__(self, *failure: object) -> None:
        pass

    def show(self, progress: "Progress") -> None:
        """A step of a build, or a file of one."""
        self.tell("progress", **asdict(progress), idle=round(self.idle(), 3))

    def tell(self, event: str, **about: object) -> None:
        """One event."""
        told = {"event": event, "time": datetime.now(UTC).isoformat(timespec="milliseconds")} | about
        print(json.dumps(told, default=str), flush=True)


def clock(seconds: float) -> str:
    """Seconds as a person reads them: 42 s, 3:07 min, 2:05 h."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    if seconds < 3600:
        return f"{int(seconds // 60)}:{int(seconds % 60):02d} min"
    return f"{int(seconds // 3600)}:{int(seconds % 3600 // 60):02d} h"
