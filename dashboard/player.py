"""The bar at the bottom: one audio element and its buttons. assets/player.js moves them: sound waits for no server."""

from typing import Any

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
                    _button(ids.PREVIOUS, "previous", "Previous song (P)"),
                    _button(ids.TOGGLE, "play", "Play or pause (Space)", "play play-main"),
                    _button(ids.NEXT, "next", "Next song (N)"),
                ],
                className="transport",
            ),
            html.Div(
                [
                    html.Span("0:00", id=ids.ELAPSED, className="time"),
                    # Alt and a drag over it choose a moment; without Alt the range on top of it takes the pointer.
                    html.Div(id=ids.SEEK, className="seek-wave", **data(label="Position in the song")),
                    html.Span("0:00", id=ids.DURATION, className="time"),
                ],
                className="seek",
            ),
            html.Div(
                [
                    _button(ids.MOMENT, "moment", "Songs with a bit like the one playing now"),
                    _button(ids.RADIO, "radio", "Radio: when the queue ends, go on with what is nearest"),
                    html.Button(
                        [
                            html.Span(className="icon icon-queue"),
                            html.Span(id=ids.QUEUE_COUNT, className="queue-count"),
                        ],
                        id=ids.QUEUE_OPEN,
                        className="icon-button",
                        type="button",
                        title="Queue",
                        **aria(label="Queue"),
                    ),
                    html.Div(
                        [
                            _button(ids.MUTE, "volume", "Mute"),
                            html.Div(id=ids.VOLUME, className="slider", **data(label="Volume")),
                        ],
                        className="volume",
                    ),
                ],
                className="player-tools",
            ),
        ],
        id=ids.PLAYER,
        className="player",
        **aria(label="Player"),
    )


def _button(name: str, icon: str, says: str, look: str = "icon-button") -> Any:
    return html.Button(
        html.Span(className=f"icon icon-{icon}"), id=name, className=look, type="button", title=says, **aria(label=says)
    )
