"""The rules above the matches: how surprising they may be, and what is left out. assets/rules.js moves them."""

import numpy as np
from dash import html

from dashboard import ids
from dashboard.attributes import aria, data
from index.library import Library


def layout(library: Library) -> html.Section:
    """The line with nothing set; its fields are native ones, which Dash has none of, so the script makes them."""
    tempos = library.songs["bpm"].to_numpy(float)
    tempos = tempos[np.isfinite(tempos)]
    slowest, fastest = (int(tempos.min()), int(np.ceil(tempos.max()))) if len(tempos) else (0, 0)
    return html.Section(
        [
            html.Div(
                [
                    html.Span("Closest", className="rules-end"),
                    html.Div(id=ids.SURPRISE, className="slider"),
                    html.Span("Surprising", className="rules-end"),
                    html.Button(
                        ["Rules", html.Span(className="tab-count", id=ids.RULES_COUNT)],
                        id=ids.RULES_OPEN,
                        className="quiet-button",
                        type="button",
                        **aria(expanded="false", controls=ids.RULES_FIELDS),
                    ),
                ],
                className="rules-line",
            ),
            html.Div(id=ids.RULES_FIELDS, className="rules-fields", hidden=True),
            html.Ul(id=ids.RULES_CHIPS, className="chips", **aria(label="Rules that are set")),
        ],
        id=ids.RULES,
        className="rules",
        **aria(label="Rules for the list"),
        **data(slowest=str(slowest), fastest=str(fastest)),
    )
