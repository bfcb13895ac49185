"""GET /audio/<id>: the sound of one song, by id only, any part of it."""

import mimetypes
from pathlib import Path

from dash import Dash
from flask import Response, make_response, send_file

from index.library import Library, LibraryError

# What the standard table lacks on some machines, or names in a way browsers do not know.
TYPES = {
    ".aac": "audio/aac",
    ".flac": "audio/flac",
    ".m4a": "audio/mp4",
    ".mp3": "audio/mpeg",
    ".oga": "audio/ogg",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".wav": "audio/wav",
    ".webm": "audio/webm",
}


def mime_type(path: Path) -> str:
    """The MIME type of an audio file, by its extension."""
    return TYPES.get(path.suffix.lower()) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"


def register(app: Dash, library: Library) -> None:
    """Serve the songs of the library; a request names a song by its number and can name nothing else."""

    # Any name is taken and refused here: what no route takes, Dash answers with the page itself.
    @app.server.get("/audio/<path:name>")
    def audio(name: str) -> Response:
        if not (name.isascii() and name.isdecimal() and len(name) < 10 and int(name) < len(library)):
            return _sentence(f"This library has no song {name[:20]}.")
        song = int(name)
        try:
            path = library.audio_path(song)
            return send_file(path.resolve(), mimetype=mime_type(path), conditional=True)
        except (LibraryError, OSError):
            title = library.songs["title"][song]
            return _sentence(f"The file of “{title}” is not where it was. Put it back, or build the library again.")


def _sentence(text: str) -> Response:
    response = make_response(text, 404)
    response.mimetype = "text/plain"
    return response
