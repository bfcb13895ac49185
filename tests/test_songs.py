"""Finding songs in folders as untidy as real ones, and reading tags as damaged as real ones."""

import os
from pathlib import Path

import mutagen
import pytest
import sounds

from index.songs import LONGEST, SongsError, clean, read_tags, scan


def touch(*paths: Path) -> None:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def names(folder: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in scan(folder)]


def test_songs_are_found_sorted_and_everything_else_left_out(tmp_path):
    touch(tmp_path / "b.MP3", tmp_path / "a" / "x.opus", tmp_path / "a" / "cover.jpg", tmp_path / "notes.txt")
    touch(tmp_path / ".hidden.mp3", tmp_path / ".trash" / "y.mp3", tmp_path / "a" / "._x.opus")
    assert names(tmp_path) == ["a/x.opus", "b.MP3"]


SUFFIXES = "mp3 wav ogg oga opus flac m4a m4b aac aif aiff wma ape wv mpc tta ac3 dts amr au snd caf mka spx w64 voc"


@pytest.mark.parametrize("suffix", SUFFIXES.split())
def test_every_audio_suffix_counts(tmp_path, suffix):
    touch(tmp_path / f"song.{suffix}")
    assert names(tmp_path) == [f"song.{suffix}"]


def test_links_are_followed_and_loops_are_entered_once(tmp_path):
    folder = tmp_path / "songs"
    touch(folder / "a" / "x.mp3", tmp_path / "elsewhere" / "y.mp3", tmp_path / "outside.mp3")
    (folder / "a" / "loop").symlink_to(folder)
    (folder / "up").symlink_to(tmp_path)
    (folder / "linked").symlink_to(tmp_path / "elsewhere")
    (folder / "z.mp3").symlink_to(tmp_path / "outside.mp3")
    (folder / "itself.mp3").symlink_to(folder / "itself.mp3")
    assert names(folder) == ["a/x.mp3", "itself.mp3", "linked/y.mp3", "z.mp3"]


def test_a_pipe_is_found_and_not_waited_on(tmp_path):
    touch(tmp_path / "x.mp3")
    os.mkfifo(tmp_path / "pipe.mp3")
    assert names(tmp_path) == ["pipe.mp3", "x.mp3"]


def test_a_folder_that_cannot_be_opened_is_named_and_passed_over(tmp_path, caplog):
    touch(tmp_path / "x.mp3")
    # A path longer than the system takes cannot be opened even by root, for whom permissions do not count.
    deep = os.open(tmp_path, os.O_RDONLY)
    for _ in range(25):
        os.mkdir("d" * 200, dir_fd=deep)
        above, deep = deep, os.open("d" * 200, os.O_RDONLY, dir_fd=deep)
        os.close(above)
    os.close(deep)
    assert names(tmp_path) == ["x.mp3"]
    assert "cannot be opened and is passed over" in caplog.text


def test_a_name_that_is_not_utf8_is_found(tmp_path):
    os.close(os.open(os.fsencode(tmp_path) + b"/caf\xe9.mp3", os.O_CREAT))
    (path,) = scan(tmp_path)
    assert read_tags(path, tmp_path).title == "caf"


REFUSED = [("missing", "does not exist"), ("file.mp3", "not a folder"), ("void", "no audio")]


@pytest.mark.parametrize(("name", "says"), REFUSED)
def test_a_folder_without_songs_is_a_sentence(tmp_path, name, says):
    touch(tmp_path / "file.mp3", tmp_path / "void" / "readme.txt")
    with pytest.raises(SongsError, match=says) as error:
        scan(tmp_path / name)
    assert str(tmp_path / name) in str(error.value)


@pytest.mark.parametrize("suffix", ["mp3", "flac", "ogg", "wav", "aiff"])
def test_tags_are_read_from_every_format(tmp_path, suffix):
    tags = {"title": "Jóga", "artist": "Björk", "albumartist": "Various", "album": "Homogenic", "genre": "Rock"}
    path = sounds.write(tmp_path / f"x.{suffix}", sounds.tone(), **tags, date="1997-09-22", tracknumber="2/10")
    song = read_tags(path, tmp_path)
    assert {name: getattr(song, name) for name in tags} == tags
    assert (song.path, song.year, song.track) == (f"x.{suffix}", 1997, 2)
    assert song.length == pytest.approx(2, abs=0.1)


