"""What a person reads in the components of a page."""

from typing import Any


def text(component: Any) -> str:
    """Everything a person reads in a component."""
    if isinstance(component, list | tuple):
        return " ".join(filter(None, map(text, component)))
    return text(component.children) if hasattr(component, "children") else "" if component is None else str(component)
