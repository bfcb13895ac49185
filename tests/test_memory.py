"""A batch that does not fit is halved: shown with an allocation that really fails. What is freed is used again."""

import subprocess
import sys

import pytest
import torch
from torch import Tensor, nn

from engine.memory import OutOfMemory, backward_in_chunks, in_chunks

TOO_MUCH = 2**60  # bytes


class Greedy(nn.Linear):
    """A layer that asks for more memory than any machine has when more than `most` rows come at once."""

    most = 3

    def forward(self, rows: Tensor) -> Tensor:
        if len(rows) > self.most:
            torch.empty(TOO_MUCH, dtype=torch.uint8)
        return super().forward(rows)


def test_an_allocation_that_fails_halves_the_chunk_and_loses_nothing() -> None:
    layer, rows = Greedy(4, 2), torch.randn(10, 4)
    result, chunk = in_chunks(layer, rows, 10)
    assert chunk == 2  # 10, 5, 2
    torch.testing.assert_close(result, rows @ layer.weight.T + layer.bias)


def test_gradients_in_chunks_are_those_of_the_whole_batch() -> None:
    torch.manual_seed(0)
    layer, rows = Greedy(4, 2), torch.randn(10, 4)

    def loss_of(z: Tensor) -> Tensor:  # every row meets every other, as in a contrastive loss
        return (z @ z.T).logsumexp(1).mean()

    layer.most = 100
    loss, _ = backward_in_chunks(layer, rows, loss_of, 10)
    whole = layer.weight.grad.clone()
    layer.most = 3
    in_parts, chunk = backward_in_chunks(layer, rows, loss_of, 10)
    assert chunk == 2
    torch.testing.assert_close(in_parts, loss)
    torch.testing.assert_close(layer.weight.grad, whole)


def test_when_not_even_one_fits_a_sentence_says_so() -> None:
    layer = Greedy(4, 2)
    layer.most = 0
    with pytest.raises(OutOfMemory, match="not even one segment fits"):
        in_chunks(layer, torch.randn(4, 4), 4)


def test_other_errors_are_not_taken_for_lack_of_memory() -> None:
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
        in_chunks(Greedy(4, 2), torch.randn(3, 5), 3)


FAULTS = """
import resource, sys
import numpy as np
from engine.memory import keep_freed

if sys.argv[1] == "kept":
    keep_freed()
def layers():
    return [np.ones(2_500_000, np.float64) for _ in range(4)]  # 20 MB each
layers()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(10):
    layers()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc can")
def test_what_layers_free_does_not_come_back_from_the_kernel_page_by_page() -> None:
    taken, kept = (
        int(subprocess.run([sys.executable, "-c", FAULTS, how], capture_output=True, text=True, check=True).stdout)
        for how in ("taken", "kept")
    )
    assert kept < taken / 20
