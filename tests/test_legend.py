import json
import re

import pytest

from dashboard import legend, song_map
from dashboard.app import ASSETS
from dashboard.palette import HUES, TRACK, colour

PALETTE = (ASSETS / "palette.css").read_text()


def themes():
    """The colours of either theme by name, and the ground they stand on."""
    dark, light = (dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", part)) for part in PALETTE.split(":root[")[0:2])
    return dark, light


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    """As WCAG 2.2 defines it, 1 to 21."""
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", themes(), ids=["dark", "light"])
def test_every_colour_is_seen_on_the_ground_of_its_theme(theme):
    shown = {name: value for name, value in theme.items() if name.startswith(("cluster-", "ramp-", "track"))}
    assert len(shown) == HUES + 2 + 7 + 1
    for ground in ("map-ground", "map-border"):
        assert {name: value for name, value in shown.items() if contrast(value, theme[ground]) < 3} == {}


@pytest.mark.parametrize("theme", themes(), ids=["dark", "light"])
def test_the_ramp_goes_one_way_in_lightness(theme):
    steps = [luminance(theme[f"ramp-{stop}"]) for stop in range(7)]
    assert steps in (sorted(steps), sorted(steps, reverse=True))


def test_both_themes_name_the_same_colours():
    dark, light = themes()
    assert dark.keys() == light.keys()


def test_colours_differ_as_long_as_there_are_colours():
    dark, light = themes()
    for theme in (dark, light):
        assert len({theme[f"cluster-{number}"] for number in range(HUES)}) == HUES
    assert colour(HUES) == colour(0)
    assert re.fullmatch(r"var\(--(.+)\)", TRACK)[1] in dark


def test_the_legend_offers_what_the_map_carries():
    offered = json.loads(legend.layout(None).to_plotly_json()["props"]["data-colours"])
    assert set(offered) == {"cluster", "key", *song_map.CATEGORIES, *song_map.NUMBERS}
