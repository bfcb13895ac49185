"""Lessons are taken once, our network learns from them, and only words that it can hear are kept."""

from pathlib import Path

import numpy as np
import pytest
import sounds
import teachers
import torch

from engine.dataset import SongDataset, decode_songs
from engine.lessons import Learning, Lessons, fit_words, take_lessons
from engine.model import ModelConfig
from engine.teacher.teach import Teacher
from engine.vocabulary import TAGS, WORDS

FRONT = ModelConfig(bands=32)


@pytest.fixture(scope="module")
def teacher(tmp_path_factory: pytest.TempPathFactory) -> Teacher:
    return Teacher(teachers.write_wheel(tmp_path_factory.mktemp("teacher") / "wheel.whl"))


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> SongDataset:
    folder = tmp_path_factory.mktemp("songs")
    paths = [sounds.write(folder / f"{i}" / "song.wav", sounds.noise(24, i, 8000), 8000) for i in range(2)]
    return decode_songs(paths, folder / "cache", FRONT)[0]


def test_a_lesson_is_taken_once_and_covers_the_song(songs: SongDataset, teacher: Teacher, tmp_path: Path) -> None:
    heard, lessons = take_lessons(songs, FRONT, teacher, tmp_path, most=4)
    assert len(heard) == 2 and len(heard.songs[0].cells) == 6  # other stages may still hear all of a song
    assert lessons.songs.songs[0].cells == [0, 300, 450, 750]
    assert lessons.tags[0].shape == (4, 100) and lessons.penultimate[1].shape == (4, 400)
    files = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    again = take_lessons(songs, FRONT, teacher, tmp_path, most=2)[1]
    assert files == {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    torch.testing.assert_close(again.tags[0], lessons.tags[0])


def test_a_song_the_teacher_cannot_hear_is_left_out(songs: SongDataset, teacher: Teacher, tmp_path: Path) -> None:
    gone = SongDataset(songs.power, [songs.songs[0], songs.songs[1]], songs.segment_frames)
    Path(gone.songs[1].path).rename(tmp_path / "elsewhere.wav")
    try:
        heard, lessons = take_lessons(gone, FRONT, teacher, tmp_path / "lessons", most=4)
    finally:
        (tmp_path / "elsewhere.wav").rename(gone.songs[1].path)
    assert [song.path for song in heard.songs] == [songs.songs[0].path] and len(lessons.tags) == 1


def made_up(count: int, seed: int, cells: int = 6) -> tuple[list[torch.Tensor], Lessons]:
    """Songs whose first number says how much piano there is; every other tag is chance."""
    rng = np.random.default_rng(seed)
    heard = [
        torch.from_numpy(rng.normal(size=(1, 16)) + 0.1 * rng.normal(size=(cells, 16))).float() for _ in range(count)
    ]
    tags = [torch.from_numpy(rng.uniform(0.01, 0.5, (cells, len(TAGS)))).float() for _ in range(count)]
    for song, said in zip(heard, tags, strict=True):
        said[:, TAGS.index("mtt:piano")] = torch.sigmoid(2 * song[:, 0])
    return heard, Lessons(SongDataset(torch.zeros(1, 1), [], 150), tags, [torch.randn(cells, 400) for _ in heard], [])


def test_a_word_that_can_be_heard_is_kept_and_ranks_songs_and_chance_is_not() -> None:
    heard, lessons = made_up(80, seed=0)
    held, held_lessons = made_up(60, seed=1)
    words, told = fit_words(heard, lessons, held, held_lessons)
    assert "piano" in words.names and len(words.names) < 12
    assert set(told) == set(WORDS) and told["piano"]["auc"] > 0.95 and told["piano"]["kept"]
    means = torch.stack([song.mean(0) for song in held])
    said = words.read(means.numpy())[:, words.names.index("piano")]
    assert np.corrcoef(said, means[:, 0])[0, 1] > 0.95


def test_learning_falls_to_nothing_when_the_teacher_can_be_told_from_the_segment() -> None:
    torch.manual_seed(0)
    heard, lessons = made_up(40, seed=0)
    x = torch.cat(heard)
    penultimate = (x @ torch.randn(16, 400)) / 4
    tags = torch.sigmoid(x @ torch.randn(16, 100))
    learning = Learning(16, Lessons(lessons.songs, [tags], [penultimate], []))
    optimiser = torch.optim.Adam(learning.parameters(), 0.02)
    losses = []
    for _ in range(300):
        optimiser.zero_grad()
        loss = learning(x, penultimate, tags)
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
    least = float(torch.nn.functional.binary_cross_entropy(tags, tags))
    assert losses[0] > 1.5 and losses[-1] < least + 0.05
