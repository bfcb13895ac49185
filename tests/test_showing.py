import json
import logging
import shutil
import threading

import numpy as np
import pytest
from shelf import library
from spectrum import SpectrumEmbedder

from dashboard import showing
from dashboard.app import create_app
from dashboard.showing import Showing
from index.build import BuildOptions, build_library
from index.generation import CURRENT
from index.library import Library


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A copy of the library with its songs and journal, at which a Showing looks without delay."""
    monkeypatch.setattr(showing, "LOOK_EVERY", 0)
    shutil.copytree(library().folder.parent, tmp_path / "all")
    return tmp_path / "all" / "library"


def build(folder):
    """Build it again, as another process would; the name of the new generation."""
    build_library(folder.parent / "songs", SpectrumEmbedder(), folder, BuildOptions(clusters=3))
    return Library.load(folder).generation


def answers(shown):
    """A bit of everything that the page reads of a library."""
    song = shown.song(4).title
    near = [match.id for match in shown.similar(4)]
    total = float(np.asarray(shown.segments, np.float32).sum())
    return song, near, total, shown.find("tones"), shown.audio_path(4).is_file(), shown.vectors().shape


def test_a_new_build_is_shown_without_a_restart(folder):
    shown = Showing(Library.load(folder))
    assert shown.library.generation == Library.load(folder).generation
    newest = build(folder)
    assert shown.library.generation == newest


def test_a_page_goes_on_with_the_generation_it_was_opened_with(folder):
    first = Library.load(folder)
    shown = Showing(first)
    newest = build(folder)
    assert shown.of(first.generation) is first
    assert shown.of(newest).generation == shown.of(None).generation == shown.of("nonsense").generation == newest


def test_what_is_held_answers_after_its_files_were_deleted(folder):
    first = Library.load(folder)
    shown, before = Showing(first), answers(first)
    build(folder)
    assert shown.library is not first
    build(folder)
    assert not (folder / first.generation).exists()
    assert answers(first) == before
    assert answers(shown.library) == before


def test_no_more_than_two_generations_are_held(folder):
    first = Library.load(folder)
    shown = Showing(first)
    for _ in range(2):
        build(folder)
        assert shown.library
    assert shown.held(first.generation) is None


@pytest.mark.parametrize("content", ["", "{", "[]", '{"generation": 4}', '{"generation": "generation-none"}', "null"])
def test_a_library_damaged_meanwhile_is_passed_over_and_named_once(folder, caplog, content):
    first = Library.load(folder)
    shown = Showing(first)
    (folder / CURRENT).write_text(content)
    with caplog.at_level(logging.WARNING):
        assert [shown.library for _ in range(5)] == [first] * 5
    assert len(caplog.records) == 1


def test_a_file_that_is_missing_in_the_new_generation_costs_nothing(folder):
    first = Library.load(folder)
    shown = Showing(first)
    newest = build(folder)
    (folder / newest / "songs.faiss").write_bytes(b"nothing")
    assert shown.library is first
    shutil.rmtree(folder)
    assert shown.library is first


def test_no_request_fails_while_builds_follow_each_other(folder):
    app = create_app(Library.load(folder))
    troubles, done = [], threading.Event()

    def ask():
        client = app.server.test_client()
        while not done.is_set():
            for address in ("/", "/_dash-layout", "/audio/4"):
                answer = client.get(address)
                if answer.status_code != 200:
                    troubles.append((address, answer.status_code, answer.text))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    generations = {build(folder) for _ in range(3)}
    done.set()
    for thread in threads:
        thread.join()
    assert len(generations) == 3
    assert troubles == []
    shown = json.loads((folder / CURRENT).read_text())["generation"]
    assert shown in app.server.test_client().get("/_dash-layout").text
