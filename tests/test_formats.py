"""Tiny libraries as versions before this one wrote them: they must open for ever, and be built upon.

Each folder below formats/ holds six songs, two of them the same, and a file that was skipped. A change of a format adds
a folder and takes none away.
"""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
import sounds
from spectrum import SpectrumEmbedder

from index.build import build_library
from index.generation import FORMAT
from index.journal import FORMAT as JOURNAL_FORMAT
from index.journal import Journal
from index.library import Library

FORMATS = sorted((Path(__file__).parent / "formats").iterdir())


@pytest.fixture(params=FORMATS, ids=lambda path: path.name)
def library(request, tmp_path: Path) -> Path:
    return shutil.copytree(request.param, tmp_path / "library")


def test_the_library_opens_and_answers(library: Path) -> None:
    shelf = Library.load(library)
    assert len(shelf) == 6 and shelf.counts["duplicates"] == 1
    assert shelf.song(0).title == "Söng 0" and shelf.song(5).path == "twin.flac"
    assert shelf.skipped["path"].tolist() == ["broken.mp3"]
    assert {match.id for match in shelf.similar(1)} <= {0, 2, 3, 4, 5} and len(shelf.similar(1)) >= 3
    assert shelf.find("song 3") == [3]
    assert np.isfinite(shelf.songs[["x", "y", "z", "u", "v"]]).all(axis=None)
    assert shelf.similar_to(np.ones(16, np.float32), 1)
    assert shelf.words(0) is not None and len(shelf.peaks(0)) in (0, 40)


def test_the_journal_knows_every_song_that_was_heard(library: Path) -> None:
    contents = set(Library.load(library).contents)
    with Journal(library / "journal.sqlite") as journal:
        heard = [journal.get(content, "5bec") for content in contents]
    assert len(heard) == 5 and all(one is not None and one.vector.shape == (16,) for one in heard)
    assert [path.name for path in library.glob("*damaged*")] == []


def test_a_library_is_built_upon(library: Path, tmp_path: Path) -> None:
    songs = sounds.short_songs(tmp_path / "songs", 3)
    summary = build_library(songs, SpectrumEmbedder(), library)
    assert summary.indexed == 3
    with Journal(library / "journal.sqlite") as journal:
        assert all(journal.get(content, "5bec") for content in Library.load(library).contents)


def test_todays_formats_are_among_them() -> None:
    today = FORMATS[-1]
    about = json.loads((today / "library.json").read_text())
    with closing(sqlite3.connect(today / "journal.sqlite")) as journal:
        assert journal.execute("PRAGMA user_version").fetchone() == (JOURNAL_FORMAT,)
    assert about["format"] == FORMAT and "weights" in np.load(today / about["generation"] / "whitening.npz")
    files = {path.name for path in (today / about["generation"]).iterdir()}
    assert {"clusters.csv", "songs.faiss", "segments.npy", "peaks.npy", "skipped.csv"} <= files
