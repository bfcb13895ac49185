"""POST /answer: the query in; the song card, the list of matches or of a path, and what the map is to light out."""

from threading import Timer
from typing import Any

from dash import Dash
from flask import Response, request

from dashboard import card, matches, path_panel
from dashboard.answer import answer, lights, warm
from dashboard.drawn import drawn
from dashboard.query import QueryError, is_path, understand
from dashboard.showing import Showing
from dashboard.taste import Tastes
from dashboard.tracks import Tracks

PAGE_FIRST = 1.0  # seconds until that begins, so that the page itself need not wait


def shown(asked: Any, showing: Showing, tracks: Tracks, tastes: Tastes | None = None) -> dict[str, Any]:
    """What stands on the page when this is asked, whatever it is: {"card": components, "listed", "lit": plain data}."""
    library = showing.of(asked.get("generation") if isinstance(asked, dict) else None)
    try:
        query = understand(asked, library, tracks, showing.held)
        if query is None:
            return {"card": card.invitation(), "listed": None, "lit": None}
        found = answer(query, library, tastes.metric(library) if tastes else None)
    except QueryError as error:
        refused = {"path": {"nothing": str(error)}} if is_path(asked) else None
        return {"card": card.refusal(str(error)), "listed": refused, "lit": None}
    lit = lights(found, asked, library)
    if found.path is not None:
        return {"card": card.invitation(), "listed": {"path": path_panel.stops(found, library)}, "lit": lit}
    head = card.card if query.words is None else card.words
    return {"card": head(found, library), "listed": {"matches": matches.listed(found, library)}, "lit": lit}


def register(app: Dash, showing: Showing, tracks: Tracks, tastes: Tastes) -> None:
    """Answer queries. What every answer needs is worked out before the first is likely to come."""
    warming = Timer(PAGE_FIRST, warm, args=(showing.library,))
    warming.daemon = True
    warming.start()

    @app.server.post("/answer")
    def answered() -> Response:
        return drawn(shown(request.get_json(), showing, tracks, tastes))
