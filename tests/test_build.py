"""The pipeline from a folder to a library: complete, resumable, and gentle with whatever lies in a music folder."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import sounds
from spectrum import SpectrumEmbedder

from index.build import BuildError, BuildOptions, build_library
from index.journal import Journal
from index.library import Library
from index.songs import SongsError

MAP = ["x", "y", "z"]


def files(folder: Path, count: int) -> Path:
    """So many short different songs, in no format that takes time."""
    for number in range(count):
        sounds.write(folder / f"{number:02}.wav", sounds.tone(200 + 90 * number, 1.2) + sounds.noise(1.2, number))
    return folder


def heard(ear: SpectrumEmbedder, folder: Path) -> list[str]:
    names = [path.relative_to(folder).as_posix() for path in ear.asked]
    ear.asked.clear()
    return names


def test_a_folder_becomes_a_library(tmp_path, songs, ear):
    summary = build_library(songs, ear, tmp_path / "library")
    assert (summary.indexed, summary.remembered, summary.duplicates, summary.skipped) == (8, 0, 0, [])
    library = Library.load(summary.library)
    assert library.songs["path"].tolist() == sorted(path.relative_to(songs).as_posix() for path in songs.rglob("*.*"))
    assert library.songs["artist"].tolist() == ["Björk Noise"] * 4 + ["The Tones"] * 4
    assert library.songs["year"].tolist() == [1999] * 4 + [2001] * 4
    assert (library.encoder, library.fingerprint) == ("spectrum", ear.fingerprint)
    assert library.segments.shape == (16, 16)
    assert library.segment_songs.tolist() == sorted([*range(8)] * 2)
    assert library.segment_starts.tolist() == [0, 1] * 8


def test_a_second_build_embeds_nothing_and_changes_nothing(tmp_path, songs, ear):
    build_library(songs, ear, tmp_path / "library")
    first = Library.load(tmp_path / "library")
    heard(ear, songs)
    summary = build_library(songs, ear, tmp_path / "library")
    assert heard(ear, songs) == []
    assert (summary.indexed, summary.remembered) == (8, 8)
    pd.testing.assert_frame_equal(Library.load(tmp_path / "library").songs, first.songs)


def test_only_new_and_changed_songs_are_embedded(tmp_path, songs, ear):
    build_library(songs, ear, tmp_path / "library")
    heard(ear, songs)
    sounds.write(songs / "New" / "x.wav", sounds.clicks())
    sounds.write(songs / "Tones" / "01 A.flac", sounds.clicks(90))
    (songs / "Noise" / "01 A.mp3").unlink()
    (songs / "Noise" / "02 C.mp3").rename(songs / "Noise" / "moved.mp3")
    summary = build_library(songs, ear, tmp_path / "library")
    assert heard(ear, songs) == ["New/x.wav", "Tones/01 A.flac"]
    assert (summary.indexed, summary.remembered) == (8, 6)


def test_a_few_new_songs_move_no_point_of_the_map_and_many_draw_it_anew(tmp_path, ear):
    folder = files(tmp_path / "songs", 22)
    build_library(folder, ear, tmp_path / "library")
    before = Library.load(tmp_path / "library").songs.set_index("path")[MAP]
    shutil.copy(folder / "07.wav", folder / "a copy.wav")
    sounds.write(folder / "00 new.wav", sounds.tone(500) + sounds.noise())
    build_library(folder, ear, tmp_path / "library")
    after = Library.load(tmp_path / "library").songs.set_index("path")[MAP]
    pd.testing.assert_frame_equal(after.loc[before.index], before)
    assert after.loc["a copy.wav"].tolist() == before.loc["07.wav"].tolist()
    assert after.loc["00 new.wav"].between(before.min(), before.max()).all()
    for number in range(2):  # with the one before, these are more than a tenth
        sounds.write(folder / f"new {number}.wav", sounds.noise(seed=number + 70))
    build_library(folder, ear, tmp_path / "library")
    anew = Library.load(tmp_path / "library").songs.set_index("path")[MAP]
    assert not np.allclose(anew.loc[before.index], before)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_one_two_or_three_songs_are_a_library(tmp_path, ear, count):
    build_library(files(tmp_path / "songs", count), ear, tmp_path / "library")
    library = Library.load(tmp_path / "library")
    assert len(library) == count
    assert np.isfinite(library.songs[MAP]).all(axis=None)
    assert sorted(match.id for match in library.similar(0)) == [*range(1, count)]


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
    assert len(heard(ear, songs)) == 9
    assert [name for name, _ in summary.skipped] == ["broken too.mp3", "broken.mp3"]
    library = Library.load(tmp_path / "library")
    one, other = library.find("Note A")
    assert library.contents[one] == library.contents[other]
    assert library.similar(one, 8) == library.similar(other, 8)


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
    summary = build_library(files(tmp_path / "songs", 5), Odd(), tmp_path / "library")
    assert summary.indexed == 2
    reasons = dict(summary.skipped)
    assert "not finite" in reasons["04.wav"]
    assert "not finite" in reasons["03.wav"]
    assert "no answer" in reasons["02.wav"]
    assert build_library(tmp_path / "songs", SpectrumEmbedder(), tmp_path / "library").remembered == 2


def test_nothing_to_index_is_a_sentence_and_leaves_the_old_library(tmp_path, songs, ear):
    build_library(songs, ear, tmp_path / "library")
    before = Library.load(tmp_path / "library").generation
    broken = tmp_path / "broken"
    sounds.broken_files(broken)
    with pytest.raises(BuildError, match=r"none of the 5 files .*broken can be indexed; the first, empty\.mp3, holds"):
        build_library(broken, ear, tmp_path / "library")
    with pytest.raises(SongsError):
        build_library(tmp_path / "missing", ear, tmp_path / "library")
    assert Library.load(tmp_path / "library").generation == before
    with pytest.raises(SongsError):
        build_library(tmp_path / "missing", ear, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_another_encoder_takes_the_library_over_and_neither_listens_twice(tmp_path, songs, ear):
    build_library(songs, ear, tmp_path / "library")
    other = SpectrumEmbedder(name="other", fingerprint="07e5")
    assert build_library(songs, other, tmp_path / "library").remembered == 0
    assert Library.load(tmp_path / "library").fingerprint == "07e5"
    assert build_library(songs, ear, tmp_path / "library").remembered == 8
    assert Library.load(tmp_path / "library").encoder == "spectrum"


def test_whitening_is_fitted_on_the_reference_and_the_library(tmp_path, ear):
    folder = files(tmp_path / "songs", 3)
    build_library(folder, ear, tmp_path / "alone")
    ear.reference = np.random.default_rng(0).standard_normal((200, 16)).astype(np.float32)
    build_library(folder, ear, tmp_path / "with reference", BuildOptions(dimensions=5))
    widths = {}
    for name in ("alone", "with reference"):
        (path,) = (tmp_path / name).glob("*/whitening.npz")
        widths[name] = np.load(path)["projection"].shape
    assert widths == {"alone": (16, 16), "with reference": (16, 5)}


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


AWKWARD = ["007", "NA", "null", "1e5", "True", "=1+1", 'He said "no", twice', "夜曲, 第二", "-", "nan"]


def test_the_table_opens_in_pandas_and_in_a_spreadsheet(tmp_path, ear):
    folder = tmp_path / "songs"
    for number, title in enumerate(AWKWARD):
        tags = {"title": title, "artist": title, "album": title, "genre": title}
        sounds.write(folder / f'{number} a,b\n"c".flac', sounds.tone(200 + 50 * number, 1.2), **tags)
    build_library(folder, ear, tmp_path / "library")
    library = Library.load(tmp_path / "library")
    path = tmp_path / "library" / library.generation / "clusters.csv"
    for column in ("title", "artist", "album", "genre"):
        assert library.songs[column].tolist() == AWKWARD
    assert library.audio_path(3).is_file()
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, strict=True))
    assert [row["title"] for row in rows] == AWKWARD
    assert [int(row["id"]) for row in rows] == [*range(len(AWKWARD))]
    assert path.read_bytes().count(b"\r\n") == len(AWKWARD) + 1
    assert pd.read_csv(path)["bpm"].dtype == "float64"


def test_a_descriptor_the_encoder_does_not_know_is_missing_and_not_zero(tmp_path):
    class Plain(SpectrumEmbedder):
        def embed(self, paths):
            for result in super().embed(paths):
                yield replace(result, descriptors={"bpm": float("nan")})

    build_library(files(tmp_path / "songs", 2), Plain(), tmp_path / "library")
    songs = Library.load(tmp_path / "library").songs
    assert songs[["bpm", "loudness"]].isna().all(axis=None)
    assert songs["initial_key"].tolist() == ["", ""]


def test_the_current_and_the_previous_generation_are_kept(tmp_path, ear):
    folder = files(tmp_path / "songs", 2)
    library = tmp_path / "library"
    (library / "generation-left by a kill").mkdir(parents=True)
    (library / "songs-0123").mkdir()
    names = []
    for _ in range(3):
        build_library(folder, ear, library)
        names.append(Library.load(library).generation)
    assert {path.name for path in library.iterdir()} == {
        "library.json",
        "journal.sqlite",
        "songs-0123",
        names[1],
        names[2],
    }


def test_a_library_that_cannot_be_written_is_a_sentence(tmp_path, ear):
    folder = files(tmp_path / "songs", 1)
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(BuildError, match="file cannot be written"):
        build_library(folder, ear, tmp_path / "file")
    (tmp_path / "library" / "library.json").mkdir(parents=True)
    with pytest.raises(BuildError, match="library cannot be written"):
        build_library(folder, ear, tmp_path / "library")
    assert not list((tmp_path / "library").glob("generation-*"))


def test_a_library_being_built_is_not_built_twice_at_once(tmp_path, ear):
    folder = files(tmp_path / "songs", 1)
    (tmp_path / "library").mkdir()
    with Journal(tmp_path / "library" / "journal.sqlite"), pytest.raises(BuildError, match="by another process"):
        build_library(folder, ear, tmp_path / "library")
    build_library(folder, ear, tmp_path / "library")


def test_no_clusters_can_be_asked_for_is_a_sentence(tmp_path, ear):
    with pytest.raises(BuildError, match="clusters"):
        build_library(files(tmp_path / "songs", 2), ear, tmp_path / "library", BuildOptions(clusters=0))


# For each line it reads, it starts a build that kills itself there, and says how that ended. Python tells its audit
# hooks of every file just before it is opened or renamed.
KILLED_BUILDS = """
import os, signal, sys
from pathlib import Path
import sklearn.decomposition, sklearn.metrics, index.tsne
from index.build import build_library
from spectrum import SpectrumEmbedder

