"""The songs to come. assets/queue_list.js fills the list: the queue lives in the browser, beside the player."""

from typing import Any

from dash import html

from dashboard import ids
from dashboard.attributes import aria, data
from index.library import Library

DJ_ORDER = "Put the songs into an order in which tempo and key go from each into the next"


def layout(library: Library) -> html.Section:
    """The queue with nothing in it."""
    return html.Section(
        [
            html.Div(id=ids.QUEUE_NOW, className="queue-now"),
            html.Div(
                [
                    html.H2("To come", className="eyebrow"),
                    html.Span(id=ids.QUEUE_FIGURES, className="queue-figures"),
                ],
                className="queue-head",
            ),
            html.Div(
                [
                    _button("Open playlist", ids.PLAYLIST_OPEN, title="Add the songs of an .m3u8 file to the queue"),
                    _button("Save playlist", ids.QUEUE_SAVE, **data(playlist="queue", name="Queue")),
                    _button("DJ order", ids.QUEUE_ORDER, title=DJ_ORDER),
                    _button("Clear", ids.QUEUE_CLEAR),
                ],
                className="queue-buttons",
            ),
            html.Ol(id=ids.QUEUE_LIST, className="queue-list"),
            html.P(id=ids.QUEUE_NEXT, className="queue-next"),
            html.P(id=ids.QUEUE_SAID, className="only-heard", role="status"),
        ],
        id=ids.QUEUE,
        className="queue",
        **aria(label="Queue"),
    )


def _button(says: str, name: str, **more: Any) -> html.Button:
    return html.Button(says, id=name, className="quiet-button", type="button", **more)
