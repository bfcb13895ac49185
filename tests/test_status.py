from dataclasses import replace

import sounds
from shelf import library, write_library
from spectrum import SpectrumEmbedder

from dashboard import showing
from dashboard.app import create_app
from dashboard.status import said
from index.build import build_library
from index.underway import Underway


def test_the_status_names_the_build_that_is_shown():
    answer = create_app(library()).server.test_client().get("/status")
    assert answer.json == {"generation": library().generation, "songs": len(library()), "building": None}
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_new_build_is_named_without_a_restart(tmp_path, monkeypatch):
    monkeypatch.setattr(showing, "LOOK_EVERY", 0)
    first = write_library(tmp_path)
    browser = create_app(first).server.test_client()
    assert browser.get("/status").json["generation"] == first.generation
    build_library(tmp_path / "songs", SpectrumEmbedder(), tmp_path / "library")
    assert browser.get("/status").json["generation"] != first.generation


def test_a_build_under_way_is_told_whatever_started_it(tmp_path):
    first = write_library(tmp_path)
    browser = create_app(first).server.test_client()
    told = []

    def listen(progress):
        told.append(browser.get("/status").json["building"])

    sounds.write(tmp_path / "songs" / "new.ogg", sounds.noise(2, 77))
    build_library(tmp_path / "songs", SpectrumEmbedder(), tmp_path / "library", on_progress=listen)
    assert "Looking for songs, 1 of 13 songs" in told and "Drawing the map" in told
    assert browser.get("/status").json["building"] is None


def test_how_far_a_build_is_is_a_phrase():
    build = Underway("listen", 1200, 4000, 0, 7.0, 200.0, "cpu", 0.0, 0.0, "host", 1, "")
    assert said(build) == "Listening, 1,200 of 4,000 songs, 3 min left"
    assert said(replace(build, seconds_left=None)) == "Listening, 1,200 of 4,000 songs"
    assert said(replace(build, step="map", done=0, total=1)) == "Drawing the map"
