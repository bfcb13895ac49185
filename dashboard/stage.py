"""The stage: the map, its tools, its legend, and what floats over it. assets/map/*.js bring it to life."""

from dash import html

from dashboard import ids, legend
from dashboard.attributes import aria, data
from index.library import Library

HELP = (
    "Every song is a point; songs that sound alike stand close together. Arrow keys turn the map, plus and minus zoom, "
    "0 brings all of it back into view. To choose a song without a mouse, search for it or walk through the matches."
)
MISSING = (
    "This browser cannot draw the map: it has no WebGL 2. Everything else works: search for a song, and its matches "
    "line up beside."
)


def layout(library: Library) -> html.Section:
    """The map before its script has drawn anything."""
    return html.Section(
        [
            html.Div(
                id=ids.MAP,
                className="map",
                tabIndex="0",
                role="application",
                **aria(label=f"Map of {len(library):,} songs", describedby=ids.MAP_HELP),
            ),
            html.P(HELP, id=ids.MAP_HELP, className="only-heard"),
            html.P(MISSING, id=ids.MAP_MISSING, className="map-missing", hidden=True),
            legend.layout(library),
            html.Ul(id=ids.FILTERS, className="filters", **aria(label="What the map is narrowed to")),
            tools(),
            selection(),
            html.P(id=ids.MAP_SAID, className="only-heard", role="status"),
        ],
        className="stage",
        **aria(label="Map of the songs"),
    )


def tools() -> html.Div:
    """Depth, lasso, box and recentre."""
    return html.Div(
        [
            html.Div(
                [
                    _tool(ids.DEEP, "3-D", "Map in three dimensions", pressed="true"),
                    _tool(ids.FLAT, "2-D", "Flat map", pressed="false"),
                ],
                className="tool-pair",
                role="group",
                **aria(label="Dimensions of the map"),
            ),
            _tool(ids.LASSO, "lasso", "Select songs with a lasso (Shift and drag on the flat map)", pressed="false"),
            _tool(ids.BOX, "box", "Select songs with a box", pressed="false"),
            _tool(ids.RECENTRE, "recentre", "Bring the whole map into view (0)"),
        ],
        className="tools",
        role="toolbar",
        **aria(label="Map tools"),
    )


def _tool(id: str, face: str, name: str, **state: str) -> html.Button:
    content = face if "-" in face else html.Span(className=f"icon icon-{face}")
    return html.Button(content, id=id, className="tool", type="button", title=name, **aria(label=name, **state))


def selection() -> html.Div:
    """What to do with the songs that a lasso or a filter leaves."""
    return html.Div(
        [
            html.Span(className="selection-count", role="status"),
            html.Button("Play", className="selection-act", type="button", **data(act="play")),
            html.Button("Queue", className="selection-act", type="button", **data(act="queue")),
            html.Button("Save playlist", className="selection-act", type="button", **data(act="save")),
            html.Button("Clear", className="selection-act", type="button", **data(act="clear")),
        ],
        id=ids.SELECTION,
        className="selection",
        hidden=True,
        role="group",
        **aria(label="Selected songs"),
    )
