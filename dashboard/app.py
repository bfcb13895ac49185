"""The page put together: its panels, its routes, and the one callback that answers a query."""

from pathlib import Path
from typing import Any

from dash import Dash, Input, Output, State
from flask import Response, abort, request

from dashboard import audio, drop, ids, matches, page, query, search, song_map
from dashboard.tracks import Tracks
from index.library import Library

ASSETS = Path(__file__).parent.parent / "assets"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})


def create_app(library: Library, listen: drop.Listen | None = None, *, loopback: bool = True) -> Dash:
    """The dashboard of one library.

    `listen` embeds one file with the library's own encoder; None refuses dropped tracks. `loopback` says that the
    server is bound to this machine alone, so that a request for any other host is a rebound name and is refused.
    """
    app = Dash(
        __name__,
        assets_folder=str(ASSETS),
        index_string=page.INDEX,
        title="Songboard",
        update_title="",
        serve_locally=True,
    )
    tracks = Tracks()
    app.layout = page.layout(library)
    song_map.register(app, library)
    search.register(app, library)
    audio.register(app, library)
    drop.register(app, library, tracks, listen)
    register_answer(app, library, tracks)
    protect(app, loopback)
    return app


def register_answer(app: Dash, library: Library, tracks: Tracks) -> None:
    """The query in; the song card and its matches out, and then the lights on the map.

    The map follows in a second step because drawing it keeps the browser busy: the list must not wait for that.
    """

    @app.callback(
        Output(ids.CARD, "children"),
        Output(ids.MATCHES, "children"),
        Output(ids.ANSWERED, "data"),
        Input(ids.QUERY, "data"),
        prevent_initial_call=True,
    )
    def show(asked: Any) -> tuple[Any, Any, Any]:
        try:
            found = query.answer(asked, library, tracks)
        except query.QueryError as error:
            return matches.refusal(str(error)), [], None
        if found is None:
            return matches.invitation(), [], None
        return matches.card(found, library), matches.rows(found, library), asked

    @app.callback(
        Output(ids.MAP, "figure"),
        Input(ids.ANSWERED, "data"),
        State(ids.FOCUS, "data"),
        prevent_initial_call=True,
    )
    def light(answered: Any, focus: int | None) -> Any:
        try:
            found = query.answer(answered, library, tracks)
        except query.QueryError:
            found = None
        return song_map.highlight(library, found, focus)


def protect(app: Dash, loopback: bool) -> None:
    """Nothing but this host is loaded, framed or told anything, and nobody else's name for it is answered."""
    scripts = " ".join(["'self'", *app.csp_hashes()])
    policy = "; ".join(
        (
            "default-src 'self'",
            f"script-src {scripts}",
            "style-src 'self' 'unsafe-inline'",  # plotly.js writes its own rules into the page
            "img-src 'self' data: blob:",
            "media-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )

    @app.server.before_request
    def own_name() -> None:
        if loopback and request.host.rsplit(":", 1)[0].lower() not in LOOPBACK and request.host not in LOOPBACK:
            abort(Response("Songboard answers only to localhost here.", 403, mimetype="text/plain"))

    @app.server.after_request
    def headers(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = policy
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        return response
