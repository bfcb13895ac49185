"""A build under way, as others see it: one small file in the library, replaced as a whole and gone at the end."""

import json
import os
import platform
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index.intake import Progress

FILE = "progress.json"
EVERY = 1.0  # seconds between two tellings, other than of a new step
SILENCE = 900.0  # seconds after which a build of which nothing else is known is taken for dead


@dataclass(frozen=True)
class Underway:
    """How far a build is, and how fast; who runs it."""

    step: str  # scan, listen, waveforms, whiten, cluster, map, write
    done: int
    total: int
    skipped: int  # files left out so far
    songs_per_second: float  # of this step
    seconds_left: float | None  # of this step; None where it cannot be told
    device: str
    began: float  # seconds since 1970
    told: float  # likewise: when this was written
    host: str
    pid: int
    born: str  # when the process started, as its system counts: a pid is given out again


class Teller:
    """Keeps the file in a library's folder true while a build runs; where it cannot be written, nothing is said."""

    def __init__(self, library: Path, device: str) -> None:
        self._path, self._device = library / FILE, device
        self._began = self._told = time.time()
        self._step, self._step_began, self._first = "", 0.0, 0

    def __enter__(self) -> "Teller":
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._path.unlink(missing_ok=True)

    def tell(self, progress: "Progress") -> None:
        """Write how far the build is: at once for a new step, else once a second."""
        now = time.time()
        if progress.step != self._step:
            self._step, self._step_began, self._first = progress.step, now, progress.done
        elif now - self._told < EVERY:
            return
        self._told = now
        rate = (progress.done - self._first) / max(now - self._step_began, 1e-3)
        left = (progress.total - progress.done) / rate if rate > 0 else None
        said = Underway(
            progress.step, progress.done, progress.total, progress.skipped, round(rate, 3), left,
            self._device, self._began, now, platform.node(), os.getpid(), _born(os.getpid()),
        )  # fmt: skip
        unfinished = self._path.with_name(f"{FILE}.unfinished")
        with suppress(OSError):
            unfinished.write_text(json.dumps(asdict(said)), encoding="utf-8")
            unfinished.replace(self._path)

    def beside(self, listener: Callable[["Progress"], None]) -> Callable[["Progress"], None]:
        """Both told, this one first."""

        def told(progress: "Progress") -> None:
            self.tell(progress)
            listener(progress)

        return told


def read_underway(library: Path) -> Underway | None:
    """The build that is changing the library in this folder; None where there is none, or where it was killed."""
    try:
        said = Underway(**json.loads((library / FILE).read_text(encoding="utf-8")))
        return said if _is_alive(said) else None
    except (OSError, ValueError, TypeError):
        return None


def _is_alive(said: Underway) -> bool:
    if said.host != platform.node() or os.name != "posix":  # another machine's processes cannot be seen from here
        return time.time() - said.told < SILENCE
    try:
        os.kill(said.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # it is there, and another user's
        pass
    return _born(said.pid) == said.born


def _born(pid: int) -> str:
    """When a process started, in ticks of the system's clock; "" where the system does not tell, or it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""
