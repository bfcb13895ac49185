"""The losses, against the formulas worked out by hand and on arrangements whose order is plain."""

import math

import torch

from engine.loss import decoupled_infonce, masked_segment_infonce

SONG = torch.tensor([0, 0, 1, 1])


def test_infonce_is_its_formula() -> None:
    z = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    # each row: positive similarity 1, two negatives of similarity 0; temperature 0.5
    assert math.isclose(float(decoupled_infonce(z, SONG, SONG, 0.5)), -1 / 0.5 + math.log(2), rel_tol=1e-5)


def test_songs_that_are_together_cost_less_than_songs_that_are_mixed_up() -> None:
    together = torch.tensor([[1.0, 0.0], [1.0, 0.1], [0.0, 1.0], [0.1, 1.0]])
    mixed_up = together[[0, 2, 1, 3]]
    assert decoupled_infonce(together, SONG, SONG) < decoupled_infonce(mixed_up, SONG, SONG)


def test_other_songs_of_the_album_are_not_pushed_away() -> None:
    z = torch.tensor([[1.0, 0.0], [1.0, 0.1], [0.9, 0.1], [1.0, 0.2], [0.0, 1.0], [0.1, 1.0]], requires_grad=True)
    song = torch.tensor([0, 0, 1, 1, 2, 2])
    same_album = decoupled_infonce(z, song, torch.tensor([0, 0, 0, 0, 1, 1]))
    assert same_album < decoupled_infonce(z, song, song)


def test_a_batch_of_one_album_costs_nothing_and_has_a_gradient() -> None:
    z = torch.randn(4, 8, requires_grad=True)
    loss = decoupled_infonce(z, SONG, torch.zeros(4, dtype=torch.long))
    loss.backward()
    assert float(loss) == 0 and torch.isfinite(z.grad).all()


def test_a_right_guess_of_a_hidden_segment_costs_less_than_a_wrong_one() -> None:
    truth = torch.eye(6)
    right = masked_segment_infonce(truth, truth)
    assert right < masked_segment_infonce(truth.flip(0), truth)


def test_hidden_segments_teach_only_who_guesses() -> None:
    guess, truth = torch.randn(3, 4, requires_grad=True), torch.randn(3, 4, requires_grad=True)
    masked_segment_infonce(guess, truth).backward()
    assert guess.grad is not None and truth.grad is None
