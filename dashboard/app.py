"""The page put together: its panels and its routes."""

from pathlib import Path

from dash import Dash

from dashboard import (
    api,
    audio,
    drop,
    health,
    mixing,
    page,
    panel,
    playlist,
    radio,
    search,
    song_map,
    status,
    subsonic,
    taste,
    waveform,
    why,
)
from dashboard.protection import OWN, Guard, protect
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
        assets_ignore=r"theme\.js",  # the page names it itself, before anything is painted
        assets_path_ignore=["^share$"],  # of the map that is given away
        index_string=page.INDEX,
        title="Songboard",
        update_title="",
        serve_locally=True,
    )
    showing, tracks, ear, tastes = Showing(library), Tracks(), drop.Ear(listen), taste.Tastes()
    app.layout = lambda: page.layout(showing.library, behind_password=guard.access is not None)
    song_map.register(app, showing)
    search.register(app, showing)
    audio.register(app, showing)
    waveform.register(app, showing, tracks)
    radio.register(app, showing, tracks, tastes)
    playlist.register(app, showing)
    mixing.register(app, showing)
    drop.register(app, showing, tracks, ear)
    health.register(app, showing)
    status.register(app, showing)
    why.register(app, showing, tracks)
    panel.register(app, showing, tracks, tastes)
    taste.register(app, showing, tastes)
    api.register(app, showing, ear)
    subsonic.register(app, showing, guard.access)
    protect(app, guard)
    return app
