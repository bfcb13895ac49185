"""What is fitted to an ear that has learned, on made-up segments that say what there is to find."""

from dataclasses import replace

import numpy as np
import torch

from engine.checkpoint import Checkpoint
from engine.dataset import SongDataset, TrainingSong
from engine.filter_bank import HEARD
from engine.fitting import Taught, fit_ear, weigh_banks
from engine.lessons import Learning, Lessons
from engine.model import ModelConfig, SongEncoder
from engine.recipe import TrainConfig
from engine.vocabulary import TAGS
from engine.words import Words

TINY = ModelConfig(bands=32, channels=(8, 16), blocks=1, width=32, layers=1, embedding=64, segment_dim=16)
CONFIG = TrainConfig(model=TINY)
CELLS = 4


def songs(count: int) -> SongDataset:
    """Noise, three songs an album."""
    torch.manual_seed(count)
    cells = [150 * cell for cell in range(CELLS)]
    made = [TrainingSong(f"{i}", f"{i // 3}", 1, 1, 15, 600 * i, 600, cells) for i in range(count)]
    return SongDataset(torch.randn(600 * count, 32).half(), made, 150)


def lessons(count: int) -> Lessons:
    """In the first number of a penultimate layer stands how much piano there is; all else is chance."""
    penultimate = list(torch.randn(count, CELLS, HEARD) * 0.1 + torch.randn(count, 1, HEARD))
    tags = [torch.rand(CELLS, len(TAGS)) / 2 for _ in range(count)]
    for said, layer in zip(tags, penultimate, strict=True):
        said[:, TAGS.index("mtt:piano")] = torch.sigmoid(2 * layer[:, 0])
    return Lessons(songs(count), tags, penultimate, [])


def chance(count: int) -> list[torch.Tensor]:
    return list(torch.randn(count, CELLS, 64))


def test_what_filters_bring_is_measured_with_them_and_what_they_weigh_is_fitted_on_the_songs_learned_from() -> None:
    held_back = lessons(18)
    album = torch.randn(6, HEARD).repeat_interleave(3, dim=0)  # they know the album, and segments do not
    held = Taught(chance(18), [each.expand(CELLS, HEARD) for each in album])
    learned = Taught(chance(30), list(torch.randn(30, CELLS, HEARD) + torch.randn(30, 1, HEARD)))
    ear = SongEncoder(replace(TINY, banks=1))
    figures = weigh_banks(ear, Learning(64, held_back), learned, held, held_back, share=1.0)
    assert figures["with_banks"]["album_p1"] == 1 and figures["without_banks"]["album_p1"] < 0.5
    spread = torch.stack([song.mean(0) for song in learned.joined(ear)]).var(0)
    np.testing.assert_allclose(spread[64:].sum(), spread[:64].sum(), rtol=1e-3)


def test_words_are_read_off_what_the_ear_makes_of_lessons_with_filters_and_without() -> None:
    both = [lessons(60), lessons(60)]
    seen = [[layer[:, :64] for layer in part.penultimate] for part in both]  # which an ear has made its own
    told = [list(torch.stack(part.penultimate)) for part in both]
    cases = {
        0: [Taught(heard, []) for heard in seen],
        1: [Taught(chance(60), heard) for heard in told],
    }
    for banks, taught in cases.items():
        ear = SongEncoder(replace(TINY, banks=banks))
        reference, words, audible = fit_ear(ear, both[0].songs, both, taught, None, CONFIG)
        assert words and "piano" in words.names and audible["piano"]["auc"] > 0.9, banks
        assert words.weights.shape[1] == reference.shape[1] == 64 + 200 * banks and len(reference) == 60


def test_an_ear_that_goes_on_without_a_teacher_keeps_its_words_and_what_its_filters_know_of_songs() -> None:
    torch.manual_seed(0)
    ear = SongEncoder(replace(TINY, banks=1)).eval()
    words = Words(
        ("piano",), np.random.default_rng(0).normal(size=(1, 264)).astype(np.float32), np.zeros(1, np.float32)
    )
    start = Checkpoint(ear, torch.randn(7, 264), words=words)
    reference, carried, audible = fit_ear(ear, songs(6), [], [], start, CONFIG)
    assert torch.equal(reference, start.reference) and audible == {}
    assert carried and carried.names == ("piano",)
    np.testing.assert_array_equal(carried.weights[:, 64:], words.weights[:, 64:])

    alone = SongEncoder(TINY).eval()
    reference, carried, _ = fit_ear(alone, songs(6), [], [], None, CONFIG)
    assert reference.shape == (6, 64) and carried is None
