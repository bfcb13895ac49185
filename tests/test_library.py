"""A library as its readers meet it: quick to ask, impossible to change, and clear about what is wrong with it."""

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile
import sounds
from spectrum import SpectrumEmbedder

from index.build import build_library
from index.finding import fold
from index.health import health
from index.library import Library, LibraryError
from index.ranking import Rules
from index.songs import Song

FILES = [
    "clusters.csv",
    "skipped.csv",
    "songs.faiss",
    "whitening.npz",
    "neighbourhoods.npy",
    "contents.npy",
    "peaks.npy",
    "peak_counts.npy",
    "segments.npy",
    "segment_songs.npy",
    "segment_starts.npy",
]


@pytest.fixture
def folder(tmp_path: Path, shared_library: Path) -> Path:
    """A copy of the library of eight songs, to be damaged."""
    return shutil.copytree(shared_library, tmp_path / "library")


@pytest.fixture
def library(shared_library: Path) -> Library:
    return Library.load(shared_library)


def current(folder: Path) -> Path:
    return folder / json.loads((folder / "library.json").read_text())["generation"]


def made_old(folder: Path) -> Path:
    """The library as it was written before there were flat maps, waveforms and stated lengths."""
    about = json.loads((folder / "library.json").read_text())
    del about["segment_seconds"], about["counts"]["peaks"]
    (folder / "library.json").write_text(json.dumps(about))
    for name in ("peaks.npy", "peak_counts.npy"):
        (current(folder) / name).unlink()
    table = pd.read_csv(current(folder) / "clusters.csv")
    table.drop(columns=["u", "v", "stated_length"]).to_csv(current(folder) / "clusters.csv", index=False)
    return folder


def test_a_song_has_its_tags_under_its_number(library):
    song = library.song(np.int64(5))
    assert song == Song("Tones/02 C.flac", "Note C", "The Tones", "", "Pure", "Pop", 2001, 2, 2.0)
    assert type(song.year) is int
    assert library.songs["id"].tolist() == library.songs.index.tolist() == [*range(8)]
    assert library.songs["cluster_name"].tolist() == [library.clusters[number] for number in library.songs["cluster"]]


@pytest.mark.parametrize("id", [-1, 8, 10**12, 1.5, "0", None])
def test_a_song_it_does_not_hold_is_a_sentence(library, id):
    for ask in (library.song, library.audio_path, library.similar):
        with pytest.raises(LibraryError, match=r"holds no song .*: its songs are numbered 0 to 7"):
            ask(id)


def test_songs_that_sound_alike_are_similar(library):
    for song in range(8):
        match = library.similar(song)[0]
        assert library.song(match.id).artist == library.song(song).artist
        assert 0 < match.similarity < 1


def test_a_track_from_outside_finds_what_its_twin_in_the_library_finds(library, tmp_path):
    tags = {"title": "Note C", "artist": "Someone"}
    track = sounds.write(tmp_path / "track.flac", sounds.chord(261.6, 523.2), **tags)
    heard = SpectrumEmbedder().hear(track)
    twin = library.similar_to(heard.vector, 1)[0]
    assert twin.id == 5
    assert twin.similarity == pytest.approx(1, abs=1e-4)
    others = [match.id for match in library.similar_to(heard.vector, 8)[1:]]
    assert others == [match.id for match in library.similar(5, 8)]
    there = library.songs.loc[5, ["x", "y", "z"]].astype(float)
    np.testing.assert_allclose(library.place(heard.vector), there, atol=1e-3)
    flat = library.songs.loc[5, ["u", "v"]].astype(float)
    np.testing.assert_allclose(library.place_flat(heard.vector), flat, atol=1e-3)


def test_the_rules_reach_the_list(library):
    assert {match.id for match in library.similar(4, 8, Rules(same_album=False))} == {0, 1, 2, 3}
    assert len(library.similar(4, 8, Rules(per_artist=1))) == 2


@pytest.mark.parametrize("vector", [np.zeros(15), np.zeros((2, 16)), np.full(16, np.nan), np.float32(1)])
def test_a_vector_of_another_encoder_is_a_sentence(library, vector):
    for ask in (library.similar_to, library.place, library.place_flat):
        with pytest.raises(LibraryError, match="not one of this library's encoder, spectrum"):
            ask(vector)


def test_a_library_from_before_flat_maps_and_waveforms_still_opens(folder, library, songs):
    old = Library.load(made_old(folder))
    np.testing.assert_array_equal(old.songs[["x", "y", "z"]], library.songs[["x", "y", "z"]])
    assert np.isfinite(old.songs[["u", "v"]]).all(axis=None)
    assert (old.songs[["u", "v"]].std() > 0.1).all()
    assert old.peaks(3).tolist() == []
    assert old.segment_seconds == 3.75
    assert old.similar(3) == library.similar(3)
    assert health(old)["kind"].tolist() == health(library)["kind"].tolist()
    build_library(songs, SpectrumEmbedder(), folder)  # and the next build draws what it lacked, and moves nothing
    new = Library.load(folder)
    np.testing.assert_array_equal(new.songs[["x", "y", "z"]], library.songs[["x", "y", "z"]])
    np.testing.assert_array_equal(new.songs[["u", "v"]], library.songs[["u", "v"]])


