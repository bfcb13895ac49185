"""The library for programs: a small JSON API. What it takes and gives stands in openapi.json."""

import json
import math
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from dash import Dash
from flask import Blueprint, Response, jsonify, request

from dashboard import answer, format, query
from dashboard.audio import mime_type
from dashboard.drop import Ear, title_of
from dashboard.requested import API, RequestError, library_of, refusal, song_of
from dashboard.showing import Showing
from dashboard.tracks import Tracks
from index.library import Library, LibraryError
from index.ranking import Match

DESCRIPTION = Path(__file__).with_name("openapi.json")
MOST, USUAL = 500, 20  # songs in one answer
LONGEST = 200  # characters of what is searched for
TEXTS = ("title", "artist", "albumartist", "album", "genre", "initial_key", "cluster_name")
FIGURES = ("bpm", "loudness", "brightness", "percussiveness")
KINDS = ("audio/", "video/", "application/octet-stream", "application/ogg")  # of a body that is listened to
REBUILT = "The library was built again since, and its songs may have other numbers: ask without g for the new ones."
NO_TRACKS = Tracks()


def register(app: Dash, showing: Showing, ear: Ear) -> None:
    """Answer below /api/v1/: with the generation that was asked, `?g=`, or with {"error": sentence}."""
    routes = Blueprint("api", __name__, url_prefix=API)

    @routes.get("/v1/songs")
    @answers
    def songs() -> Any:
        library = library_of(showing)
        text, offset = request.args.get("text", ""), _whole("offset", 0, 0, 10**9 - 1)
        if len(text) > LONGEST:
            raise RequestError(f"text has at most {LONGEST} characters.")
        ids = library.find(text, len(library)) if text.strip() else range(len(library))
        page = list(ids[offset : offset + _whole("limit", USUAL, 1, MOST)])
        return {"generation": library.generation, "total": len(ids), "offset": offset, "songs": told(library, page)}

    @routes.get("/v1/songs/<name>")
    @answers
    def song(name: str) -> Any:
        library = library_of(showing)
        number = song_of(name, library)
        return {"generation": library.generation, "song": told(library, [number])[0], "words": library.words(number)}

    @routes.get("/v1/similar")
    @answers
    def similar() -> Any:
        library, words = library_of(showing), request.args.get("words")
        if words is not None:
            if {"song", "less"} & {*request.args}:
                raise RequestError("Ask by words or by songs, not by both at once.")
            return _found({"words": words}, library)
        asked, less = (_songs(name, library) for name in ("song", "less"))
        return _found({"song": asked[0], "more": asked[1:], "less": less}, library)

    @routes.get("/v1/passages")
    @answers
    def passages() -> Any:
        library = library_of(showing)
        return _found({"song": _song("song", library), "moment": _moment()}, library)

    @routes.get("/v1/path")
    @answers
    def path() -> Any:
        library = library_of(showing)
        ends = [_song(name, library) for name in ("from", "to")]
        steps, route = _whole("steps", query.USUAL_STEPS, *query.STEPS), _whole("route", 0, 0, query.ROUTES)
        stops = answer.path(_understood({"path": ends, "steps": steps, "route": route}, library), library)
        return {"generation": library.generation, "path": _matches(stops, None, library)}

    @routes.post("/v1/query")
    @answers
    def heard() -> Any:
        library, kind = library_of(showing), request.mimetype
        if not kind.startswith(KINDS):
            raise RequestError(f"Send the sound itself, as audio/… or {KINDS[2]} in Content-Type.", 415)
        _whole("k", USUAL, 1, MOST), _rules()  # before the sound is listened to
        held = Tracks(1)
        track = ear.take(title_of(request.args.get("name", "")), library)
        known = {"title": track.title, "length": track.length, "words": library.words_of(track.vector)}
        return {"track": known | figures(track.descriptors)} | _found({"track": held.add(track)}, library, held)

    @routes.get("/v1/openapi.json")
    def description() -> Response:
        return Response(DESCRIPTION.read_bytes(), mimetype="application/json")

    @routes.get("/<path:name>")  # what no route takes, Dash answers with the page itself
    def nothing(name: str) -> Response:
        return refusal(f"There is nothing at this address; {API}v1/openapi.json says what there is.", 404)

    app.server.register_blueprint(routes)


