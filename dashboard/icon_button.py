"""A button that shows a picture instead of words."""

from typing import Any

from dash import html

from dashboard.attributes import aria


def icon_button(
    icon: str, label: str, *, title: str = "", className: str = "icon-button", **attributes: Any
) -> html.Button:
    """A button with the picture `icon` of assets/icons.css; `label` is read aloud, and shown where it has no title."""
    return html.Button(
        html.Span(className=f"icon icon-{icon}"),
        className=className,
        type="button",
        title=title or label,
        **aria(label=label),
        **attributes,
    )
