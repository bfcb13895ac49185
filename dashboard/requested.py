"""What a request for a song names, a generation and a number, and how it is refused: with a sentence."""

from flask import Response, jsonify, make_response, request

from dashboard.showing import Showing
from dashboard.tracks import Track, Tracks
from index.library import Library

API = "/api/"  # what programs ask lies below it
FORGOTTEN = "This track has been forgotten. Drop it again."
REBUILT = "The library has been built again since this page was opened. Reload the page to go on."


class RequestError(Exception):
    """A request that is not answered; the message is a sentence for the page."""

    def __init__(self, sentence: str, status: int = 400, again: int | None = None) -> None:
        """`again` is after how many seconds it may be tried once more."""
        super().__init__(sentence)
        self.status = status
        self.headers = {} if again is None else {"Retry-After": str(again)}


def library_of(showing: Showing) -> Library:
    """The generation that the address names with `?g=`, the newest where it names none.

    A number means another song in another generation, so one that is no longer held is never answered by the next.
    Raises RequestError.
    """
    generation = request.args.get("g")
    library = showing.of(generation)
    if generation not in (None, library.generation):
        raise RequestError(REBUILT, 410)
    return library


def song_of(name: str, library: Library) -> int:
    """The song that a part of an address names by its number. Raises RequestError."""
    if not (name.isascii() and name.isdecimal() and len(name) < 10 and int(name) < len(library)):
        raise RequestError(f"This library has no song {name[:20]}.", 404)
    return int(name)


def song_or_track(name: str, library: Library, tracks: Tracks) -> int | Track:
    """The song that a part of an address names by its number, or a dropped track by its token. Raises RequestError."""
    if not name.startswith("track-"):
        return song_of(name, library)
    track = tracks.get(name, library.fingerprint)
    if track is None:
        raise RequestError(FORGOTTEN, 404)
    return track


def own_page() -> None:
    """Only a page of ours can add this header: another site's would be asked first. Raises RequestError."""
    if "X-Songboard" not in request.headers:
        raise RequestError("This is asked for by the page itself.", 403)


def refusal(text: str, status: int) -> Response:
    """A refusal as whoever asks reads it: {"error": sentence} for programs, plain text for the page."""
    if request.path.startswith(API):
        return make_response(jsonify(error=text), status)
    return Response(text, status, mimetype="text/plain")


def sentence(error: RequestError) -> Response:
    """A refusal as plain text."""
    response = make_response(str(error), error.status)
    response.mimetype = "text/plain"
    return response


def problem(error: RequestError) -> tuple[Response, int]:
    """A refusal as JSON, {"error": sentence}."""
    response = jsonify(error=str(error))
    response.headers.update(error.headers)
    return response, error.status
