"""Answers that hold parts of the page: described with Dash's components, drawn by assets/draw.js.

Dash's own callbacks pass what they answer through its store and through React, which takes a hundred milliseconds that
a click cannot spare.
"""

import json
from typing import Any

from dash.development.base_component import Component
from flask import Response


def drawn(parts: Any) -> Response:
    """Plain data and components of `dash.html` as JSON, {"type": "P", "props": {"children": …}} each."""
    return Response(json.dumps(parts, default=described, separators=(",", ":")), mimetype="application/json")


def described(part: Any) -> Any:
    """A component as plain data; its children may be components still."""
    if not isinstance(part, Component):
        raise TypeError(f"{type(part).__name__} is nothing that a page can show")
    described = part.to_plotly_json()
    return {"type": described["type"], "props": described["props"]}
