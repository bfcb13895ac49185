"""How the panels lie on the screen."""

from dash import html

from dashboard import (
    drop,
    format,
    guide,
    health,
    ids,
    matches,
    notice,
    path_panel,
    player,
    queue_panel,
    search,
    stage,
    tabs,
)
from dashboard.attributes import aria, data
from index.library import Library

INDEX = """<!DOCTYPE html>
<html lang="en">
<head>
{%metas%}
<meta name="theme-color" content="#0b0d13">
<title>{%title%}</title>
<link rel="icon" type="image/svg+xml" href="/assets/songboard.svg">
{%css%}
<script src="/assets/theme.js"></script>
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
    """One screen: bar, map, panel, player."""
    return html.Div(
        [
            html.A("Skip to the search", href=f"#{ids.SEARCH}", className="skip"),
            html.A("Skip to what was found", href="#panel-alike", className="skip"),
            bar(library),
            html.Div(
                [
                    html.Main(stage.layout(library), className="place"),
                    tabs.layout(
                        {
                            "Alike": matches.layout(library),
                            "Path": path_panel.layout(library),
                            "Queue": queue_panel.layout(library),
                            "Health": health.layout(library),
                        },
                        foot=drop.tray(),
                    ),
                ],
                className="middle",
            ),
            player.layout(library),
            drop.veil(),
            notice.layout(),
            guide.layout(),
        ],
        className="page",
        **data(generation=library.generation),
    )


def bar(library: Library) -> html.Header:
    """Name and figures, search, and what is done with the page as a whole."""
    return html.Header(
        [
            html.Div(
                [
                    html.H1([html.Img(src="/assets/songboard.svg", alt="", className="logo"), "Songboard"]),
                    html.P(figures(library), className="figures"),
                    html.P(
                        "Building",
                        id=ids.BUILDING,
                        className="building",
                        hidden=True,
                        role="status",
                        title="Songboard listens to new songs. They appear by themselves.",
                    ),
                ],
                className="brand",
            ),
            search.layout(library),
            html.Div([drop.button(), drop.recorder(), theme_button(), guide.button()], className="actions"),
        ],
        className="bar-top",
    )


def theme_button() -> html.Button:
    """Dark or light. assets/theme.js remembers it."""
    return html.Button(
        html.Span(className="icon icon-theme"),
        id=ids.THEME,
        className="icon-button",
        type="button",
        title="Light or dark",
        **aria(label="Light theme", pressed="false"),
    )


def figures(library: Library) -> list[html.Span]:
    """What the library holds: songs, time, clusters."""
    said = (
        format.count(len(library), "song"),
        format.span(float(library.songs["length"].sum())),
        format.count(len(library.clusters), "cluster"),
    )
    return [html.Span(figure) for figure in said]
