"""GET /status: which build is shown, and how far another is that is on its way. A page asks every few seconds."""

from dash import Dash
from flask import Response, jsonify

from dashboard import format
from dashboard.showing import Showing
from index.underway import Underway, read_underway

STEPS = {
    "scan": "Looking for songs",
    "listen": "Listening",
    "waveforms": "Drawing waveforms",
    "whiten": "Comparing the songs",
    "cluster": "Clustering",
    "map": "Drawing the map",
    "write": "Writing the library",
}


def register(app: Dash, showing: Showing) -> None:
    """{"generation", "songs", "building": a phrase, or null where nothing is built}, and never an old answer."""

    @app.server.get("/status")
    def status() -> Response:
        library = showing.library
        build = read_underway(library.folder)
        return jsonify(generation=library.generation, songs=len(library), building=said(build) if build else None)


def said(build: Underway) -> str:
    """How far a build is, whatever started it: "Listening, 120 of 400 songs, 3 min left"."""
    parts = [STEPS.get(build.step, "Building")]
    if build.total > 1:
        parts.append(f"{build.done:,} of {format.count(build.total, 'song')}")
        if build.seconds_left is not None and build.done < build.total:
            parts.append(f"{format.span(build.seconds_left)} left")
    return ", ".join(parts)
