"""Weights on disk: the words an ear was taught come back with it."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.checkpoint import Checkpoint, CheckpointError, load_checkpoint, save_checkpoint
from engine.embed import Embedder
from engine.model import ModelConfig, SongEncoder
from engine.words import Words, carry_over

TINY = ModelConfig(bands=32, channels=(8, 16), blocks=1, width=32, layers=1, embedding=64, segment_dim=16)
NAMES = ("piano", "female vocal", "slow")


def saved(path: Path, words: Words | None) -> Path:
    save_checkpoint(Checkpoint(SongEncoder(TINY), torch.zeros(2, 64), words=words), path)
    return path


@pytest.fixture
def words() -> Words:
    rng = np.random.default_rng(0)
    return Words(NAMES, rng.standard_normal((3, 64)).astype(np.float32), rng.standard_normal(3).astype(np.float32))


def test_words_come_back_as_they_were_saved(tmp_path: Path, words: Words) -> None:
    loaded = load_checkpoint(saved(tmp_path / "ear.safetensors", words)).words
    assert loaded is not None and loaded.names == NAMES
    assert loaded.weights.dtype == loaded.bias.dtype == np.float32
    np.testing.assert_allclose(loaded.weights, words.weights, rtol=1e-3)
    np.testing.assert_allclose(loaded.bias, words.bias, rtol=1e-3)


def test_an_ear_shows_its_words(tmp_path: Path, words: Words) -> None:
    shown = Embedder("cpu", saved(tmp_path / "ear.safetensors", words)).words
    assert shown is not None and shown.names == NAMES


def test_weights_without_words_have_none(tmp_path: Path) -> None:
    path = saved(tmp_path / "ear.safetensors", None)
    assert load_checkpoint(path).words is None
    description = json.loads(path.with_suffix(".json").read_text())
    del description["words"]  # as it was before there were words
    path.with_suffix(".json").write_text(json.dumps(description))
    assert load_checkpoint(path).words is None


def test_names_that_are_not_those_of_the_weights_are_a_damage(tmp_path: Path, words: Words) -> None:
    path = saved(tmp_path / "ear.safetensors", words)
    description = json.loads(path.with_suffix(".json").read_text())
    for names in ([], ["piano"]):
        path.with_suffix(".json").write_text(json.dumps(description | {"words": names}))
        with pytest.raises(CheckpointError, match=r"ear\.safetensors .* damaged"):
            load_checkpoint(path)


def test_words_need_a_weight_and_a_bias_each(words: Words) -> None:
    with pytest.raises(ValueError, match="2 words need as many"):
        Words(NAMES[:2], words.weights, words.bias)


def test_an_ear_that_hears_otherwise_calls_a_song_what_the_one_before_called_it() -> None:
    rng = np.random.default_rng(0)
    words = Words(("slow", "piano"), rng.normal(size=(2, 20)).astype(np.float32), np.ones(2, np.float32))
    before, filters = rng.normal(size=(400, 12)), rng.normal(size=(400, 8))
    after = 3 * before @ np.linalg.qr(rng.normal(size=(12, 12)))[0] + 5  # the same, turned, louder and elsewhere
    carried = carry_over(words, before, after)
    told, expected = carried.read(np.hstack([after, filters])), words.read(np.hstack([before, filters]))
    assert np.abs(told - expected).mean() < 0.1 * expected.std()
    assert not np.allclose(words.read(np.hstack([after, filters])), expected, atol=1)
