"""HTML attributes whose names are no names in Python: aria-label, data-song."""

from typing import Any


def aria(**named: str) -> dict[str, Any]:
    """aria(label="Map") is {"aria-label": "Map"}."""
    return {f"aria-{name}": value for name, value in named.items()}


def data(**named: str) -> dict[str, Any]:
    """data(song="12") is {"data-song": "12"}."""
    return {f"data-{name}": value for name, value in named.items()}
