"""GET /audio/<id>: the sound of one song, by id only, any part of it."""

import mimetypes
from pathlib import Path

from dash import Dash
from flask import Response, request, send_file

from dashboard.requested import RequestError, library_of, sentence, song_of
from dashboard.showing import Showing
from index.library import LibraryError

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
PIECE = 4 * 2**20  # bytes sent at most when a part is asked for; the browser asks again when it has played them


def mime_type(path: Path) -> str:
    """The MIME type of an audio file, by its extension."""
    return TYPES.get(path.suffix.lower()) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"


def register(app: Dash, showing: Showing) -> None:
    """Serve the songs of the library; a request names a song by its number and can name nothing else.

    A file may be put in another's place while its number stays, so a browser keeps its bytes but asks each time
    whether they still hold (Cache-Control: no-cache, ETag).
    """

    # Any name is taken and refused here: what no route takes, Dash answers with the page itself.
    @app.server.get("/audio/<path:name>")
    def audio(name: str) -> Response:
        try:
            library = library_of(showing)
            song = song_of(name, library)
            path = library.audio_path(song)
            _in_pieces(path.stat().st_size)
            return send_file(path.resolve(), mimetype=mime_type(path), conditional=True)
        except RequestError as error:
            return sentence(error)
        except (LibraryError, OSError):
            title = library.songs["title"][song]
            gone = f"The file of “{title}” is not where it was. Put it back, or build the library again."
            return sentence(RequestError(gone, 404))


def _in_pieces(size: int) -> None:
    """Take a request for a large part as one for its beginning: an answer that nobody takes must hold no thread."""
    part = request.range.range_for_length(size) if request.range else None
    if part and part[1] is not None and part[1] - part[0] > PIECE:
        request.environ["HTTP_RANGE"] = f"bytes={part[0]}-{part[0] + PIECE - 1}"
