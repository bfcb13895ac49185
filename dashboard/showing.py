"""The library that is shown: a new build takes the place of the old one without a restart."""

import json
import logging
import threading
import time

from index.generation import CURRENT
from index.library import Library

log = logging.getLogger(__name__)

LOOK_EVERY = 1.0  # seconds between two looks at the folder
HELD = 2  # generations: the newest, and the one that pages opened before it still show


class Showing:
    """The newest generation of a library, and the one before it; safe to use from several threads.

    What is held stays usable when later builds delete its files: they are read, or mapped into memory, when it is
    loaded.
    """

    def __init__(self, library: Library) -> None:
        self._held = [library]  # newest first; never changed, only replaced
        self._looked = time.monotonic()
        self._looking = threading.Lock()
        self._complaint = ""

    @property
    def library(self) -> Library:
        """The newest generation that can be read; a damaged one is passed over and named in the log."""
        # While one request loads what is new, the others go on with what there is.
        if time.monotonic() - self._looked >= LOOK_EVERY and self._looking.acquire(blocking=False):
            try:
                self._look()
            finally:
                self._looked = time.monotonic()
                self._looking.release()
        return self._held[0]

    def of(self, generation: str | None) -> Library:
        """The generation that a page shows where it is still held, and the newest otherwise."""
        newest = self.library
        return next((held for held in self._held if held.generation == generation), newest)

    def held(self, generation: str) -> Library | None:
        """The generation of this name, if it is still held."""
        return next((held for held in self._held if held.generation == generation), None)

    def _look(self) -> None:
        newest = self._held[0]
        try:
            name = json.loads((newest.folder / CURRENT).read_text(encoding="utf-8"))["generation"]
            if name != newest.generation:
                built = Library.load(newest.folder)
                built.speak = newest.speak
                self._held = [built, newest][:HELD]
            self._complaint = ""
        except Exception as error:  # whatever lies in the folder now, the page goes on
            if str(error) != self._complaint:  # once, and not every second
                log.warning("The library as it is now cannot be shown, so the one before it still is: %s", error)
            self._complaint = str(error)
