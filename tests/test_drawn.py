import json

import pytest
from dash import html

from dashboard.drawn import drawn


def test_components_are_described_by_what_they_are_and_hold():
    part = html.P(["a", html.B("<b>", className="loud"), None], title="c")
    assert json.loads(drawn({"card": [part], "lit": None}).data) == {
        "card": [
            {
                "type": "P",
                "props": {
                    "children": ["a", {"type": "B", "props": {"children": "<b>", "className": "loud"}}, None],
                    "title": "c",
                },
            }
        ],
        "lit": None,
    }


def test_what_no_page_can_show_is_refused():
    with pytest.raises(TypeError, match="set is nothing that a page can show"):
        drawn({"card": {1, 2}})
