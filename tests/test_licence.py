"""What a song's tags say of its licence, and which licences let an excerpt be given away."""

import mutagen
import mutagen.id3
import pytest
import sounds

from index.licence import lets_excerpts_be_shared, licence_of


@pytest.mark.parametrize(
    "licence",
    [
        "http://creativecommons.org/licenses/by/3.0/",
        "2008 paniq. Licensed to the public under http://creativecommons.org/licenses/by-sa/2.0/de/",
        "https://creativecommons.org/licenses/by-nc-sa/4.0/",
        "Creative Commons Attribution-Share Alike 3.0 License",
        "CC-BY-SA 4.0",
        "CC0",
        "https://creativecommons.org/publicdomain/zero/1.0/",
        "Public Domain",
        "Free Art License; Copyright (c) 2007",
    ],
)
def test_a_free_licence_lets_an_excerpt_be_given_away(licence):
    assert lets_excerpts_be_shared(licence)


@pytest.mark.parametrize(
    "licence",
    [
        "",
        "2020",
        "(c) 2008 EMI. All rights reserved",
        "https://creativecommons.org/licenses/by-nc-nd/4.0/",
        "CC BY-ND 3.0",
        "Creative Commons Attribution-NoDerivs 2.0",
        "Creative Commons Attribution No Derivatives",
        "not in the publicdomain",
    ],
)
def test_any_other_and_one_against_parts_does_not(licence):
    assert not lets_excerpts_be_shared(licence)


def test_it_is_read_from_the_tags_of_every_format(tmp_path):
    vorbis = sounds.write(tmp_path / "a.ogg", sounds.tone(), license="CC0", copyright="2007\nA. Lmarza")
    assert set(licence_of(vorbis).split("; ")) == {"CC0", "2007 A. Lmarza"}
    id3 = sounds.write(tmp_path / "b.mp3", sounds.tone())
    audio = mutagen.File(id3)
    audio.add_tags()
    audio.tags.add(mutagen.id3.WCOP(url="http://creativecommons.org/licenses/by/3.0/"))
    audio.tags.add(mutagen.id3.TXXX(desc="LICENSE", text=["CC BY 3.0"]))
    audio.save()
    assert set(licence_of(id3).split("; ")) == {"http://creativecommons.org/licenses/by/3.0/", "CC BY 3.0"}


def test_a_file_that_says_nothing_or_is_no_song_has_none(tmp_path):
    assert licence_of(sounds.write(tmp_path / "a.flac", sounds.tone(), title="CC0")) == ""
    (tmp_path / "b.mp3").write_bytes(b"\xff\xfb" * 40)
    assert licence_of(tmp_path / "b.mp3") == licence_of(tmp_path / "none.ogg") == ""
