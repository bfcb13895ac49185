"""Drop a track: the page sends a file, it is listened to, and it stands among the songs until the program ends."""

import os
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import IO
from urllib.parse import unquote

from dash import Dash, html
from flask import Response, jsonify, request

from dashboard import ids
from dashboard.attributes import aria, data
from dashboard.requested import RequestError, library_of, own_page, problem
from dashboard.showing import Showing
from dashboard.tracks import Track, Tracks
from index.embeds import Embedding, Skipped
from index.library import Library

Listen = Callable[[Path, Library], Embedding | Skipped]  # with that library's encoder, and no more than LONGEST

LARGEST = 100 * 2**20  # bytes
CHUNK = 2**18  # bytes read at once
LONGEST = 20 * 60  # seconds
LONGEST_NAME = 120  # characters
WAITING = 4  # tracks that are listened to or wait for it: each holds a thread of the server
WAIT = 10  # seconds after which one beyond them may be tried again


class DropError(RequestError):
    """A track that cannot be taken; the message is a sentence for the page."""

    def __init__(self, sentence: str, status: int = 422, again: int | None = None) -> None:
        super().__init__(sentence, status, again)


def button() -> html.Button:
    """The button that opens files, for those who do not drag."""
    return html.Button(
        [html.Span(className="icon icon-upload"), html.Span("Drop a track", className="action-name")],
        id=ids.DROP,
        className="action",
        type="button",
        title="Choose files, or drag them anywhere onto the page",
        **aria(label="Drop a track"),
        **data(largest=str(LARGEST)),
    )


def recorder() -> html.Button:
    """The button that listens to what sounds in the room. assets/record.js counts down in it."""
    return html.Button(
        [html.Span(className="icon icon-microphone"), html.Span("Record", className="action-name")],
        id=ids.RECORD,
        className="action",
        type="button",
        title="Record ten seconds with the microphone, and hear which of your songs resemble them",
        **aria(label="Record ten seconds"),
    )


def veil() -> html.Div:
    """What shows while a file is dragged over the page."""
    return html.Div(
        html.Div([html.Strong("Drop it anywhere"), html.Span("and hear which of your songs resemble it")]),
        id=ids.DROP_VEIL,
        className="veil",
        hidden=True,
    )


def tray() -> html.Section:
    """The dropped tracks: on their way, refused, or there to be asked about again. assets/drop.js fills it."""
    return html.Section(
        [html.H3("Dropped tracks", className="eyebrow"), html.Ul([], className="tray-list")],
        id=ids.TRAY,
        className="tray",
        hidden=True,
        **aria(label="Dropped tracks"),
    )


class Ear:
    """Listens to what comes in: one track at a time, for it takes every core there is, while a few more wait."""

    def __init__(self, listen: Listen | None) -> None:
        self._listen = listen
        self._busy = threading.Lock()
        self._room = threading.BoundedSemaphore(WAITING)  # each of them holds a thread of the server

    def take(self, title: str, library: Library) -> Track:
        """Listen to the body of the request, to compare it with the songs of a library. Raises DropError."""
        if self._listen is None:
            raise DropError("This dashboard has no encoder, so it cannot listen to new tracks.", 503)
        if (request.content_length or 0) > LARGEST:
            raise too_large()
        if not self._room.acquire(blocking=False):
            raise DropError("Songboard is busy listening to other tracks. Drop it again in a minute.", 503, WAIT)
        try:
            path = receive(request.stream)
            try:
                with self._busy:
                    return hear(path, title, library, self._listen)
            finally:
                path.unlink(missing_ok=True)
        finally:
            self._room.release()


def register(app: Dash, showing: Showing, tracks: Tracks, ear: Ear) -> None:
    """POST /drop: the raw bytes of one file in, {"token", "title"} or {"error": sentence} out. DELETE forgets one.

    The track is heard for the generation that the page shows, ?g=.
    """

    @app.server.post("/drop")
    def drop() -> tuple[Response, int]:
        try:
            own_page()
            track = ear.take(title_of(request.headers.get("X-File-Name", "")), library_of(showing))
            return jsonify(token=tracks.add(track), title=track.title), 200
        except RequestError as error:
            return problem(error)

    @app.server.delete("/drop/<token>")
    def forget(token: str) -> tuple[Response, int]:
        try:
            own_page()
        except RequestError as error:
            return problem(error)
        tracks.forget(token)
        return jsonify({}), 200


def hear(path: Path, title: str, library: Library, listen: Listen) -> Track:
    """Listen to a file, to compare it with the songs of a library. Raises DropError."""
    heard = listen(path, library)
    if isinstance(heard, Skipped):
        raise DropError(f"It {heard.reason}.")
    by = library.fingerprint
    return Track(title, heard.vector, by, heard.length, heard.descriptors, heard.segments, heard.starts, heard.peaks)


def receive(stream: IO[bytes]) -> Path:
    """Write a request's body to a temporary file, counting on the way. The caller removes it. Raises DropError."""
    handle, name = tempfile.mkstemp(prefix="songboard-")
    path, size = Path(name), 0
    try:
        with os.fdopen(handle, "wb") as file:
            while chunk := stream.read(CHUNK):
                size += len(chunk)
                if size > LARGEST:
                    raise too_large()
                file.write(chunk)
        if not size:
            raise DropError("It is empty.")
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def title_of(header: str) -> str:
    """The name of a dropped file as a title: "My%20Song.mp3" is "My Song". It is a label and never a path."""
    name = PurePosixPath(unquote(header).replace("\\", "/")).stem
    printable = "".join(letter for letter in name if letter.isprintable()).replace("_", " ").strip()
    return printable[:LONGEST_NAME] or "Untitled track"


def too_large() -> DropError:
    """The sentence for a file beyond the limit."""
    return DropError(f"It is larger than {LARGEST // 2**20} MB, the most a dropped track may have.", 413)
