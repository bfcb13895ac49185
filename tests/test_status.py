import os
import time

import pytest
from shelf import library, write_library
from spectrum import SpectrumEmbedder

from dashboard import showing
from dashboard.app import create_app
from dashboard.status import RECENT, is_building
from index.build import JOURNAL, build_library
from index.generation import CURRENT


@pytest.fixture
def folder(tmp_path):
    """A library's folder whose last build has ended."""
    for name in (JOURNAL, CURRENT):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (1000, 1000))
    return tmp_path


def test_the_status_names_the_build_that_is_shown():
    answer = create_app(library()).server.test_client().get("/status")
    assert answer.json == {"generation": library().generation, "songs": len(library()), "building": False}
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_new_build_is_named_without_a_restart(tmp_path, monkeypatch):
    monkeypatch.setattr(showing, "LOOK_EVERY", 0)
    first = write_library(tmp_path)
    browser = create_app(first).server.test_client()
    assert browser.get("/status").json["generation"] == first.generation
    build_library(tmp_path / "songs", SpectrumEmbedder(), tmp_path / "library")
    assert browser.get("/status").json["generation"] != first.generation


def test_a_library_whose_build_has_ended_is_not_being_built(folder):
    assert not is_building(folder, now=1001)


def test_a_journal_that_is_being_written_tells_of_a_build(folder):
    os.utime(folder / JOURNAL, (2000, 2000))
    assert is_building(folder, now=2001)


def test_a_build_that_was_killed_long_ago_is_none(folder):
    os.utime(folder / JOURNAL, (2000, 2000))
    assert not is_building(folder, now=2001 + RECENT)


def test_a_folder_that_is_gone_is_not_being_built(tmp_path):
    assert not is_building(tmp_path / "nowhere", time.time())
