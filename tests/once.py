"""What takes long to make and is only read: made once for all workers of pytest-xdist."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def once(temporary: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """The folder of that name: make(folder) is called by the first worker that asks, and the others wait for it."""
    folder = of_all(temporary) / name
    made = folder.with_suffix(".made")
    with locked(folder.with_suffix(".making"), fcntl.LOCK_EX):
        if not made.exists():
            make(folder)
            made.touch()
    return folder


def of_all(temporary: pytest.TempPathFactory) -> Path:
    """The temporary folder that the workers of one run have in common."""
    base = temporary.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@contextmanager
def locked(path: Path, how: int) -> Iterator[None]:
    """Hold a lock of fcntl.flock's kinds on a file."""
    with path.open("w") as file:
        fcntl.flock(file, how)
        yield
