"""What of a file is sound: whatever is done to its tags, that stays; whatever is done to its sound, that shows."""

from pathlib import Path

import mutagen
import mutagen.apev2
import mutagen.id3
import pytest
import sounds

from index.digests import digests

ENCODED = {"m4a": "aac", "wma": "wmav2", "aac": "aac", "wv": "wavpack", "opus": "libopus", "tta": "tta"}


def song(folder: Path, suffix: str) -> Path:
    if suffix in ENCODED:
        rate = 48000 if suffix == "opus" else sounds.RATE
        return sounds.encode(folder / f"x.{suffix}", sounds.noise(3, rate=rate), ENCODED[suffix], rate)
    return sounds.write(folder / f"x.{suffix}", sounds.noise(3))


def tag(path: Path, title: str) -> None:
    if path.suffix == ".aac":
        tags = mutagen.id3.ID3()
        tags.add(mutagen.id3.TIT2(text=title))
        tags.save(path)
        return
    audio = mutagen.File(path)
    if audio.tags is None:
        audio.add_tags()
    if isinstance(audio.tags, mutagen.id3.ID3):
        audio.tags.add(mutagen.id3.TIT2(text=title))
    else:
        audio[{".m4a": "\xa9nam"}.get(path.suffix, "Title")] = title
    audio.save()


@pytest.mark.parametrize("suffix", ["mp3", "ogg", "flac", "wav", "aiff", *ENCODED])
def test_tags_change_the_bytes_and_not_the_sound(tmp_path: Path, suffix: str) -> None:
    path = song(tmp_path, suffix)
    untagged = digests(path)
    wholes = {untagged[0]}
    for title in ("short", "long " * 5000):
        tag(path, title)
        whole, sound = digests(path)
        wholes.add(whole)
        assert sound == untagged[1]
    assert len(wholes) == 3
    assert untagged[0] != untagged[1]


@pytest.mark.parametrize("suffix", ["mp3", "ogg", "flac", "wav", "aiff", *ENCODED])
def test_a_changed_bit_of_the_sound_is_another_sound(tmp_path: Path, suffix: str) -> None:
    path = song(tmp_path, suffix)
    before = digests(path)
    content = bytearray(path.read_bytes())
    content[len(content) * 2 // 3] ^= 1
    path.write_bytes(content)
    assert digests(path)[0] != before[0] and digests(path)[1] != before[1]


def test_tags_behind_the_sound_are_tags_as_well(tmp_path: Path) -> None:
    path = song(tmp_path, "mp3")
    before = digests(path)[1]
    ape = mutagen.apev2.APEv2()
    ape["Title"] = "x" * 3000
    ape.save(path)
    assert digests(path)[1] == before
    path.write_bytes(path.read_bytes() + b"TAG" + bytes(125))
    assert digests(path)[1] == before


def test_files_whose_sizes_lie_are_told_apart_by_all_they_hold(tmp_path: Path) -> None:
    liars = {
        "id3.mp3": b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f" + bytes(5000),
        "short.wav": b"RIFF\x00\x00\x00\x00WAVEdata\xff\xff\xff\xff",
        "empty data.wav": b"RIFF\x00\x00\x00\x00WAVEdata\x00\x00\x00\x00" + bytes(5000),
        "cut.ogg": b"OggS" + bytes(10),
        "cut.flac": b"fLaC",
        "round.mp4": b"\x00\x00\x00\x08ftyp" + b"\x00\x00\x00\x01moov" * 3 + bytes(5000),
        "empty.mp3": b"",
    }
    for name, content in liars.items():
        (tmp_path / name).write_bytes(content)
    whole = {digests(tmp_path / name)[0] for name in liars}
    sound = {digests(tmp_path / name)[1] for name in liars}
    assert len(whole) == len(sound) == len(liars)
