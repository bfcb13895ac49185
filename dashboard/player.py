"""The bar at the bottom: one audio element and its buttons. assets/player.js moves them: sound waits for no server."""

from dash import html

from dashboard import ids
from dashboard.attributes import aria, data
from dashboard.icon_button import icon_button
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
                    icon_button("previous", "Previous song (P)", id=ids.PREVIOUS),
                    icon_button("play", "Play or pause (Space)", id=ids.TOGGLE, className="play play-main"),
                    icon_button("next", "Next song (N)", id=ids.NEXT),
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
                    icon_button("moment", "Songs with a bit like the one playing now", id=ids.MOMENT),
                    icon_button("radio", "Radio: when the queue ends, go on with what is nearest", id=ids.RADIO),
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
                            icon_button("volume", "Mute", id=ids.MUTE),
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
