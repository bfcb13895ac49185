"""Batches that do not fit are halved and tried again: nobody meets CUDA out of memory. What is freed is used again."""

import ctypes
import sys
from collections.abc import Callable

import torch
from torch import Tensor, nn

from engine.ranks import gather, ranks, share


class OutOfMemory(Exception):
    """Not even one segment fits; the message says what to do."""


_TRIM, _MMAP = -1, -3  # mallopt(3): M_TRIM_THRESHOLD, M_MMAP_THRESHOLD


def keep_freed() -> None:
    """Have this process keep up to 256 MB that it frees for what it needs next; only glibc can.

    Every layer takes megabytes and frees them. Handed back to the kernel, they come again page by page, zeroed: that
    was a seventh of a build's work.
    """
    if sys.platform == "linux" and (mallopt := getattr(ctypes.CDLL(None), "mallopt", None)):
        mallopt(_MMAP, 1 << 25)  # the most that every version takes
        mallopt(_TRIM, 1 << 28)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an allocation failed, on a GPU or on the CPU."""
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or "can't allocate memory" in str(error)


def fitting(run: Callable[[int], Tensor], chunk: int) -> tuple[Tensor, int]:
    """run(chunk), with the chunk halved as long as it does not fit: (its result, the chunk that did fit)."""
    while True:
        try:
            return run(chunk), chunk
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            if chunk <= 1:
                raise OutOfMemory("not even one segment fits in memory; try --device cpu") from error
        chunk //= 2
        if torch.cuda.is_available():
            torch.cuda.empty_cache()


def in_chunks(hear: Callable[[Tensor], Tensor], segments: Tensor, chunk: int) -> tuple[Tensor, int]:
    """hear(segments) a chunk at a time, halved where it does not fit: ([n, d], the chunk that did fit)."""
    return fitting(lambda size: torch.cat([hear(part) for part in segments.split(size)]), chunk)


def backward_in_chunks(
    module: nn.Module, inputs: Tensor, loss_of: Callable[[Tensor], Tensor], chunk: int
) -> tuple[Tensor, int]:
    """Gradients of loss_of(module(inputs)) over the whole batch, holding the graph of one chunk at a time.

    A contrastive loss needs all rows at once; so the rows are heard without a graph, the loss gives each row's
    gradient, and each chunk is heard again with it (GradCache, Gao et al. 2021, arXiv 2101.06983). A batch that fits
    is heard once. The module must be deterministic; the gradients are then exact. Of several processes each hears its
    share of the rows; the mean of their gradients is that of the whole batch. Returns (the loss, the chunk that did
    fit).
    """
    mine = inputs[share(len(inputs))]

    def hear(size: int) -> Tensor:
        with torch.set_grad_enabled(size >= len(mine)):
            return torch.cat([module(part) for part in mine.split(size)])

    module.zero_grad(set_to_none=True)
    heard, chunk = fitting(hear, max(1, min(chunk, len(mine))))
    rows = gather(heard.detach(), len(inputs)).requires_grad_()
    loss = loss_of(rows)
    loss.backward()
    assert rows.grad is not None
    given = rows.grad[share(len(inputs))] * ranks()

    def teach(size: int) -> Tensor:
        nonlocal heard
        if heard.requires_grad and size >= len(mine):
            once, heard = heard, heard.detach()  # a graph that did not fit is let go
            once.backward(given)
            return loss.detach()
        module.zero_grad(set_to_none=True)  # of a try that failed midway
        for part, gradient in zip(mine.split(size), given.split(size), strict=True):
            module(part).backward(gradient)
        return loss.detach()

    return fitting(teach, chunk)