def test_a_song_has_its_own_waveform(library):
    for song in range(8):
        sound, _ = soundfile.read(library.audio_path(song))
        halves = [np.abs(half).max() for half in np.array_split(sound, 2)]
        peaks = library.peaks(song)
        assert (len(peaks), peaks.dtype) == (40, np.uint8)
        assert [peaks[:20].max(), peaks[20:].max()] == pytest.approx(255 * np.sqrt(halves), abs=2)
    with pytest.raises(LibraryError, match="holds no song 8"):
        library.peaks(8)


def test_finding_ignores_case_and_accents_and_wants_every_word(library):
    assert library.find("note c") == [5]
    assert library.find("BJORK rough c") == [1]
    assert library.find("  tones   NOTE ") == [4, 5, 6, 7]
    assert library.find("björk note") == []
    assert library.find("") == library.find(" ' ") == []
    assert library.find("note", limit=2) == [4, 5]


def test_the_best_hit_comes_first(tmp_path):
    titles = ["Wonderland", "A Lander", "Land of Hope", "Some Land", "Land", "Other"]
    for number, title in enumerate(titles):
        tags = {"title": title, "artist": "Land" if title == "Other" else "x"}
        sounds.write(tmp_path / "songs" / f"{number}.flac", sounds.noise(1.2, number), **tags)
    build_library(tmp_path / "songs", SpectrumEmbedder(), tmp_path / "library")
    found = Library.load(tmp_path / "library").find("land")
    assert [titles[id] for id in found] == ["Land", "Land of Hope", "Other", "A Lander", "Some Land", "Wonderland"]


def test_letters_and_apostrophes_are_found_as_they_are_typed():
    for written, typed in {"Mötley Crüe": "motley crue", "Bjørn": "BJORN", "Don’t": "dont", "Łódź": "lodz"}.items():
        assert fold(written) == fold(typed)
    assert fold("夜曲") == "夜曲"


def test_the_audio_is_found_and_a_file_that_is_gone_is_named(tmp_path, songs, ear):
    library = Library.load(build_library(songs, ear, tmp_path / "library").library)
    assert library.audio_path(5) == songs / "Tones" / "02 C.flac"
    (songs / "Tones" / "02 C.flac").unlink()
    with pytest.raises(LibraryError, match=r"Tones/02 C\.flac is gone"):
        library.audio_path(5)


@pytest.mark.parametrize("name", ["../secret.flac", "/etc/passwd", "Tones/../../secret.flac"])
def test_no_path_leads_out_of_the_songs_folder(folder, shared_library, name):
    sounds.write(shared_library.parent / "secret.flac", sounds.tone())
    table = current(folder) / "clusters.csv"
    table.write_bytes(table.read_bytes().replace(b"Tones/02 C.flac", name.encode()))
    with pytest.raises(LibraryError, match="leads out of the songs folder"):
        Library.load(folder).audio_path(5)


def test_reading_changes_nothing(folder, library):
    before = {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in folder.rglob("*")}
    library = Library.load(folder)
    library.similar(0), library.find("note"), library.place(np.ones(16))
    assert {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in folder.rglob("*")} == before
    with pytest.raises(ValueError, match="read-only"):
        library.segments[0] = 0


def test_a_library_keeps_working_when_new_ones_take_its_place(folder, songs):
    library = Library.load(folder)
    expected = library.similar(0)
    for _ in range(2):
        build_library(songs, SpectrumEmbedder(), folder)
    assert not (folder / library.generation).exists()
    assert library.similar(0) == expected
    assert np.isfinite(library.segments).all()


def test_a_missing_library_says_how_to_make_one(tmp_path):
    (tmp_path / "file").touch()
    for name in ("missing", "file", ""):
        with pytest.raises(LibraryError, match=r"holds no library: make one with `python cli\.py build-index SONGS"):
            Library.load(tmp_path / name)


ABOUT = {
    b"": "library.json cannot be read",
    b"{": "library.json cannot be read",
    b"[]": "library.json cannot be read",
    b"\xff\xfe": "library.json cannot be read",
    b'{"format": 1}': "library.json cannot be read",
    b'{"format": 3}': "has format 3 and this version reads up to 2: update Songboard",
    b'{"format": 1, "generation": "../x"}': "outside the library",
    b'{"format": 1, "generation": "gone", "counts": {}}': "clusters.csv is missing",
}


@pytest.mark.parametrize("content", ABOUT)
def test_a_damaged_or_newer_description_is_a_sentence(folder, content):
    (folder / "library.json").write_bytes(content)
    with pytest.raises(LibraryError, match=ABOUT[content]) as error:
        Library.load(folder)
    assert str(folder) in str(error.value)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", ["missing", "cut", "empty", "noise"])
def test_a_damaged_file_is_named(folder, name, damage):
    path = current(folder) / name
    whole = path.read_bytes()
    path.unlink()
    if damage != "missing":
        path.write_bytes({"cut": whole[: len(whole) * 2 // 3], "empty": b"", "noise": os.urandom(500)}[damage])
    with pytest.raises(LibraryError, match=f"is damaged, {name} .*: build it again with `python cli.py build-index"):
        Library.load(folder)


def test_files_of_two_builds_do_not_make_a_library(folder, songs, tmp_path):
    for path in sorted(songs.glob("Noise/*")):
        path.unlink()
    other = build_library(songs, SpectrumEmbedder(), tmp_path / "other").library
    for name in ("songs.faiss", "neighbourhoods.npy", "contents.npy", "segment_songs.npy", "segment_starts.npy"):
        broken = tmp_path / name
        shutil.copytree(folder, broken)
        shutil.copy(current(other) / name, current(broken) / name)
        with pytest.raises(LibraryError, match=f"{name} holds"):
            Library.load(broken)
