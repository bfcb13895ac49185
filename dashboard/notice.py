"""What the page has to say to whoever looks at it: one notice at a time, and a banner while the server is gone."""

from dash import html

from dashboard import ids
from dashboard.icon_button import icon_button


def layout() -> html.Div:
    """Both, silent. assets/notice.js and assets/status.js let them speak."""
    return html.Div(
        [
            html.Div(
                [html.Span(className="icon icon-cut"), html.Span(id=ids.GONE_TEXT)],
                id=ids.GONE,
                className="gone",
                hidden=True,
                role="alert",
            ),
            html.Div(
                [
                    html.Span(className="spinner"),
                    html.Span(id=ids.NOTICE_TEXT, className="notice-text"),
                    html.Button(id=ids.NOTICE_ACT, className="quiet-button", type="button", hidden=True),
                    icon_button("close", "Dismiss", id=ids.NOTICE_CLOSE),
                ],
                id=ids.NOTICE,
                className="notice",
                hidden=True,
                role="status",
            ),
        ]
    )
