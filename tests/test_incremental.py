"""A library kept up to date: only what is new is listened to, and what is old stays where it is."""

import shutil
from dataclasses import replace
from pathlib import Path

import mutagen
import numpy as np
import pandas as pd
import pytest
import sounds
from spectrum import Heard, SpectrumEmbedder

from index.build import BuildError, BuildOptions, build_library
from index.journal import Journal
from index.library import Library

MAP = ["x", "y", "z", "u", "v"]


def places(library: Path) -> pd.DataFrame:
    """Where each song stands, by its path."""
    return Library.load(library).songs.set_index("path")[MAP]


@pytest.fixture
def collection(tmp_path, ear):
    """Forty songs of which the last four were added later, and their library."""
    folder, library = sounds.short_songs(tmp_path / "songs", 36), tmp_path / "library"
    build_library(folder, ear, library)
    for number in range(36, 40):
        sounds.write(folder / f"{number}.flac", sounds.tone(150 + 41 * number) + sounds.noise(2, number))
    ear.names_since(folder)
    return folder, library


def test_adding_a_few_to_many_listens_to_the_few_and_moves_no_old_point(collection, ear):
    folder, library = collection
    before = places(library)
    summary = build_library(folder, ear, library)
    assert sorted(ear.names_since(folder)) == [f"{number}.flac" for number in range(36, 40)]
    assert (summary.indexed, summary.remembered) == (40, 36)
    pd.testing.assert_frame_equal(places(library).loc[before.index], before)


def test_moved_and_renamed_files_keep_their_vectors_and_their_place(collection, ear):
    folder, library = collection
    build_library(folder, ear, library)
    ear.names_since(folder)
    old = Library.load(library)
    (folder / "artist" / "album").mkdir(parents=True)
    (folder / "07.wav").rename(folder / "artist" / "album" / "Seven.wav")
    (folder / "08.wav").rename(folder / "00 first.wav")
    build_library(folder, ear, library)
    new = Library.load(library)
    assert ear.names_since(folder) == []
    for before, after in {"07.wav": "artist/album/Seven.wav", "08.wav": "00 first.wav"}.items():
        was, now = (shelf.songs.set_index("path") for shelf in (old, new))
        assert now.loc[after, MAP].tolist() == was.loc[before, MAP].tolist()
        np.testing.assert_array_equal(
            new.vectors()[now.loc[after, "id"]], old.vectors()[was.loc[before, "id"]], strict=True
        )


def test_changed_tags_are_shown_and_cost_no_listening(collection, ear):
    folder, library = collection
    build_library(folder, ear, library)
    ear.names_since(folder)
    before = places(library)
    audio = mutagen.File(folder / "38.flac", easy=True)
    audio["title"], audio["artist"] = "Another name", "x" * 5000
    audio.save()
    build_library(folder, ear, library)
    assert ear.names_since(folder) == []
    pd.testing.assert_frame_equal(places(library), before)
    assert Library.load(library).songs.set_index("path").loc["38.flac", "title"] == "Another name"


def test_removed_files_go_and_come_back_for_nothing(collection, ear):
    folder, library = collection
    build_library(folder, ear, library)
    ear.names_since(folder)
    content = (folder / "03.wav").read_bytes()
    (folder / "03.wav").unlink()
    assert build_library(folder, ear, library).indexed == 39
    assert "03.wav" not in places(library).index
    (folder / "03.wav").write_bytes(content)
    assert build_library(folder, ear, library).indexed == 40
    assert ear.names_since(folder) == []


def test_duplicates_are_listened_to_once_and_reported_whatever_their_tags(collection, ear):
    folder, library = collection
    build_library(folder, ear, library)
    ear.names_since(folder)
    shutil.copy(folder / "39.flac", folder / "copy.flac")
    audio = mutagen.File(folder / "copy.flac", easy=True)
    audio["title"] = "A copy"
    audio.save()
    summary = build_library(folder, ear, library)
    assert ear.names_since(folder) == []
    assert (summary.indexed, summary.duplicates) == (41, 1)
    assert places(library).loc["copy.flac"].tolist() == places(library).loc["39.flac"].tolist()


def test_the_map_is_drawn_anew_when_asked_starting_from_the_old_one(tmp_path, ear):
    folder, library = sounds.short_songs(tmp_path / "songs", 40), tmp_path / "library"
    build_library(folder, ear, library)
    before = places(library)
    build_library(folder, ear, library)
    pd.testing.assert_frame_equal(places(library), before)
    build_library(folder, ear, library, BuildOptions(remap=True))
    anew = places(library)
    assert not np.allclose(anew, before)
    for axis in "xyz":  # not turned, mirrored or shuffled
        assert np.corrcoef(anew[axis], before[axis])[0, 1] > 0.5
    build_library(folder, ear, library)
    pd.testing.assert_frame_equal(places(library), anew)  # to be drawn anew is no lasting wish


