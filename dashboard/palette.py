"""Colours by name: the style sheet assets/palette.css knows their values, dark and light."""

HUES = 24
TRACK = "var(--track)"  # a dropped track


def colour(number: int) -> str:
    """The colour of a cluster or another category, as CSS."""
    return f"var(--cluster-{number % HUES})"
