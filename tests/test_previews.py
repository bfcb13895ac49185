"""The previews beside a map that is given away: of which songs, from where, and what becomes of what was there."""

import shutil

import pytest
import sounds
from shelf import write_library

from dashboard.previews import PreviewError, folder_of, write_previews
from dashboard.share import share
from index.library import Library


@pytest.fixture
def library(tmp_path) -> Library:
    """Twelve songs, of which the first by The Tones may be given away."""
    made = write_library(tmp_path)
    free = made.songs_folder / "The Tones" / "0.ogg"
    sounds.write(free, sounds.tone(220), title="The Tones 1", artist="The Tones", license="CC BY 4.0")
    return made


def free_song(library: Library) -> int:
    return library.songs["path"].tolist().index("The Tones/0.ogg")


def named(path, start) -> bytes:
    """Stands for a sound: what was cut, and from where."""
    return f"{path.name} {start:g}".encode()


def written(library, folder, everything=False, cut=named):
    return write_previews(library, folder, cut, everything, lambda done, total: None)


def test_only_songs_whose_licence_allows_it_are_there_and_it_is_told_whose_they_are(library, tmp_path):
    previews, folder = written(library, tmp_path / "map previews"), tmp_path / "map previews"
    song = free_song(library)
    assert previews.licences == {song: "CC BY 4.0"} and previews.skipped == []
    assert sorted(each.name for each in folder.iterdir()) == [f"{song}.mp3", "LICENCES.txt"]
    assert f"{song}.mp3: The Tones 1, by The Tones. CC BY 4.0" in (folder / "LICENCES.txt").read_text()


def test_by_consent_all_are_there(library, tmp_path):
    previews = written(library, tmp_path / "p", everything=True)
    assert sorted(previews.licences) == list(range(12)) and len(list((tmp_path / "p").glob("*.mp3"))) == 12
    assert (tmp_path / "p" / f"{free_song(library)}.mp3").read_text().startswith("0.ogg ")


def test_a_song_that_is_gone_or_cannot_be_heard_is_skipped_and_named(library, tmp_path):
    (library.songs_folder / "The Tones" / "1.ogg").unlink()

    def cut(path, start):
        if path.name == "2.ogg":
            return f"{path} is no music"
        return b""

    previews = written(library, tmp_path / "p", everything=True, cut=cut)
    assert len(previews.licences) == 12 - 1 - 3 and len(previews.skipped) == 4
    assert sum("is gone" in each for each in previews.skipped) == 1
    assert sum("2.ogg is no music" in each for each in previews.skipped) == 3


def test_earlier_previews_are_replaced_and_a_folder_with_anything_else_is_kept(library, tmp_path):
    folder = tmp_path / "p"
    written(library, folder, everything=True)
    written(library, folder)
    assert len(list(folder.iterdir())) == 2
    (folder / "thesis.txt").touch()
    with pytest.raises(PreviewError, match="holds other things than previews"):
        written(library, folder)
    assert (folder / "thesis.txt").exists() and not list(tmp_path.glob(".*part"))


def test_an_end_in_between_leaves_what_was_there(library, tmp_path):
    folder = tmp_path / "p"
    written(library, folder)

    def cut(path, start):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        written(library, folder, cut=cut)
    assert len(list(folder.iterdir())) == 2 and not list(tmp_path.glob(".*part"))


def test_the_map_says_how_many_can_be_heard_and_lets_no_other_sound_in(library, tmp_path):
    previews = written(library, folder_of(tmp_path / "map.html"))
    share(library, tmp_path / "map.html", previews=previews)
    text = (tmp_path / "map.html").read_text(encoding="utf-8")
    assert '"folder":"map previews"' in text and "You hear ten seconds of 1 of them." in text
    assert "media-src 'self' file:" in text
    shutil.rmtree(tmp_path / "map previews")
    share(library, tmp_path / "map.html")
    text = (tmp_path / "map.html").read_text(encoding="utf-8")
    assert "media-src 'none'" in text
    assert "held-previews" not in text.replace('querySelector("#held-previews")', "") and "There is no sound." in text
