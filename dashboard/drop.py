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
from dashboard.tracks import Track, Tracks
from index.embeds import Embedding, Skipped
from index.library import Library, LibraryError

Listen = Callable[[Path], Embedding | Skipped]

LARGEST = 100 * 2**20  # bytes
CHUNK = 2**18  # bytes read at once
LONGEST_NAME = 120  # characters


class DropError(Exception):
    """A track that cannot be taken; the message is a sentence for the page."""

    def __init__(self, sentence: str, status: int = 422) -> None:
        super().__init__(sentence)
        self.status = status


def button(library: Library) -> html.Button:
    """The button that opens a file, for those who do not drag."""
    return html.Button(
        [html.Span(className="icon icon-upload"), "Drop a track"],
        id=ids.DROP,
        className="drop-button",
        type="button",
        title="Choose a file, or drag one anywhere onto the page",
        **data(largest=str(LARGEST)),
    )


def layout(library: Library) -> html.Div:
    """The veil that shows while a file is dragged over the page, and the notice of what became of it."""
    return html.Div(
        [
            html.Div(
                html.Div([html.Strong("Drop it anywhere"), html.Span("and hear which of your songs resemble it")]),
                id=ids.DROP_VEIL,
                className="veil",
                hidden=True,
            ),
            html.Div(
                [
                    html.Span(className="spinner"),
                    html.Span(id=ids.NOTICE_TEXT, className="notice-text"),
                    html.Button(
                        html.Span(className="icon icon-close"),
                        id=ids.NOTICE_CLOSE,
                        className="icon-button",
                        type="button",
                        **aria(label="Dismiss"),
                    ),
                ],
                id=ids.NOTICE,
                className="notice",
                hidden=True,
                role="status",
            ),
        ]
    )


def register(app: Dash, library: Library, tracks: Tracks, listen: Listen | None) -> None:
    """POST /drop: the raw bytes of one file in, {"token", "title"} or {"error": sentence} out."""
    ear = threading.Lock()  # one track at a time: listening takes every core there is

    @app.server.post("/drop")
    def drop() -> tuple[Response, int]:
        try:
            # A page of another site can post here, but cannot add a header of its own without being asked first.
            if "X-Songboard" not in request.headers:
                raise DropError("Tracks are dropped into the page itself.", 403)
            if listen is None:
                raise DropError("This dashboard has no encoder, so it cannot listen to new tracks.", 503)
            title = title_of(request.headers.get("X-File-Name", ""))
            if (request.content_length or 0) > LARGEST:
                raise too_large(title)
            path = receive(request.stream, title)
            try:
                with ear:
                    track = hear(path, title, library, listen)
            finally:
                path.unlink(missing_ok=True)
            return jsonify(token=tracks.add(track), title=title), 200
        except DropError as error:
            return jsonify(error=str(error)), error.status


def hear(path: Path, title: str, library: Library, listen: Listen) -> Track:
    """Listen to a file and find its place among the songs. Raises DropError."""
    heard = listen(path)
    if isinstance(heard, Skipped):
        raise DropError(f"“{title}” could not be taken in: it {heard.reason}.")
    try:
        return Track(title, heard.vector, library.place(heard.vector), heard.length, heard.descriptors)
    except LibraryError as error:
        raise DropError(f"“{title}” has no place in this library: {error}.", 503) from None


def receive(stream: IO[bytes], title: str) -> Path:
    """Write a request's body to a temporary file, counting on the way. The caller removes it. Raises DropError."""
    handle, name = tempfile.mkstemp(prefix="songboard-")
    path, size = Path(name), 0
    try:
        with os.fdopen(handle, "wb") as file:
            while chunk := stream.read(CHUNK):
                size += len(chunk)
                if size > LARGEST:
                    raise too_large(title)
                file.write(chunk)
        if not size:
            raise DropError(f"“{title}” is empty.")
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def title_of(header: str) -> str:
    """The name of a dropped file as a title: "My%20Song.mp3" is "My Song". It is a label and never a path."""
    name = PurePosixPath(unquote(header).replace("\\", "/")).stem
    printable = "".join(letter for letter in name if letter.isprintable()).replace("_", " ").strip()
    return printable[:LONGEST_NAME] or "Untitled track"


def too_large(title: str) -> DropError:
    """The sentence for a file beyond the limit."""
    return DropError(f"“{title}” is larger than {LARGEST // 2**20} MB, the most a dropped track may have.", 413)
