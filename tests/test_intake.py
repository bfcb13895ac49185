"""What comes in: each new content is heard once, and whatever cannot be heard is skipped and named."""

import os
import shutil
from dataclasses import replace

import numpy as np
import pytest
import sounds
from spectrum import SpectrumEmbedder

from engine.baseline import MfccEmbedder
from index.build import build_library
from index.library import Library


def test_only_new_and_changed_songs_are_embedded(tmp_path, songs, ear):
    build_library(songs, ear, tmp_path / "library")
    ear.names_since(songs)
    sounds.write(songs / "New" / "x.wav", sounds.clicks())
    sounds.write(songs / "Tones" / "01 A.flac", sounds.clicks(90))
    (songs / "Noise" / "01 A.mp3").unlink()
    (songs / "Noise" / "02 C.mp3").rename(songs / "Noise" / "moved.mp3")
    summary = build_library(songs, ear, tmp_path / "library")
    assert ear.names_since(songs) == ["New/x.wav", "Tones/01 A.flac"]
    assert (summary.indexed, summary.remembered) == (8, 6)


def test_what_cannot_be_heard_is_skipped_and_named(tmp_path, songs, ear):
    broken = sounds.broken_files(songs / "Broken")
    sounds.write(songs / "short.wav", sounds.tone(seconds=0.3))
    os.close(os.open(os.fsencode(songs) + b"/caf\xe9.mp3", os.O_CREAT))
    (songs / "nowhere.mp3").symlink_to(tmp_path / "nothing")
    sounds.truncated(sounds.write(songs / "half.mp3", sounds.noise(6.0)))
    summary = build_library(songs, ear, tmp_path / "library")
    assert summary.indexed == 9  # half a song is still a song
    reasons = dict(summary.skipped)
    assert set(reasons) == {f"Broken/{path.name}" for path in broken.values()} | {
        "short.wav",
        "caf\\udce9.mp3",
        "nowhere.mp3",
    }
    assert reasons["Broken/silent.wav"] == "is silent"
    assert "not valid UTF-8" in reasons["caf\\udce9.mp3"]
    assert "No such file" in reasons["nowhere.mp3"]
    table = Library.load(tmp_path / "library").skipped
    assert [*zip(table["path"], table["reason"], strict=True)] == summary.skipped


def test_the_same_content_twice_is_embedded_once_and_listed_twice(tmp_path, songs, ear):
    shutil.copy(songs / "Tones" / "01 A.flac", songs / "copy.flac")
    (songs / "broken.mp3").write_bytes(b"x")
    (songs / "broken too.mp3").write_bytes(b"x")
    summary = build_library(songs, ear, tmp_path / "library")
    assert (summary.indexed, summary.duplicates) == (9, 1)
    assert len(ear.names_since(songs)) == 9
    assert [name for name, _ in summary.skipped] == ["broken too.mp3", "broken.mp3"]
    library = Library.load(tmp_path / "library")
    one, other = library.find("Note A")
    assert library.contents[one] == library.contents[other]
    assert library.similar(one, 8) == library.similar(other, 8)


def test_a_content_that_fails_under_one_suffix_is_tried_under_another(tmp_path):
    folder = tmp_path / "songs"
    raw = sounds.encode(folder / "b.g722", sounds.tone(seconds=3, rate=16000), "g722", 16000)  # nothing in it says what
    for name in ("a.ape", "c.g722", "d.ape"):
        shutil.copy(raw, folder / name)
    summary = build_library(folder, MfccEmbedder(), tmp_path / "library")
    assert (summary.indexed, summary.skipped) == (4, [])


class Odd(SpectrumEmbedder):
    """Hears the first song as NaN, the second as infinite segments, and says nothing about the third."""

    def embed(self, paths):
        for number, result in enumerate(super().embed(reversed(paths))):
            if number == 0:
                result = replace(result, vector=result.vector * np.nan)
            if number == 1:
                result = replace(result, segments=result.segments / np.float16(0))
            if number != 2:
                yield result


@pytest.mark.filterwarnings("ignore:divide by zero")
def test_numbers_that_are_not_finite_and_missing_answers_are_skipped(tmp_path):
    summary = build_library(sounds.short_songs(tmp_path / "songs", 5), Odd(), tmp_path / "library")
    assert summary.indexed == 2
    reasons = dict(summary.skipped)
    assert "not finite" in reasons["04.wav"]
    assert "not finite" in reasons["03.wav"]
    assert "no answer" in reasons["02.wav"]
    assert build_library(tmp_path / "songs", SpectrumEmbedder(), tmp_path / "library").remembered == 2


def test_progress_tells_of_every_file_and_every_step(tmp_path, songs, ear):
    (songs / "broken.mp3").write_bytes(b"x")
    told = []
    build_library(songs, ear, tmp_path / "library", on_progress=told.append)
    steps = list(dict.fromkeys(progress.step for progress in told))
    assert steps == ["scan", "listen", "whiten", "cluster", "map", "write"]
    assert [(p.done, p.total) for p in told if p.step == "listen"] == [(done, 9) for done in range(10)]
    assert [p.done for p in told if p.step == "scan"] == [*range(1, 10)]
    assert told[-1].step == "write" and told[-1].done == told[-1].total
    assert told[-1].skipped == 1
    assert told[-1].audio_seconds == pytest.approx(16, abs=0.5)
