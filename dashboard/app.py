"""The page put together: its panels, its routes, and the one callback that answers a query."""

from pathlib import Path
from threading import Thread
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output

from dashboard import (
    audio,
    card,
    drop,
    health,
    ids,
    matches,
    page,
    path_panel,
    playlist,
    radio,
    search,
    song_map,
    status,
    waveform,
    why,
)
from dashboard.answer import answer, lights, warm
from dashboard.protection import OWN, Guard, protect
from dashboard.query import QueryError, is_path, understand
from dashboard.showing import Showing
from dashboard.tracks import Tracks
from index.library import Library

ASSETS = Path(__file__).parent.parent / "assets"


def create_app(library: Library, listen: drop.Listen | None = None, guard: Guard = OWN) -> Dash:
    """The dashboard of one library.

    `listen` embeds one file with the library's own encoder; None refuses dropped tracks. `guard` says whom the
    dashboard answers.
    """
    app = Dash(
        __name__,
        assets_folder=str(ASSETS),
        index_string=page.INDEX,
        title="Songboard",
        update_title="",
        serve_locally=True,
    )
    showing, tracks = Showing(library), Tracks()
    app.layout = lambda: page.layout(showing.library, behind_password=guard.access is not None)
    song_map.register(app, showing)
    search.register(app, showing)
    audio.register(app, showing)
    waveform.register(app, showing, tracks)
    radio.register(app, showing, tracks)
    playlist.register(app, showing)
    drop.register(app, showing, tracks, listen)
    health.register(app, showing)
    status.register(app, showing)
    why.register(app, showing, tracks)
    register_answer(app, showing, tracks)
    protect(app, guard)
    return app


def register_answer(app: Dash, showing: Showing, tracks: Tracks) -> None:
    """The query in; the song card, the list of matches or of a path, and what the map is to light out."""

    Thread(target=warm, args=(showing.library,), daemon=True).start()

    @app.callback(
        Output(ids.CARD, "children"),
        Output(ids.LISTED, "data"),
        Output(ids.ANSWERED, "data"),
        Input(ids.QUERY, "data"),
        prevent_initial_call=True,
    )
    def show(asked: Any) -> tuple[Any, Any, Any]:
        library = showing.of(asked.get("generation") if isinstance(asked, dict) else None)
        try:
            query = understand(asked, library, tracks, showing.held)
            if query is None:
                return card.invitation(), None, None
            found = answer(query, library)
        except QueryError as error:
            refused = {"path": {"nothing": str(error)}} if is_path(asked) else None
            return card.refusal(str(error)), refused, None
        if found.path is not None:
            return card.invitation(), {"path": path_panel.stops(found, library)}, lights(found, asked, library)
        return card.card(found, library), {"matches": matches.listed(found, library)}, lights(found, asked, library)

    app.clientside_callback(
        ClientsideFunction("songboard", "answered"),
        Output(ids.LIT, "data"),
        Input(ids.ANSWERED, "data"),
        Input(ids.LISTED, "data"),
        prevent_initial_call=True,
    )
