"""Health: what is wrong with a file is found, and called by its name."""

import csv
import io
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import sounds
from spectrum import SpectrumEmbedder

from index.build import build_library
from index.health import COLUMNS, health, to_csv
from index.library import Library


class Ear(SpectrumEmbedder):
    """One that hears songs from half a second on, as long as they last."""

    def hear(self, path):
        heard = super().hear(path)
        return replace(heard, reason="is only 0.5 s long; a song needs 1.9 s") if "shorter" in str(heard) else heard


def checked(folder: Path) -> pd.DataFrame:
    build_library(folder, Ear(), folder.parent / "library")
    return health(Library.load(folder.parent / "library"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Ten healthy songs of twelve seconds."""
    for number in range(10):
        sound = sounds.noise(12.0, number) + sounds.tone(200 + 90 * number, 12.0)
        sounds.write(tmp_path / "songs" / f"{number}.flac", sound)
    return tmp_path / "songs"


def test_a_healthy_folder_has_nothing_to_tell(folder):
    table = checked(folder)
    assert list(table.columns) == COLUMNS
    assert len(table) == 0


def test_files_that_were_left_out_are_named_with_their_reason_and_kind(folder):
    (folder / "broken.mp3").write_bytes(b"not a sound")
    sounds.write(folder / "nothing.wav", sounds.silence(12.0))
    sounds.write(folder / "blip.wav", sounds.tone(440, 0.5))
    table = checked(folder)
    assert table.values.tolist() == [
        ["broken.mp3", -1, "skipped", "It was left out: it holds no audio that can be decoded."],
        ["nothing.wav", -1, "silent", "It was left out: it is silent."],
        ["blip.wav", -1, "very short", "It was left out: it is only 0.5 s long; a song needs 1.9 s."],
    ]


def test_a_song_that_is_silent_for_nearly_all_of_it_is_found(folder):
    sounds.write(folder / "hidden track.wav", np.concatenate([sounds.silence(60.0), sounds.tone(440, 2.0)]))
    sounds.write(folder / "pause.wav", np.concatenate([sounds.silence(10.0), sounds.tone(700, 10.0)]))
    sounds.write(folder / "soft.wav", 0.01 * sounds.noise(12.0))
    ((path, song, kind, detail),) = checked(folder).values.tolist()
    assert (path, kind, detail) == ("hidden track.wav", "silent", "There is no sound in 95% of it.")
    assert song == 10


def test_a_very_short_song_is_found(folder):
    sounds.write(folder / "jingle.wav", sounds.tone(440, 4.0))
    assert checked(folder)[["kind", "detail"]].values.tolist() == [["very short", "It lasts only 4.0 seconds."]]


def test_a_file_that_was_cut_off_is_found_where_its_header_says_so(tmp_path):
    """By the engine's own decoder, which takes what is left of it."""
    from engine.baseline import MfccEmbedder

    folder = tmp_path / "songs"
    for name in ("cut.flac", "cut.mp3", "cut.wav"):
        whole = sounds.write(folder / name, sounds.noise(30.0)).read_bytes()
        (folder / name).write_bytes(whole[: len(whole) // 2])
    sounds.write(folder / "whole.mp3", sounds.noise(30.0, 1))
    build_library(folder, MfccEmbedder(), tmp_path / "library")
    table = health(Library.load(tmp_path / "library")).query("kind == 'truncated'")
    assert table["path"].tolist() == ["cut.flac", "cut.mp3", "cut.wav"]
    assert table["detail"].str.startswith("It should last 0:30 and ends after 0:1").all()


def test_copies_name_the_first_file_that_holds_the_same(folder):
    shutil.copy(folder / "3.flac", folder / "7 copy.flac")
    shutil.copy(folder / "3.flac", folder / "8 copy.flac")
    sound = sounds.noise(12.0, 5) + sounds.tone(650, 12.0)
    sounds.write(folder / "again.wav", sound)
    sounds.write(folder / "and again.aiff", sound, title="Another title")
    table = checked(folder)
    assert table[["path", "kind"]].values.tolist() == [
        ["7 copy.flac", "duplicate content"],
        ["8 copy.flac", "duplicate content"],
        ["again.wav", "same recording"],
        ["and again.aiff", "same recording"],
    ]
    assert (
        table["detail"].tolist()
        == ["It is the very same file as 3.flac."] * 2 + ["It is the same recording as 5.flac, in another file."] * 2
    )


def test_a_spreadsheet_works_nothing_out():
    cells = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", 'say "no", twice', "two\nlines", "夜曲", ""]
    table = pd.DataFrame({"path": cells, "song": range(-1, 9), "kind": "skipped", "detail": cells})
    text = to_csv(table)
    rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    assert [row["path"] for row in rows] == [f"'{cell}" for cell in cells[:6]] + cells[6:]
    assert [row["song"] for row in rows] == [str(number) for number in range(-1, 9)]
    assert table["path"].tolist() == cells
