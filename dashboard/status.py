"""GET /status: which build is shown, and whether another is on its way. A page asks every few seconds."""

import time
from pathlib import Path

from dash import Dash
from flask import Response, jsonify

from dashboard.showing import Showing
from index.build import JOURNAL
from index.generation import CURRENT

RECENT = 20.0  # seconds: a build that listens writes its journal more often
CLOSING = 2.0  # seconds that a build takes to close its journal when the library is made


def register(app: Dash, showing: Showing) -> None:
    """{"generation", "songs", "building"}, and never an old answer."""

    @app.server.get("/status")
    def status() -> Response:
        library = showing.library
        return jsonify(
            generation=library.generation, songs=len(library), building=is_building(library.folder, time.time())
        )


def is_building(folder: Path, now: float) -> bool:
    """Whether something listens to songs for the library in a folder: its journal is newer than the library."""
    try:
        written = (folder / JOURNAL).stat().st_mtime
        return written > (folder / CURRENT).stat().st_mtime + CLOSING and now - written < RECENT
    except OSError:
        return False
