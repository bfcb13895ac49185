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
from dashboard.icon_button import icon_button
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


def layout(library: Library, behind_password: bool = False) -> html.Div:
    """One screen: bar, map, panel, player. Behind a password there is a way to sign out."""
    return html.Div(
        [
            html.A("Skip to the search", href=f"#{ids.SEARCH}", className="skip"),
            html.A("Skip to what was found", href="#panel-alike", className="skip"),
            bar(library, behind_password),
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


def bar(library: Library, behind_password: bool) -> html.Header:
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
                        title="The library is being built again. What is new appears by itself.",
                    ),
                ],
                className="brand",
            ),
            search.layout(library.has_words),
            html.Div(
                [
                    drop.button(),
                    drop.recorder(),
                    theme_button(),
                    guide.button(),
                    *([sign_out_button()] if behind_password else []),
                ],
                className="actions",
            ),
        ],
        className="bar-top",
    )


def theme_button() -> html.Button:
    """Dark or light. assets/theme.js remembers it."""
    return icon_button("theme", "Light theme", title="Light or dark", id=ids.THEME, **aria(pressed="false"))


def sign_out_button() -> html.Button:
    """The way out, where a password was the way in. assets/signed_out.js takes it."""
    return icon_button("sign-out", "Sign out", id=ids.SIGN_OUT)


def figures(library: Library) -> list[html.Span]:
    """What the library holds: songs, time, clusters."""
    said = (
        format.count(len(library), "song"),
        format.span(float(library.songs["length"].sum())),
        format.count(len(library.clusters), "cluster"),
    )
    return [html.Span(figure) for figure in said]
