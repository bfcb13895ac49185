"""Several processes that train one ear: each hears its share of a batch, and all see the loss of the whole.

So they learn what one process would have learned, only sooner. torchrun starts them, or Ray Train; where neither did,
this process is the only one, and nothing here does anything.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn

_LONGEST = timedelta(days=30)  # that the others wait while the first decodes the songs


class RanksError(Exception):
    """Processes that cannot train together; the message says why."""


def rank() -> int:
    """Which of the processes this is; the first, 0, speaks and saves for all."""
    return dist.get_rank() if dist.is_initialized() else 0


def ranks() -> int:
    """How many processes train together."""
    return dist.get_world_size() if dist.is_initialized() else 1


@contextmanager
def together(device: str) -> Iterator[None]:
    """While this lasts, the processes that torchrun started train together, each on a GPU of its own, or on the CPU.

    Processes that are together already, as Ray Train's are, stay so. Raises RanksError.
    """
    if dist.is_initialized() or int(os.environ.get("WORLD_SIZE", 1)) == 1:
        yield
        return
    if device == "cuda":
        local, there = int(os.environ.get("LOCAL_RANK", 0)), torch.cuda.device_count()
        if local >= there:
            raise RanksError(f"{local + 1} processes on this machine and {there} GPUs: start one for each")
        torch.cuda.set_device(local)
    store, number, count = next(dist.rendezvous("env://"))
    attempt = os.environ.get("TORCHELASTIC_RESTART_COUNT", "0")  # the store still names who was killed in the last
    dist.init_process_group(
        "nccl" if device == "cuda" else "gloo",
        store=dist.PrefixStore(f"attempt {attempt}", store), rank=number, world_size=count,
    )  # fmt: skip
    try:
        yield
    finally:
        dist.destroy_process_group()


@contextmanager
def first_then_others() -> Iterator[None]:
    """What is done here the first process does alone; then the others do it, and find what it has left on the disk."""
    if ranks() == 1:
        yield
        return
    waiting = dist.new_group(backend="gloo", timeout=_LONGEST)
    if rank() > 0:
        dist.barrier(waiting)
    try:
        yield
    finally:  # also where the first fails, as the others then will
        if rank() == 0:
            dist.barrier(waiting)


def share(count: int) -> slice:
    """Which of so many rows are this process's to hear."""
    return slice(count * rank() // ranks(), count * (rank() + 1) // ranks())


def gather(mine: Tensor, count: int) -> Tensor:
    """The rows of all processes, [count, d], from each one's share of them."""
    if ranks() == 1:
        return mine
    rows = mine.new_zeros(count, *mine.shape[1:])
    rows[share(count)] = mine
    dist.all_reduce(rows)  # a sum with zeros, since shares may differ in length by one
    return rows


def average_gradients(module: nn.Module) -> None:
    """Give every process the mean of all processes' gradients, in one message."""
    if ranks() == 1:
        return
    gradients = [parameter.grad for parameter in module.parameters() if parameter.grad is not None]
    flat = torch.cat([gradient.flatten() for gradient in gradients])
    dist.all_reduce(flat)
    for gradient, mean in zip(gradients, (flat / ranks()).split([each.numel() for each in gradients]), strict=True):
        gradient.copy_(mean.view_as(gradient))


def as_the_first(thing: Any) -> Any:
    """What the first process has, for all."""
    if ranks() == 1:
        return thing
    box = [thing]
    dist.broadcast_object_list(box)
    return box[0]
