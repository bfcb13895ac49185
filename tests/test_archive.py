"""Songs in a .zip: unpacked once and whole, and never where or what they should not be."""

import shutil
import stat
import zipfile
from pathlib import Path

import pytest
import sounds

from index.archive import Bounds, unpack
from index.songs import SongsError, scan


def zipped(path: Path, entries: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


@pytest.fixture
def songs_zip(tmp_path: Path) -> Path:
    sound = sounds.write(tmp_path / "x.flac", sounds.tone()).read_bytes()
    extras = {"cover.jpg": b"x", "__MACOSX/._One.flac": b"x", ".hidden/Three.mp3": b"x"}
    return zipped(tmp_path / "songs.zip", {"A/One.flac": sound, "A/夜曲.flac": sound, **extras})


def test_the_songs_are_unpacked_and_nothing_else(tmp_path, songs_zip):
    folder = unpack(songs_zip, tmp_path / "library")
    assert [path.relative_to(folder).as_posix() for path in scan(folder)] == ["A/One.flac", "A/夜曲.flac"]
    assert (folder / "A" / "One.flac").read_bytes() == (tmp_path / "x.flac").read_bytes()
    assert len([path for path in (tmp_path / "library").rglob("*") if path.is_file()]) == 2


def test_an_unchanged_archive_is_unpacked_once(tmp_path, songs_zip):
    folder = unpack(songs_zip, tmp_path / "library")
    (folder / "A" / "One.flac").write_bytes(b"touched")
    moved = songs_zip.rename(tmp_path / "renamed.zip")
    assert unpack(moved, tmp_path / "library") == folder
    assert (folder / "A" / "One.flac").read_bytes() == b"touched"


def test_a_changed_archive_leaves_the_songs_of_the_old_one_alone(tmp_path, songs_zip):
    first = unpack(songs_zip, tmp_path / "library")
    second = unpack(zipped(songs_zip, {"A/One.flac": b"other"}), tmp_path / "library")
    assert first != second
    assert len(scan(first)) == 2
    assert len(scan(second)) == 1


CLIMBING = ["../x.mp3", "a/../../x.mp3", "/etc/x.mp3", "..\\x.mp3", "C:\\x.mp3", "\\\\host\\share\\x.mp3"]


@pytest.mark.parametrize("name", CLIMBING)
def test_an_entry_that_leads_out_is_refused_and_named(tmp_path, name):
    archive = zipped(tmp_path / "songs.zip", {"fine.mp3": b"x", name: b"x"})
    with pytest.raises(SongsError, match="leads out of the folder") as error:
        unpack(archive, tmp_path / "library")
    assert repr(name) in str(error.value)
    assert not (tmp_path / "library").exists()


def test_a_link_is_refused_and_named(tmp_path):
    entry = zipfile.ZipInfo("link.mp3")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    archive = tmp_path / "songs.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr(entry, "/etc/passwd")
    with pytest.raises(SongsError, match=r"'link\.mp3' is a link"):
        unpack(archive, tmp_path / "library")


def test_an_encrypted_entry_is_refused_and_named(tmp_path):
    archive = zipped(tmp_path / "songs.zip", {"secret.mp3": b"x" * 100})
    content = bytearray(archive.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1  # the flag in the central directory
    archive.write_bytes(content)
    with pytest.raises(SongsError, match=r"'secret\.mp3' is encrypted"):
        unpack(archive, tmp_path / "library")


def test_too_many_entries_and_too_many_bytes_are_refused(tmp_path):
    archive = zipped(tmp_path / "songs.zip", {f"{n}.wav": bytes(100_000) for n in range(10)})
    assert len(scan(unpack(archive, tmp_path / "library"))) == 10
    for bounds in (Bounds(entries=9), Bounds(size=999_999), Bounds(free_of_ratio=999_999)):
        with pytest.raises(SongsError, match=r"songs\.zip"):
            unpack(archive, tmp_path / "elsewhere", bounds)
    assert not (tmp_path / "elsewhere").exists()


def test_a_bomb_is_refused_before_a_byte_is_written(tmp_path):
    archive = zipped(tmp_path / "bomb.zip", {"a.wav": b"x"})
    content = bytearray(archive.read_bytes())
    at = content.index(b"PK\x01\x02") + 24
    content[at : at + 4] = (2**31).to_bytes(4, "little")  # what the central directory says it unpacks to
    archive.write_bytes(content)
    with pytest.raises(SongsError, match=r"2\.1 GB"):
        unpack(archive, tmp_path / "library")
    assert not (tmp_path / "library").exists()


def test_a_damaged_archive_is_a_sentence_and_leaves_nothing_behind(tmp_path, songs_zip):
    whole = songs_zip.read_bytes()
    for damaged in (
        b"",
        b"not a zip at all",
        whole[: len(whole) // 2],
        bytes(len(whole) // 2) + whole[len(whole) // 2 :],
    ):
        songs_zip.write_bytes(damaged)
        with pytest.raises(SongsError, match=r"songs\.zip is damaged or not a \.zip"):
            unpack(songs_zip, tmp_path / "library")
        assert not list(tmp_path.glob("library/*"))


def test_a_damaged_song_of_an_archive_costs_only_itself(tmp_path, songs_zip):
    whole = songs_zip.read_bytes()
    songs_zip.write_bytes(whole[:3000] + bytes(500) + whole[3500:])
    folder = unpack(songs_zip, tmp_path / "library")
    assert (folder / "A" / "夜曲.flac").read_bytes() == (tmp_path / "x.flac").read_bytes()
    assert (folder / "A" / "One.flac").read_bytes() != (tmp_path / "x.flac").read_bytes()


def test_two_songs_of_one_name_are_both_unpacked(tmp_path):
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(tmp_path / "songs.zip", "w") as archive:
        for content in (b"one", b"other"):
            archive.writestr("A/x.mp3", content)
    folder = unpack(tmp_path / "songs.zip", tmp_path / "library")
    assert {path.name: path.read_bytes() for path in scan(folder)} == {"x.mp3": b"one", "x (2).mp3": b"other"}


def test_an_archive_that_the_disk_has_no_room_for_is_refused_before_a_byte_is_written(tmp_path):
    with zipfile.ZipFile(tmp_path / "songs.zip", "w") as archive:
        archive.writestr("a.wav", b"x")
        archive.getinfo("a.wav").file_size = 2**55  # written into the directory when it is closed
    boundless = Bounds(size=2**60, free_of_ratio=2**60)
    with pytest.raises(SongsError, match="make room, or choose another --library"):
        unpack(tmp_path / "songs.zip", tmp_path / "library", boundless)
    assert not list((tmp_path / "library").iterdir())


def test_an_archive_without_songs_or_a_missing_one_is_a_sentence(tmp_path):
    with pytest.raises(SongsError, match="no audio files"):
        unpack(zipped(tmp_path / "empty.zip", {"notes.txt": b"x"}), tmp_path / "library")
    with pytest.raises(SongsError, match="does not exist"):
        unpack(tmp_path / "missing.zip", tmp_path / "library")


def test_what_a_killed_run_left_is_replaced(tmp_path, songs_zip):
    folder = unpack(songs_zip, tmp_path / "library")
    shutil.rmtree(folder)
    sounds.write(folder.with_name(folder.name + ".unfinished") / "Half.flac", sounds.tone())
    assert len(scan(unpack(songs_zip, tmp_path / "library"))) == 2
    assert [path.name for path in (tmp_path / "library").iterdir()] == [folder.name]


def test_a_destination_that_cannot_be_written_is_a_sentence(tmp_path, songs_zip):
    (tmp_path / "library").write_text("a file")
    with pytest.raises(SongsError, match="cannot be unpacked into"):
        unpack(songs_zip, tmp_path / "library")