def test_twins_keep_their_own_places(tmp_path, ear):
    folder, library = sounds.short_songs(tmp_path / "songs", 12), tmp_path / "library"
    build_library(folder, ear, library)
    first = sorted(folder.iterdir())[0]
    (folder / f"zz{first.suffix}").write_bytes(first.read_bytes())
    build_library(folder, ear, library, BuildOptions(remap=True))
    before = places(library)
    build_library(folder, ear, library)
    pd.testing.assert_frame_equal(places(library), before)


def test_a_broken_twin_costs_the_good_one_nothing(tmp_path):
    from engine.baseline import MfccEmbedder

    folder = tmp_path / "songs"
    content = sounds.encode(folder / "b.m4a", sounds.tone(seconds=3), "aac").read_bytes()
    (folder / "a.m4a").write_bytes(content.replace(b"stsz", b"xxxx"))  # the same sound, and no way to find its parts
    build_library(folder, MfccEmbedder(), tmp_path / "library")
    assert "b.m4a" in places(tmp_path / "library").index


def test_a_journal_of_the_first_format_is_brought_up_to_date_and_nothing_is_heard_again(collection, ear):
    folder, library = collection
    build_library(folder, ear, library)
    ear.names_since(folder)
    before = places(library)
    with Journal(library / "journal.sqlite") as journal:
        for statement in ("ALTER TABLE files DROP COLUMN sound", "DROP TABLE sounds", "PRAGMA user_version = 1"):
            journal._database.execute(statement)
    audio = mutagen.File(folder / "38.flac", easy=True)
    audio["title"] = "Untouched by the older version"
    build_library(folder, ear, library)
    audio.save()
    build_library(folder, ear, library)
    assert ear.names_since(folder) == []
    pd.testing.assert_frame_equal(places(library), before)


def test_a_library_of_a_newer_version_is_left_as_it_is(collection, ear):
    folder, library = collection
    about = (library / "library.json").read_text()
    (library / "library.json").write_text(about.replace('"format": 2', '"format": 7'))
    held = sorted(path.name for path in library.iterdir())
    with pytest.raises(BuildError, match="format 7 and this version reads up to 2: update Songboard"):
        build_library(folder, ear, library)
    assert sorted(path.name for path in library.iterdir()) == held


def test_another_version_of_the_ear_listens_again_only_when_asked(collection, ear):
    folder, library = collection
    newer = SpectrumEmbedder(fingerprint="07e5")
    with pytest.raises(BuildError, match=r"the 36 songs in .* another version of spectrum: add --relisten"):
        build_library(folder, newer, library)
    assert newer.asked == [] and Library.load(library).fingerprint == "5bec"
    build_library(folder, newer, library, BuildOptions(relisten=True))
    assert len(newer.asked) == 40 and Library.load(library).fingerprint == "07e5"
    build_library(folder, ear, library, BuildOptions(relisten=True))
    assert sorted(ear.names_since(folder)) == [f"{number}.flac" for number in range(36, 40)]


class Plain(SpectrumEmbedder):
    """The same ear before songs had waveforms."""

    def hear(self, path):
        heard = super().hear(path)
        return replace(heard, peaks=np.zeros(0, np.uint8)) if isinstance(heard, Heard) else heard


def test_songs_heard_before_there_were_waveforms_get_theirs_without_being_heard_again(tmp_path, ear):
    folder, library, steps = sounds.short_songs(tmp_path / "songs", 9), tmp_path / "library", []
    shutil.copy(folder / "00.wav", folder / "again.wav")
    build_library(folder, Plain(), library)
    before = Library.load(library)
    assert not any(len(before.peaks(song)) for song in range(10))
    build_library(folder, ear, library, on_progress=lambda told: steps.append((told.step, told.done, told.total)))
    after = Library.load(library)
    assert ear.asked == []
    assert ("waveforms", 9, 9) in steps  # one a content
    assert all(np.array_equal(after.peaks(song), ear.hear(after.audio_path(song)).peaks) for song in range(10))
    assert np.array_equal(after.songs[MAP][1:9], before.songs[MAP][1:9])  # the first and its copy may change places
    steps.clear()
    build_library(folder, ear, library, on_progress=lambda told: steps.append(told.step))
    assert "waveforms" not in steps
