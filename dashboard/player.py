"""The bar at the bottom: one audio element and its buttons. assets/player.js moves them: sound waits for no server."""

from dash import html

from dashboard import ids
from dashboard.attributes import aria, data
from index.library import Library


def layout(library: Library) -> html.Footer:
    """The player with nothing in it."""
    return html.Footer(
        [
            html.Audio(id=ids.AUDIO, preload="metadata"),
            html.Div(
                [
                    html.Div("Nothing playing", id=ids.NOW_TITLE, className="now-title"),
                    html.Div("Choose a song to hear it.", id=ids.NOW_ARTIST, className="now-artist"),
                ],
                className="now",
                role="status",
            ),
            html.Div(
                [
                    html.Div(
                        [
                            _button(ids.PREVIOUS, "icon-previous", "Previous match (P)"),
                            _button(ids.TOGGLE, "icon-play", "Play or pause (Space)", "play play-main"),
                            _button(ids.NEXT, "icon-next", "Next match (N)"),
                        ],
                        className="transport",
                    ),
                    html.Div(
                        [
                            html.Span("0:00", id=ids.ELAPSED, className="time"),
                            html.Div(id=ids.SEEK, className="slider", **data(label="Position in the song")),
                            html.Span("0:00", id=ids.DURATION, className="time"),
                        ],
                        className="seek",
                    ),
                ],
                className="deck",
            ),
            html.Div(
                [
                    html.Span(className="icon icon-volume"),
                    html.Div(id=ids.VOLUME, className="slider", **data(label="Volume")),
                ],
                className="volume",
            ),
        ],
        id=ids.PLAYER,
        className="player",
        **aria(label="Player"),
    )


def _button(name: str, icon: str, says: str, look: str = "icon-button") -> html.Button:
    return html.Button(
        html.Span(className=f"icon {icon}"), id=name, className=look, type="button", title=says, **aria(label=says)
    )
