import csv
import io
import json

import pandas as pd
import pytest
import sounds
from shelf import library, write_songs
from spectrum import SpectrumEmbedder

from dashboard import health
from dashboard.app import create_app
from index.build import build_library
from index.library import Library


@pytest.fixture(scope="module")
def ailing(tmp_path_factory):
    """A library with a silent file, one that is no audio and has a formula for a name, and one that is there twice."""
    folder = tmp_path_factory.mktemp("ailing")
    songs = write_songs(folder / "songs", seconds=12)
    sounds.write(songs / "silence.ogg", 0 * sounds.noise(12, 0))
    (songs / "=1+1.mp3").write_text("no sound at all")
    (songs / "again.ogg").write_bytes((songs / "The Tones" / "0.ogg").read_bytes())
    build_library(songs, SpectrumEmbedder(), folder / "library")
    return Library.load(folder / "library")


def table(rows):
    return pd.DataFrame(rows, columns=["path", "song", "kind", "detail"])


def text(parts):
    """What a person reads in components."""
    return json.dumps([part.to_plotly_json() if part is not None else None for part in parts], default=plain)


def plain(component):
    return component.to_plotly_json()


def test_the_figures_say_what_the_library_holds(ailing):
    figures = dict(health.figures(ailing))
    assert figures["Songs"] == "13"
    assert figures["Artists"] == "2"
    assert figures["Clusters"] == str(len(ailing.clusters))
    assert figures["Encoder"] == ailing.encoder
    assert figures["Its fingerprint"] == ailing.fingerprint


def test_the_moment_of_the_build_is_a_date_that_people_read():
    assert health.built("2026-02-03T09:05:00+00:00").startswith(("2 February 2026,", "3 February 2026,"))


def test_a_library_in_good_health_is_told_so():
    assert "good health" in text(health.report(table([]), None))


def test_every_finding_has_its_file_its_kind_and_its_reason(ailing):
    shown = text(health.report(health.health(ailing), None))
    for word in ("silence.ogg", "=1+1.mp3", "again.ogg", "Silent", "Skipped", "Duplicate content"):
        assert word in shown


def test_one_kind_is_shown_alone_with_the_others_still_on_offer():
    shown = text(
        health.report(table([("a.mp3", 1, "silent", "It is."), ("b.mp3", -1, "skipped", "It was.")]), "silent")
    )
    assert "a.mp3" in shown
    assert "b.mp3" not in shown
    assert "Skipped" in shown


def test_a_long_list_ends_and_says_so():
    rows = [(f"{number}.mp3", -1, "skipped", "It was.") for number in range(health.MOST + 1)]
    shown = text(health.report(table(rows), None))
    assert f"{health.MOST - 1}.mp3" in shown
    assert f'"{health.MOST}.mp3"' not in shown
    assert f"The first {health.MOST} of {health.MOST + 1}" in shown


def test_a_file_in_the_library_can_be_chosen_from_the_list_and_one_left_out_cannot():
    kept, left = (health.report(table([("a.mp3", song, "silent", "It is.")]), None) for song in (7, -1))
    assert '"data-song": "7"' in text(kept)
    assert "data-song" not in text(left)


def test_the_csv_holds_everything_and_no_formula(ailing):
    answer = create_app(ailing).server.test_client().get("/health.csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert {row["path"] for row in rows} == {"silence.ogg", "'=1+1.mp3", "again.ogg"} | {
        row["path"] for row in rows if row["kind"] == "duplicate content"
    }
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in (row["path"], row["detail"]))


@pytest.mark.parametrize("asked", [None, [], "silent", {"kind": ["x"]}, {"kind": "none such"}, {"generation": 5}])
def test_whatever_the_browser_asks_gets_a_report(asked):
    app = create_app(library())
    output = "health.children"
    body = {
        "output": output,
        "outputs": {"id": "health", "property": "children"},
        "inputs": [{"id": "health-asked", "property": "data", "value": asked}],
        "changedPropIds": ["health-asked.data"],
    }
    answer = app.server.test_client().post("/_dash-update-component", json=body)
    assert answer.status_code == 200
