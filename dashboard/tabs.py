"""The panel at the right: one tab a thing to look at. assets/tabs.js turns them."""

from collections.abc import Mapping
from typing import Any

from dash import html

from dashboard import ids
from dashboard.attributes import aria
from dashboard.icon_button import icon_button


def layout(panels: Mapping[str, Any], foot: Any = None) -> html.Aside:
    """Panels by the name their tab shows, the first of them open, and under all of them a foot.

    Tab and panel are called `tab-…` and `panel-…`.
    """
    names = list(panels)
    return html.Aside(
        [
            html.Div(
                [
                    html.Div(
                        [_tab(name, name == names[0]) for name in names],
                        className="tabs",
                        role="tablist",
                        **aria(label="Panels"),
                    ),
                    icon_button(
                        "expand",
                        "Larger panel, smaller map",
                        id=ids.SHEET,
                        className="icon-button sheet",
                        **aria(expanded="false"),
                    ),
                ],
                className="tabs-bar",
            ),
            *(_panel(name, content, name == names[0]) for name, content in panels.items()),
            foot,
        ],
        className="side",
        **aria(label="What was found"),
    )


def _tab(name: str, chosen: bool) -> html.Button:
    return html.Button(
        [name, html.Span(className="tab-count")],
        id=f"tab-{name.lower()}",
        className="tab",
        type="button",
        role="tab",
        tabIndex=0 if chosen else -1,
        **aria(selected=str(chosen).lower(), controls=f"panel-{name.lower()}"),
    )


def _panel(name: str, content: Any, chosen: bool) -> html.Div:
    return html.Div(
        content,
        id=f"panel-{name.lower()}",
        className="panel",
        role="tabpanel",
        tabIndex=0,
        hidden=not chosen,
        **aria(labelledby=f"tab-{name.lower()}"),
    )
