"""GET /audio/<id>: the sound of one song, by id only, any part of it."""

import mimetypes
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dash import Dash
from flask import Response, request, send_file
from werkzeug.datastructures import ContentRange
from werkzeug.wsgi import wrap_file

from dashboard.requested import RequestError, library_of, sentence, song_of
from dashboard.showing import Showing
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
            with present(song, library) as path:
                _in_pieces(path.stat().st_size)
                return send_file(path.resolve(), mimetype=mime_type(path), conditional=True)
        except RequestError as error:
            return sentence(error)


@contextmanager
def present(song: int, library: Library) -> Iterator[Path]:
    """The file of a song, while it is opened. Raises RequestError where it is gone."""
    try:
        yield library.audio_path(song)
    except (LibraryError, OSError):
        title = library.songs["title"][song]
        gone = f"The file of “{title}” is not where it was. Put it back, or build the library again."
        raise RequestError(gone, 404) from None


def from_there_on(song: int, library: Library) -> Response:
    """The file of a song, or all of it from where a part that is asked for begins. Raises RequestError.

    Players take a part that is shorter than they asked for as the end. A rest of a file is handed to the server whole,
    as a file is, and so holds no thread; a part with an end is cut into pieces as for the page.
    """
    with present(song, library) as path:
        size = path.stat().st_size
        asked = request.range.ranges if request.range and request.range.units == "bytes" else []
        if len(asked) != 1 or asked[0][1] is not None or not 0 <= asked[0][0] < size or "If-Range" in request.headers:
            _in_pieces(size)
            return send_file(path.resolve(), mimetype=mime_type(path), conditional=True)
        start = asked[0][0]
        file = path.open("rb")
        file.seek(start)
        response = Response(wrap_file(request.environ, file), 206, mimetype=mime_type(path), direct_passthrough=True)
        response.content_length, response.accept_ranges = size - start, "bytes"
        response.content_range = ContentRange("bytes", start, size, size)
        return response


def _in_pieces(size: int) -> None:
    """Take a request for a large part as one for its beginning: an answer that nobody takes must hold no thread."""
    part = request.range.range_for_length(size) if request.range else None
    if part and part[1] is not None and part[1] - part[0] > PIECE:
        request.environ["HTTP_RANGE"] = f"bytes={part[0]}-{part[0] + PIECE - 1}"
