"""An evaluation on the screen and for machines."""

import json

from index.bootstrap import Figure
from index.evaluation import Evaluation
from report import as_json, as_table

OWN = {
    "p1": Figure(0.714, 0.6, 0.8),
    "mean_ap": Figure(0.5, 0.4, 0.6),
    "excerpt_clean": Figure(1.0, 1.0, 1.0),
    "n10_largest": Figure(31.0),
    "n10_skew": Figure(-0.251),
}
OTHER = {"p1": Figure(0.4, 0.3, 0.5), "mean_ap": Figure(0.25)}
MEASURED = Evaluation(
    library="music",
    labels="artist",
    songs=90,
    groups=12,
    asked=88,
    excerpts=90,
    chance=0.09,
    left_out={"without a tag for the artist": 1, "the same recording as another": 4},
    figures={"/home/me/ears/mine.safetensors": OWN, "mfcc": OTHER},
    differences={"mfcc": {"p1": Figure(0.314, 0.1, 0.5), "mean_ap": Figure(0.25, -0.05, 0.4)}},
)


def test_a_row_shows_a_figure_of_every_encoder_with_its_interval() -> None:
    lines = [line.split() for line in as_table(MEASURED).splitlines()]
    assert ["mine", "mfcc"] in lines
    assert "P@1 0.71 (0.60 to 0.80) 0.40 (0.30 to 0.50)".split() in lines
    assert "mAP 0.50 (0.40 to 0.60) 0.25".split() in lines
    assert "clean 1.00 (1.00 to 1.00) -".split() in lines


def test_what_was_not_measured_has_no_row() -> None:
    table = as_table(MEASURED)
    assert "largest N10" in table and " 31 " in table and "-0.25" in table
    assert "stability" not in table and "clusters" not in table and "album" not in table


def test_columns_stand_under_their_names() -> None:
    lines = as_table(MEASURED).splitlines()
    names, figures = (next(line for line in lines if word in line) for word in ("mfcc", "  P@1 "))
    assert figures.index("0.40") == names.index("mfcc") and figures.index("0.71") == names.index("mine")


def test_what_it_was_measured_on_and_who_was_left_out_is_said() -> None:
    table = as_table(MEASURED)
    assert "music: 90 songs, 12 artists; 88 songs share theirs, 90 gave excerpts" in table
    assert "left out: 1 song without a tag for the artist" in table and "left out: 4 songs the same" in table
    assert "by chance P@1 is 0.09" in table


def test_differences_carry_their_sign() -> None:
    assert "mine minus mfcc: P@1 +0.31 (+0.10 to +0.50), mAP +0.25 (-0.05 to +0.40)" in as_table(MEASURED)


def test_machines_get_every_digit_and_null_for_what_is_not_known() -> None:
    told = json.loads(as_json(MEASURED))
    assert told["figures"]["mfcc"]["mean_ap"] == {"value": 0.25, "low": None, "high": None}
    assert told["figures"]["/home/me/ears/mine.safetensors"]["n10_skew"]["value"] == -0.251
    assert told["left_out"]["the same recording as another"] == 4 and told["chance"] == 0.09