def test_tags_of_apple_and_microsoft_files_are_read(tmp_path):
    apple = sounds.encode(tmp_path / "x.m4a", sounds.tone(), "aac")
    audio = mutagen.File(apple, easy=True)
    audio.update({"title": "One", "artist": "Two", "album": "Three", "date": "2004", "tracknumber": "5/9"})
    audio.save()
    windows = sounds.encode(tmp_path / "x.wma", sounds.tone(), "wmav2")
    audio = mutagen.File(windows)
    audio.tags.update({"Title": "One", "Author": "Two", "WM/AlbumTitle": "Three", "WM/Year": "2004"})
    audio.tags["WM/TrackNumber"] = "5"
    audio.save()
    for path in (apple, windows):
        song = read_tags(path, tmp_path)
        assert (song.title, song.artist, song.album, song.year, song.track) == ("One", "Two", "Three", 2004, 5)


def test_the_first_of_several_values_counts_and_a_genre_number_is_resolved(tmp_path):
    path = sounds.write(tmp_path / "x.mp3", sounds.tone(), artist=["First", "Second"], genre="(17)")
    song = read_tags(path, tmp_path)
    assert (song.artist, song.genre) == ("First", "Rock")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Abba/Arrival/01 Tiger.wav", ("Tiger", "Abba", "Arrival", 1)),
        ("Abba/Arrival/CD 2/2-07 Tiger.wav", ("Tiger", "Abba", "Arrival", 7)),
        ("Hits/01 - Abba - Tiger.wav", ("Tiger", "Abba", "Hits", 1)),
        ("Abba - Tiger.wav", ("Tiger", "Abba", "", 0)),
        ("03. Tiger.wav", ("Tiger", "", "", 3)),
        ("04-tiger_feet.wav", ("tiger feet", "", "", 4)),
        ("99 Luftballons.wav", ("99 Luftballons", "", "", 0)),
        ("7 Seconds.wav", ("7 Seconds", "", "", 0)),
        ("1999.wav", ("1999", "", "", 0)),
        ("01.wav", ("01", "", "", 0)),
        ("Jay-Z.wav", ("Jay-Z", "", "", 0)),
        (" - .wav", ("-", "", "", 0)),
        ("夜曲/周杰倫 - 夜曲.wav", ("夜曲", "周杰倫", "夜曲", 0)),
    ],
)
def test_name_and_folders_say_what_the_tags_do_not(tmp_path, name, expected):
    song = read_tags(sounds.write(tmp_path / name, sounds.tone(seconds=0.1)), tmp_path)
    assert (song.title, song.artist, song.album, song.track) == expected


def test_broken_files_still_have_a_title(tmp_path):
    for path in sounds.broken_files(tmp_path).values():
        assert read_tags(path, tmp_path).title == path.stem
    assert read_tags(tmp_path / "gone.mp3", tmp_path).title == "gone"


def test_damaged_tags_never_cost_the_song(tmp_path):
    whole = sounds.write(tmp_path / "x.mp3", sounds.tone(), title="Whole", artist="Someone", genre="Rock").read_bytes()
    path = tmp_path / "damaged.mp3"
    for position in range(0, 300, 3):
        path.write_bytes(whole[:position] + b"\xff\x00\xfe" + whole[position + 3 :])
        song = read_tags(path, tmp_path)
        assert song.title and "\0" not in song.title


def test_tags_come_out_on_one_line_and_not_over_long(tmp_path):
    tags = {"title": "a\r\nb\tc\x1b[31m", "artist": "x" * 5000, "date": "long ago"}
    path = sounds.write(tmp_path / "x.flac", sounds.tone(), **tags)
    song = read_tags(path, tmp_path)
    assert song.title == "a b c [31m"
    assert song.artist == "x" * LONGEST
    assert song.year == 0


def test_cleaning_composes_accents_and_keeps_joined_emoji():
    assert clean("Bjo\u0308rk") == "Björk"
    assert clean("👩\u200d🎤") == "👩\u200d🎤"
    assert clean("half \ud83d") == "half"


DATES = [("2003-05-01", 2003), ("01/05/2003", 2003), ("20030501", 2003), ("12345", 0)]


@pytest.mark.parametrize(("date", "year"), DATES)
def test_the_year_is_taken_out_of_a_date(tmp_path, date, year):
    assert read_tags(sounds.write(tmp_path / "x.ogg", sounds.tone(), date=date), tmp_path).year == year
