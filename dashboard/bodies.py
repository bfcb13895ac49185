"""What a request may bring: so many bytes, so deeply nested, and no callback but those of the page."""

from typing import Any

from dash import Dash
from flask import abort, request

from dashboard import drop, playlist
from dashboard.requested import refusal

LARGEST = 2 * 2**20  # bytes of a body
TRACKS = ("/drop", "/api/v1/query")  # routes that take a file to be listened to
FILES = dict.fromkeys(TRACKS, drop.LARGEST) | {"/playlist/read": playlist.LARGEST}  # bytes, by the route that takes it
DEEPEST = 32  # lists and objects within each other
CALLBACKS = "/_dash-update-component"


def register(app: Dash) -> None:
    """Look at every body before anything is done with it; what it holds may still be any JSON."""

    @app.server.before_request
    def bounded() -> None:
        request.max_content_length = 1 + largest(request.path)  # a body that ends at the limit is not beyond it
        # Dash says of a GET, too, that it is JSON.
        if request.path not in FILES and request.method == "POST" and request.is_json:
            try:
                body = request.get_json()
            except RecursionError:
                _refuse("This request is nested too deeply.")
            if depth(body) > DEEPEST:
                _refuse("This request is nested too deeply.")
            if request.path == CALLBACKS and not is_callback(body, app.callback_map):
                _refuse("The page knows no such question. Load it again.")


def largest(path: str) -> int:
    """How many bytes the body of a request to a route may have."""
    return FILES.get(path, LARGEST)


def depth(value: Any) -> int:
    """How many lists and objects of a JSON value lie within each other."""
    found, level = 0, [value]
    while level := [part for part in level if isinstance(part, list | dict)]:
        found += 1
        level = [inner for part in level for inner in (part.values() if isinstance(part, dict) else part)]
    return found


def is_callback(body: Any, known: dict[str, Any]) -> bool:
    """Whether a body calls one of the callbacks `known` to Dash by their output, with its own inputs and states."""
    output = body.get("output") if isinstance(body, dict) else None
    if not isinstance(output, str) or output not in known:
        return False
    changed, outputs = body.get("changedPropIds", []), body.get("outputs", [])
    return (
        _names(body.get("inputs", [])) == _names(known[output]["inputs"])
        and _names(body.get("state", [])) == _names(known[output]["state"])
        and None not in _names(outputs if isinstance(outputs, list) else [outputs])
        and isinstance(changed, list)
        and all(isinstance(name, str) for name in changed)
    )


def _names(properties: Any) -> list[tuple[str, str] | None]:
    """Id and property of each; None for what has none."""
    return [
        (each["id"], each["property"])
        if isinstance(each, dict) and isinstance(each.get("id"), str) and isinstance(each.get("property"), str)
        else None
        for each in (properties if isinstance(properties, list) else [None])
    ]


def _refuse(sentence: str) -> None:
    abort(refusal(sentence, 400))
