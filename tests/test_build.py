"""The pipeline from a folder to a library: complete, the same every time, and never in the way of the old one."""

import json
import os
import shutil
import signal
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import sounds
from spectrum import Part, SpectrumEmbedder

from index.build import BuildError, BuildOptions, build_library
from index.journal import Journal
from index.judged import Judged
from index.library import Library
from index.songs import SongsError
from index.whitening import Whitening

MAP = ["x", "y", "z", "u", "v"]


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
    ear.names_since(songs)
    summary = build_library(songs, ear, tmp_path / "library")
    assert ear.names_since(songs) == []
    assert (summary.indexed, summary.remembered) == (8, 8)
    pd.testing.assert_frame_equal(Library.load(tmp_path / "library").songs, first.songs)


def test_a_few_new_songs_move_no_point_of_the_map_and_many_draw_it_anew(tmp_path, ear):
    folder = sounds.short_songs(tmp_path / "songs", 22)
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
    build_library(sounds.short_songs(tmp_path / "songs", count), ear, tmp_path / "library")
    library = Library.load(tmp_path / "library")
    assert len(library) == count
    assert np.isfinite(library.songs[MAP]).all(axis=None)
    assert sorted(match.id for match in library.similar(0)) == [*range(1, count)]


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
    folder = sounds.short_songs(tmp_path / "songs", 3)
    build_library(folder, ear, tmp_path / "alone")
    ear.reference = np.random.default_rng(0).standard_normal((200, 16)).astype(np.float32)
    build_library(folder, ear, tmp_path / "with reference", BuildOptions(dimensions=5))
    widths = {}
    for name in ("alone", "with reference"):
        (path,) = (tmp_path / name).glob("*/whitening.npz")
        widths[name] = np.load(path)["projection"].shape
    assert widths == {"alone": (16, 16), "with reference": (16, 5)}


def test_parts_of_the_encoder_are_weighed_each_by_itself_in_a_library_and_where_it_is_judged(tmp_path, songs, ear):
    ear.parts = (Part(12, power=1), Part(4, power=0, weight=0.3))
    library = Library.load(build_library(songs, ear, tmp_path / "library").library)
    raw = np.stack([heard.vector for heard in ear.embed([songs / path for path in library.songs["path"]])])
    whitening = Whitening.fit(raw, parts=ear.parts)
    vectors = whitening.apply(raw)
    assert np.abs(vectors @ vectors.T - library.vectors() @ library.vectors().T).max() < 1e-3  # kept in half precision
    assert np.abs(vectors - Judged.of(ear, raw, 256).space.vectors).max() < 1e-5
    whole = Whitening.fit(raw).apply(raw)
    assert np.abs(vectors @ vectors.T - whole @ whole.T).max() > 0.05
    assert library.dimensions == 16


def test_the_current_and_the_previous_generation_are_kept(tmp_path, ear):
    folder = sounds.short_songs(tmp_path / "songs", 2)
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
    folder = sounds.short_songs(tmp_path / "songs", 1)
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(BuildError, match="file cannot be written"):
        build_library(folder, ear, tmp_path / "file")
    (tmp_path / "library" / "library.json").mkdir(parents=True)
    with pytest.raises(BuildError, match="library cannot be written"):
        build_library(folder, ear, tmp_path / "library")
    assert not list((tmp_path / "library").glob("generation-*"))


def test_a_library_being_built_is_not_built_twice_at_once(tmp_path, ear):
    folder = sounds.short_songs(tmp_path / "songs", 1)
    (tmp_path / "library").mkdir()
    with Journal(tmp_path / "library" / "journal.sqlite"), pytest.raises(BuildError, match="by another process"):
        build_library(folder, ear, tmp_path / "library")
    build_library(folder, ear, tmp_path / "library")


def test_no_clusters_can_be_asked_for_is_a_sentence(tmp_path, ear):
    with pytest.raises(BuildError, match="clusters"):
        build_library(sounds.short_songs(tmp_path / "songs", 2), ear, tmp_path / "library", BuildOptions(clusters=0))


# For each line it reads, it starts a build that kills itself there, and says how that ended. Python tells its audit
# hooks of every file just before it is opened or renamed.
KILLED_BUILDS = """
import os, signal, sys
from pathlib import Path
import sklearn.decomposition, sklearn.metrics, index.tsne
from index.build import build_library
from spectrum import Part, SpectrumEmbedder

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
    folder, library = sounds.short_songs(tmp_path / "songs", 3), tmp_path / "library"
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
    ear.names_since(folder)
    summary = build_library(folder, ear, library)
    assert (summary.indexed, summary.remembered) == (8, 8)
    assert all(name.startswith("broken/") for name in ear.names_since(folder))
    about = json.loads((library / "library.json").read_text())
    assert {path.name for path in library.glob("generation-*")} == {old.generation, about["generation"]}
