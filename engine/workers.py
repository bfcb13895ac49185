"""Worker processes that may die: one that hangs, crashes or grows costs what it was working on, and is replaced.

Each has a pipe of its own and shares nothing with the others. In a pool with one queue for all, a process that is
killed at the wrong instant takes the lock or half a message with it, and every later song is lost or waited for.
"""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")

_SPAWN = multiprocessing.get_context("spawn")
_START_SECONDS = 120.0  # to import what the work needs, on the slowest disk
_STARTS = 5  # that may fail one after the other before it is plain that none will succeed
_DEATHS = 2  # of its worker before a piece of work is to blame; the first may be the system's, short of memory


class WorkersError(Exception):
    """No worker process can be started; the message says so."""


@dataclass(frozen=True)
class Limits:
    """What one piece of work may take."""

    seconds: float = 600.0  # ten hours of music decode in about one minute; what takes longer hangs
    memory: int = 2**29  # bytes beyond what the process has when it starts; only Linux holds it to that


@dataclass(frozen=True)
class Failure:
    """Work that came to nothing; the reason is read after its name: "crashed its decoder"."""

    reason: str


def run(
    work: Callable[[T], R], things: Iterable[T], workers: int, limits: Limits = Limits()
) -> Generator[tuple[T, R | Failure], None, None]:
    """Do `work`, a function of a module, on every thing in so many processes: results as they come, a few ahead.

    An exception is a Failure, as is a process that twice ended over the same thing. Raises WorkersError when no
    process can be started at all.
    """
    if hasattr(signal, "pthread_sigmask"):
        resource_tracker.ensure_running()  # or else the first thread to start a process would start it, and hear Ctrl-C
    queue, waiting = iter(things), 0
    inbox: SimpleQueue = SimpleQueue()
    outbox: SimpleQueue = SimpleQueue()
    crew = [_Worker(work, limits, inbox, outbox) for _ in range(workers)]
    try:
        for thing in queue:
            inbox.put(thing)
            waiting += 1
            if waiting >= 2 * workers:
                yield _outcome(outbox)
                waiting -= 1
        for _ in range(waiting):
            yield _outcome(outbox)
    finally:  # also when whoever listens walks away midway
        for worker in crew:
            worker.dismiss()
        for _ in crew:
            inbox.put(_NOTHING)
        for worker in crew:
            worker.join()


_NOTHING: Any = object()


def _outcome(outbox: SimpleQueue) -> tuple[Any, Any]:
    thing, outcome = outbox.get()
    if isinstance(outcome, WorkersError):
        raise outcome
    return thing, outcome


class _Worker(threading.Thread, Generic[T, R]):
    """One process at a time, and the thread that hands it work, waits for it and replaces it."""

    def __init__(self, work: Callable[[T], R], limits: Limits, inbox: SimpleQueue, outbox: SimpleQueue) -> None:
        super().__init__(daemon=True)
        self._work, self._limits, self._inbox, self._outbox = work, limits, inbox, outbox
        self._process: Any = None
        self._pipe: Connection | None = None
        self._dismissed = False
        self._lock = threading.Lock()  # of the process, which is dismissed from another thread
        self.start()

    def run(self) -> None:
        if hasattr(signal, "pthread_sigmask"):  # Ctrl-C is for us; whom we start inherits that it is deaf to it
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        while not self._dismissed and (thing := self._inbox.get()) is not _NOTHING:
            try:
                outcome = self._done(thing)
            except Exception as error:  # whoever waits for this thing must not wait for ever
                outcome = WorkersError(f"the processes that decode songs cannot be looked after: {error}")
            self._outbox.put((thing, outcome))
        self._end()

    def dismiss(self) -> None:
        """End the process, whatever it is doing."""
        with self._lock:
            self._dismissed = True
            if self._process is not None:
                self._process.kill()

    def _done(self, thing: T) -> R | Failure | WorkersError:
        outcome: Any = Failure("was not decoded")
        for _ in range(_DEATHS):
            try:
                if not self._ready():
                    return WorkersError("no process can be started to decode songs: is there memory left?")
                assert self._pipe is not None
                self._pipe.send(thing)
                if not self._pipe.poll(self._limits.seconds):
                    self._end()
                    return Failure(f"kept its decoder busy for more than {self._limits.seconds:.0f} s")
                outcome, fit = self._pipe.recv()
                if not fit:
                    self._end()
                return outcome
            except (EOFError, OSError):
                self._end()
                outcome = Failure("crashed its decoder")
        return outcome

    def _ready(self) -> bool:
        """See to it that a process waits for work."""
        for attempt in range(_STARTS):
            if self._pipe is not None:
                return True
            time.sleep(attempt)
            with self._lock:
                if self._dismissed:
                    raise EOFError
                pipe, theirs = _SPAWN.Pipe()
                process = _SPAWN.Process(target=_serve, args=(theirs, self._work, self._limits), daemon=True)
                try:
                    process.start()
                except OSError:  # no memory, or too many processes: that may pass
                    pipe.close()
                    continue
                finally:
                    theirs.close()
                self._process, self._pipe = process, pipe
            try:
                if pipe.poll(_START_SECONDS):
                    pipe.recv()
                    return True
            except (EOFError, OSError):
                pass
            self._end()
        return False

    def _end(self) -> None:
        with self._lock:
            process, pipe, self._process, self._pipe = self._process, self._pipe, None, None
        if process is not None and pipe is not None:
            process.kill()
            process.join()
            process.close()
            pipe.close()


def _serve(pipe: Connection, work: Callable[[Any], Any], limits: Limits) -> None:
    """The life of a worker process: it ends when its pipe does."""
    _bound(limits.memory)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        pipe.send(None)
        while True:
            thing = pipe.recv()
            if hasattr(signal, "alarm"):  # ends this process even where nobody is left to do so
                signal.alarm(int(limits.seconds) + 60)
            fit = True
            try:
                outcome = work(thing)
            except MemoryError:
                outcome, fit = Failure(f"needs more than {limits.memory // 2**20} MB of memory to be decoded"), False
            except Exception as error:  # whatever one file does, the others are still to be heard
                outcome = Failure(f"could not be decoded ({type(error).__name__}: {error})")
            if hasattr(signal, "alarm"):
                signal.alarm(0)
            pipe.send((outcome, fit))
    except (EOFError, OSError):
        os._exit(0)


def _bound(memory: int) -> None:
    """Let this process have so many bytes more than it has now; what asks for more gets a MemoryError."""
    status = Path("/proc/self/status")
    if status.exists():
        import resource

        (held,) = (int(line.split()[1]) * 1024 for line in status.read_text().splitlines() if line[:7] == "VmData:")
        _, most = resource.getrlimit(resource.RLIMIT_DATA)
        limit = held + memory if most == resource.RLIM_INFINITY else min(held + memory, most)
        resource.setrlimit(resource.RLIMIT_DATA, (limit, most))
