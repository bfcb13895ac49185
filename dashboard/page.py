"""How the panels lie on the screen."""

from dash import dcc, html

from dashboard import drop, format, ids, matches, player, search, song_map
from index.library import Library

INDEX = """<!DOCTYPE html>
<html lang="en">
<head>
{%metas%}
<meta name="color-scheme" content="dark">
<meta name="theme-color" content="#0b0d13">
<title>{%title%}</title>
<link rel="icon" type="image/svg+xml" href="/assets/songboard.svg">
{%css%}
</head>
<body>
{%app_entry%}
{%config%}
{%scripts%}
{%renderer%}
</body>
</html>
"""


def layout(library: Library) -> html.Div:
    """One screen: bar, map, answer, player."""
    return html.Div(
        [
            html.Header(
                [
                    html.Div(
                        [
                            html.H1([html.Img(src="/assets/songboard.svg", alt="", className="logo"), "Songboard"]),
                            html.P(figures(library), className="figures"),
                        ],
                        className="brand",
                    ),
                    search.layout(library),
                    drop.button(library),
                ],
                className="bar-top",
            ),
            html.Main([song_map.layout(library), matches.layout(library)], className="middle"),
            player.layout(library),
            drop.layout(library),
            dcc.Store(id=ids.QUERY),
            dcc.Store(id=ids.ANSWERED),
        ],
        className="page",
    )


def figures(library: Library) -> list[html.Span]:
    """What the library holds: songs, time, clusters."""
    said = (
        format.count(len(library), "song"),
        format.span(float(library.songs["length"].sum())),
        format.count(len(library.clusters), "cluster"),
    )
    return [html.Span(figure) for figure in said]
