"""Remixes are new music made of the training songs, heard by the teacher once."""

from pathlib import Path

import numpy as np
import pytest
import sounds
import teachers

from engine.dataset import SongDataset, decode_songs
from engine.model import ModelConfig
from engine.remix import Remixes, remix
from engine.teacher.teach import Teacher

FRONT = ModelConfig()


@pytest.fixture(scope="module")
def teacher(tmp_path_factory: pytest.TempPathFactory) -> Teacher:
    return Teacher(teachers.write_wheel(tmp_path_factory.mktemp("teacher") / "wheel.whl"))


def songs_of(folder: Path, *waves: np.ndarray) -> SongDataset:
    paths = [sounds.write(folder / str(i) / "song.wav", wave, 16_000) for i, wave in enumerate(waves)]
    return decode_songs(paths, folder / "cache", FRONT)[0]


def peaks(remixes: Remixes) -> np.ndarray:
    """The loudest band of each piece."""
    return remixes.power.astype(float).mean(2).argmax(1)


def test_a_piece_is_faster_or_slower_than_its_song_and_never_the_same_twice(teacher: Teacher, tmp_path: Path) -> None:
    song = songs_of(tmp_path, sounds.tone(500, seconds=20, rate=16_000))
    remixes = remix(song.songs, FRONT, teacher, tmp_path, pieces=8)
    assert (
        remixes.power.shape[:2] == (8, 96) and remixes.tags.shape == (8, 100) and remixes.penultimate.shape == (8, 400)
    )
    as_it_was = int(song.segments(0)[0].mean(1).argmax())
    assert peaks(remixes).min() < as_it_was < peaks(remixes).max() and len(set(peaks(remixes).tolist())) > 3


def test_half_of_the_pieces_hold_two_songs(teacher: Teacher, tmp_path: Path) -> None:
    low, high = sounds.tone(300, seconds=20, rate=16_000), sounds.tone(3000, seconds=20, rate=16_000)
    remixes = remix(songs_of(tmp_path, low, high).songs, FRONT, teacher, tmp_path, pieces=6)
    loud = np.exp(remixes.power.astype(float)).mean(2)  # [pieces, bands]
    both = (loud[:, :40].max(1) > 0.05 * loud.max(1)) & (loud[:, 60:].max(1) > 0.05 * loud.max(1))
    assert both[:6].sum() == 0 and both[6:].sum() == 3  # the first song has none before it to be mixed with


def test_silence_and_songs_that_are_too_short_give_none(teacher: Teacher, tmp_path: Path) -> None:
    music = np.concatenate([sounds.noise(16, rate=16_000), sounds.silence(60, 16_000)])
    dataset = songs_of(tmp_path, music)
    remixes = remix(dataset.songs, FRONT, teacher, tmp_path, pieces=20)
    assert 0 < len(remixes.tags) < 20


def test_remixes_are_made_once(teacher: Teacher, tmp_path: Path) -> None:
    dataset = songs_of(tmp_path, sounds.noise(20, rate=16_000))
    first = remix(dataset.songs, FRONT, teacher, tmp_path, pieces=2)
    Path(dataset.songs[0].path).unlink()  # the second call has nothing to listen to
    again = remix(dataset.songs, FRONT, teacher, tmp_path, pieces=2)
    np.testing.assert_array_equal(again.penultimate, first.penultimate)