for line in sys.stdin:
    event, name = line.split()
    child = os.fork()
    if child == 0:
        def at(happening, arguments):
            if happening == event and name in str(arguments[0]):
                os.kill(os.getpid(), signal.SIGKILL)
        sys.addaudithook(at)
        report = lambda progress: at(progress.step, [progress.done])
        build_library(Path(sys.argv[1]), SpectrumEmbedder(), Path(sys.argv[2]), on_progress=report)
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
KILLS = [
    ("listen", "2"),
    ("open", "segments.npy"),
    ("open", "clusters.csv"),
    ("open", "library.json.unfinished"),
    ("os.rename", "library.json.unfinished"),
]


def test_killed_at_any_instant_the_old_library_opens_and_nothing_is_heard_twice(tmp_path, ear):
    folder, library = files(tmp_path / "songs", 3), tmp_path / "library"
    build_library(folder, ear, library)
    old = Library.load(library)
    sounds.broken_files(folder / "broken")
    for number in range(10, 15):
        sounds.write(folder / f"{number}.wav", sounds.noise(1.2, number))
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", KILLED_BUILDS, str(folder), str(library)]
    with subprocess.Popen(command, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as builds:
        for event, name in KILLS:
            print(event, name, file=builds.stdin, flush=True)
            assert int(builds.stdout.readline()) == -signal.SIGKILL
            survivor = Library.load(library)
            assert survivor.generation == old.generation
            assert len(survivor.similar(0)) == 2
            if event == "listen":
                with Journal(library / "journal.sqlite") as journal:
                    known = [journal.get(journal.content_hash(path), "5bec") for path in sorted(folder.glob("1*.wav"))]
                assert [one is not None for one in known] == [True, True, False, False, False]
    heard(ear, folder)
    summary = build_library(folder, ear, library)
    assert (summary.indexed, summary.remembered) == (8, 8)
    assert all(name.startswith("broken/") for name in heard(ear, folder))
    about = json.loads((library / "library.json").read_text())
    assert {path.name for path in library.glob("generation-*")} == {old.generation, about["generation"]}
