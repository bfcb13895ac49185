"""Stopping a build as it should be: the song in hand is finished first, and only a second request is obeyed at once."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from index.build import Progress


class Stopped(KeyboardInterrupt):
    """The build was asked to stop, and has."""

    def __init__(self, request: int) -> None:
        super().__init__()
        self.exit_code = 128 + request  # as shells have it: 130 for Ctrl-C, 143 for SIGTERM


class Stop:
    """What was asked for, and when it is granted."""

    def __init__(self) -> None:
        self._request = 0
        self._listening = False

    def ask(self, request: int, frame: FrameType | None = None) -> None:
        """Handle a signal: at once, unless songs are being listened to and it is the first."""
        if self._request or not self._listening:
            raise Stopped(request)
        self._request = request
        click.echo("\nStopping after the song in hand. Once more stops at once.", err=True)

    def show(self, progress: "Progress") -> None:
        """Hear of a song that is finished, which is when a first request is granted."""
        self._listening = progress.step in ("listen", "waveforms") and progress.done < progress.total
        if self._request:
            raise Stopped(self._request)


@contextmanager
def stoppable() -> Iterator[Stop]:
    """While this lasts, Ctrl-C and SIGTERM are requests to the Stop it gives."""
    stop = Stop()
    before = {request: signal.signal(request, stop.ask) for request in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for request, handler in before.items():
            signal.signal(request, handler)
