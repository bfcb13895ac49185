"""The training loop: it learns, it survives a kill, and it says what it measured."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import sounds
import teachers
import torch

from engine.augment import AugmentConfig
from engine.checkpoint import CheckpointError, fingerprint, load_checkpoint, save_checkpoint
from engine.choice import BEFORE
from engine.dataset import DatasetError, SongDataset, decode_songs
from engine.descent import TrainProgress
from engine.lessons import take_lessons
from engine.model import ModelConfig
from engine.recipe import TrainConfig, for_own_songs
from engine.remix import remix
from engine.teacher.teach import Teacher
from engine.train import train

TINY = TrainConfig(
    model=ModelConfig(bands=32, channels=(8, 16), blocks=1, width=32, layers=1, embedding=64, segment_dim=16),
    augment=AugmentConfig(room=0, pitch=0),
    segment_steps=40,
    segment_songs=12,
    segments_per_song=3,
    song_steps=4,
    song_songs=4,
    save_every=2,
)


def melody(seed: int) -> np.ndarray:
    """Sixteen seconds of a few notes of its own, over and over, in some noise."""
    rng = np.random.default_rng(seed)
    notes = rng.uniform(100, 3000, 4)
    sound = np.concatenate([sounds.chord(note, 1.5 * note, seconds=0.25, rate=8000) for note in np.tile(notes, 16)])
    return sound + sounds.noise(16, seed, 8000) * 0.3


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> SongDataset:
    folder = tmp_path_factory.mktemp("songs")
    paths = [
        sounds.write(folder / str(album) / f"{song}.wav", melody(10 * album + song), 8000)
        for album in range(8)
        for song in range(2)
    ]
    return decode_songs(paths, folder / "cache", TINY.model)[0]


def test_the_loss_falls_and_every_stage_is_measured(dataset: SongDataset, tmp_path: Path) -> None:
    seen: list[TrainProgress] = []
    checkpoint = train(dataset, TINY, tmp_path, "cpu", seen.append)
    losses = [progress.loss for progress in seen if progress.stage == "segments"]
    assert np.mean(losses[-8:]) < np.mean(losses[:8]) - 0.2
    assert {"random weights", "mean pooling", "transformer", "kept", "why", "words"} == set(checkpoint.measured)
    assert checkpoint.trained_on["songs"] == 12 and checkpoint.trained_on["held_out_songs"] == 4
    assert checkpoint.reference.shape == (12, 64)


def test_a_killed_training_goes_on_and_ends_in_the_same_weights(dataset: SongDataset, tmp_path: Path) -> None:
    def kill(progress: TrainProgress) -> None:
        if progress.stage == "segments" and progress.step == 5:
            raise KeyboardInterrupt

    short = TrainConfig(**{**vars(TINY), "segment_steps": 8})
    whole = train(dataset, short, tmp_path / "whole", "cpu", lambda progress: None)
    with pytest.raises(KeyboardInterrupt):
        train(dataset, short, tmp_path / "killed", "cpu", kill)
    seen: list[TrainProgress] = []
    resumed = train(dataset, short, tmp_path / "killed", "cpu", seen.append)
    assert next(progress.step for progress in seen if progress.stage == "segments") == 5  # step 4 was the last saved
    for name, tensor in whole.encoder.state_dict().items():
        torch.testing.assert_close(resumed.encoder.state_dict()[name], tensor, msg=name)


def test_too_few_songs_are_refused_with_a_sentence(dataset: SongDataset, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="2 songs are too few"):
        train(dataset.subset([0, 1]), TINY, tmp_path, "cpu", lambda progress: None)


def test_weights_come_back_as_they_were_saved(dataset: SongDataset, tmp_path: Path) -> None:
    short = TrainConfig(**{**vars(TINY), "segment_steps": 2, "song_steps": 2})
    saved = train(dataset, short, tmp_path, "cpu", lambda progress: None)
    path = tmp_path / "ear.safetensors"
    save_checkpoint(saved, path)
    loaded = load_checkpoint(path)
    assert loaded.encoder.config == TINY.model and loaded.measured == saved.measured
    for name, tensor in saved.encoder.state_dict().items():
        torch.testing.assert_close(loaded.encoder.state_dict()[name], tensor, atol=1e-3, rtol=1e-3)
    before = fingerprint(path)
    path.write_bytes(path.read_bytes()[:-1] + b"\0\0")
    assert fingerprint(path) != before


def test_missing_and_damaged_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"ear\.json is missing"):
        load_checkpoint(tmp_path / "ear.safetensors")
    (tmp_path / "ear.json").write_text(json.dumps({"config": {}}))
    (tmp_path / "ear.safetensors").write_bytes(b"not weights")
    with pytest.raises(CheckpointError, match=r"ear\.safetensors .* damaged"):
        load_checkpoint(tmp_path / "ear.safetensors")


def test_going_on_from_an_ear_leaves_the_cnn_alone_on_few_songs_and_says_what_it_chose(
    dataset: SongDataset, tmp_path: Path
) -> None:
    first = train(dataset, replace(TINY, segment_steps=10), tmp_path / "first", "cpu", lambda progress: None)
    seen: list[TrainProgress] = []
    config = replace(for_own_songs(TINY, len(dataset)), song_steps=4)
    second = train(dataset, config, tmp_path / "second", "cpu", seen.append, start=first)
    assert config.segment_steps == 0 and {progress.stage for progress in seen} == {BEFORE, "songs", "transformer"}
    for name, tensor in first.encoder.cnn.state_dict().items():
        torch.testing.assert_close(second.encoder.cnn.state_dict()[name], tensor, msg=name)
    assert second.measured["kept"] in (BEFORE, "transformer") and "held out" in second.measured["why"]


def test_what_is_not_better_on_the_songs_held_out_is_not_kept(dataset: SongDataset, tmp_path: Path) -> None:
    first = train(dataset, replace(TINY, segment_steps=10), tmp_path / "first", "cpu", lambda progress: None)
    ruinous = replace(TINY, segment_steps=6, rate=3.0, average=0.0)
    second = train(dataset, ruinous, tmp_path / "second", "cpu", lambda progress: None, start=first)
    assert second.measured["kept"] == BEFORE
    for name, tensor in first.encoder.state_dict().items():
        assert torch.equal(second.encoder.state_dict()[name], tensor), name


def test_a_teacher_is_learned_from(dataset: SongDataset, tmp_path: Path) -> None:
    teacher = Teacher(teachers.write_wheel(tmp_path / "wheel.whl"))
    songs, lessons = take_lessons(dataset, TINY.model, teacher, tmp_path / "lessons", most=4)
    remixes = remix(songs.subset(range(4)).songs, TINY.model, teacher, tmp_path / "lessons", pieces=2)
    seen: list[TrainProgress] = []
    config = replace(TINY, lesson_steps=40, lesson_songs=4, segment_steps=2, song_steps=0)
    train(songs, config, tmp_path, "cpu", lambda progress: None)  # untaught: what it left is not gone on with
    checkpoint = train(songs, config, tmp_path, "cpu", seen.append, lessons, remixes)
    losses = [progress.loss for progress in seen if progress.stage == "lessons"]
    assert np.mean(losses[-8:]) < np.mean(losses[:8]) - 0.05
    assert "lessons alone" in checkpoint.measured and checkpoint.trained_on["taught"]
    assert checkpoint.words is None  # four songs held out cannot tell which words are heard


def test_the_teachers_filters_are_given_once_and_stay_as_the_ear_goes_on_learning(
    dataset: SongDataset, tmp_path: Path
) -> None:
    teacher = Teacher(teachers.write_wheel(tmp_path / "wheel.whl"))
    songs, lessons = take_lessons(dataset, TINY.model, teacher, tmp_path / "lessons", most=3)
    start = train(dataset, replace(TINY, segment_steps=2, song_steps=0), tmp_path / "first", "cpu", print)
    config = replace(TINY, lesson_steps=0, segment_steps=0, song_steps=0, bank_steps=2, bank_patches=8)
    given = train(songs, config, tmp_path, "cpu", print, lessons, None, start, teacher.weights)
    assert given.measured["kept"] == "with the teacher's filters"
    assert {"banks_r2", "with_banks", "without_banks"} < set(given.measured)
    assert given.encoder.config.vector == 64 + 400 and given.reference.shape == (12, 464)
    for name, tensor in start.encoder.cnn.state_dict().items():
        assert torch.equal(given.encoder.cnn.state_dict()[name], tensor)
    spread = given.reference.var(0)
    assert float((spread[64:].sum() / spread[:64].sum()).sqrt()) == pytest.approx(config.bank_share, rel=0.01)

    path = tmp_path / "ear.safetensors"
    save_checkpoint(given, path)
    further = replace(TINY, model=given.encoder.config, segment_steps=4, song_steps=2)
    own = train(dataset, further, tmp_path / "own", "cpu", print, start=load_checkpoint(path))
    for name, tensor in load_checkpoint(path).encoder.banks.state_dict().items():
        assert torch.equal(own.encoder.banks.state_dict()[name], tensor)
    assert own.reference.shape[1] == 464
