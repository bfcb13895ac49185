"""The legend: what the map is coloured by, and a filter at the same time. assets/map/legend.js fills it."""

import json

from dash import html

from dashboard import ids
from dashboard.attributes import aria, data
from dashboard.icon_button import icon_button
from index.library import Library

COLOURS = {
    "cluster": "Cluster",
    "genre": "Genre",
    "artist": "Artist",
    "year": "Year",
    "tempo": "Tempo",
    "key": "Key",
    "loudness": "Loudness",
    "brightness": "Brightness",
}


def layout(library: Library) -> html.Nav:
    """The panel over the map; its native fields are made by the script, for Dash has none."""
    return html.Nav(
        [
            html.Div(
                [
                    html.Span("Colour by", className="eyebrow", id=ids.LEGEND_NAME),
                    html.Div(id=ids.COLOUR_BY, className="colour-by"),
                    icon_button(
                        "expand",
                        "Legend",
                        title="Fold the legend",
                        id=ids.LEGEND_FOLD,
                        className="icon-button legend-fold",
                        **aria(expanded="true", controls=ids.LEGEND_BODY),
                    ),
                ],
                className="legend-head",
            ),
            html.Div(id=ids.LEGEND_BODY, className="legend-body"),
        ],
        id=ids.LEGEND,
        className="legend",
        **aria(label="Colours and filters of the map"),
        **data(colours=json.dumps(COLOURS)),
    )