def answers(route: Callable[..., Any]) -> Callable[..., Response]:
    """A route whose refusals are JSON as its answers are."""

    @wraps(route)
    def refusing(**names: str) -> Response:
        try:
            return jsonify(route(**names))
        except RequestError as error:
            response = refusal(REBUILT if error.status == 410 else str(error), error.status)
            response.headers.update(error.headers)
            return response
        except query.QueryError as error:
            return refusal(str(error), 400)
        except LibraryError:  # which says where the library lies
            return refusal("This library has no answer to that.", 400)

    return refusing


def told(library: Library, songs: list[int]) -> list[dict[str, Any]]:
    """What programs are told of some songs. Where a file lies is not among it."""
    return [
        {name: row[name] for name in ("id", *TEXTS)}
        | {name: row[name] or None for name in ("year", "track")}
        | figures(row)
        | {
            "length": row["length"],
            "cluster": row["cluster"],
            "place": [round(row[axis], 4) for axis in "xyz"],
            "audio": f"/audio/{row['id']}?g={library.generation}",
            "type": mime_type(Path(row["path"])),
        }
        for row in answer.told(library, songs)
    ]


def figures(known: Any) -> dict[str, float | None]:
    """The figures of a song or track, None where one is not known."""
    numbers = {name: format.number(known.get(name)) for name in FIGURES}
    return {name: number if math.isfinite(number) else None for name, number in numbers.items()}


def _found(asked: dict[str, Any], library: Library, tracks: Tracks = NO_TRACKS) -> dict[str, Any]:
    """The matches of a question as the page asks it."""
    understood = _understood(asked, library, tracks)
    matches, starts = answer.find(understood, library, understood.rules, _whole("k", USUAL, 1, MOST))
    return {"generation": library.generation, "matches": _matches(matches, starts, library)}


def _understood(asked: dict[str, Any], library: Library, tracks: Tracks = NO_TRACKS) -> query.Query:
    understood = query.understand(asked | {"rules": _rules()}, library, tracks)
    assert understood is not None
    return understood


def _matches(matches: list[Match], starts: list[float] | None, library: Library) -> list[dict[str, Any]]:
    songs = told(library, [match.id for match in matches])
    found = [{"song": song, "similarity": round(each.similarity, 4)} for song, each in zip(songs, matches, strict=True)]
    return [each | {"start": start} for each, start in zip(found, starts, strict=True)] if starts else found


def _song(name: str, library: Library) -> int:
    return _songs(name, library)[0]


def _songs(name: str, library: Library) -> list[int]:
    given = request.args.getlist(name)
    if not given and name != "less":
        raise RequestError(f"Name a song by its id, as in {name}=12.")
    return [song_of(each, library) for each in given]


def _whole(name: str, usual: int, least: int, most: int) -> int:
    given = request.args.get(name, str(usual))
    if not (given.isascii() and given.isdecimal() and len(given) < 10 and least <= int(given) <= most):
        raise RequestError(f"{name} is a whole number from {least} to {most}.")
    return int(given)


def _moment() -> list[float]:
    try:
        start, end = (float(request.args.get(name, "")) for name in ("start", "end"))
    except ValueError:
        start = end = math.nan
    if not 0 <= start < end < math.inf:
        raise RequestError("start and end are seconds into the song, and start comes first.")
    return [start, end]


def _rules() -> Any:
    try:
        return json.loads(request.args.get("rules", "null"))
    except (ValueError, RecursionError):
        raise RequestError("rules are a JSON object, as openapi.json describes it.") from None
