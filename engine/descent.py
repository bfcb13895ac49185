"""Gradient descent that survives being killed: AdamW, warm-up and cosine, its state saved every so many steps."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from engine.ranks import as_the_first, average_gradients, rank
from engine.recipe import TrainConfig

Loss = Callable[[np.random.Generator], Tensor]  # draws a batch, leaves its gradients behind, returns the loss


@dataclass(frozen=True)
class TrainProgress:
    """Where the loop stands; figures are measured on the songs held out, at the ends of the stages."""

    stage: str
    step: int
    steps: int
    loss: float
    figures: dict[str, float]


def descend(
    stage: str, module: nn.Module, steps: int, loss: Loss, config: TrainConfig, identity: str, out: Path,
    on_progress: Callable[[TrainProgress], None],
) -> None:  # fmt: skip
    """AdamW, warm-up and cosine, ending in the average of the weights.

    Begins where out/training-<stage>.pt left off, if that is of the same `identity`: recipe, songs and starting point.
    Of several processes all take the same steps, and the first saves.
    """
    optimiser = torch.optim.AdamW(module.parameters(), config.rate, weight_decay=config.weight_decay)
    average = AveragedModel(module, avg_fn=_averaging(config.average))
    state = out / f"training-{stage}.pt"
    first = _resume(state, identity, module, average, optimiser)
    module.train()
    for step in range(first, steps):
        rng = np.random.default_rng([config.seed, *stage.encode(), step])
        torch.manual_seed(int(rng.integers(2**62)))  # a resumed run draws what the killed one would have drawn
        for group in optimiser.param_groups:
            group["lr"] = config.rate * _schedule(step / steps)
        optimiser.zero_grad(set_to_none=True)
        value = float(loss(rng))
        average_gradients(module)
        nn.utils.clip_grad_norm_(module.parameters(), 1.0)
        optimiser.step()
        average.update_parameters(module)
        if rank() == 0 and ((step + 1) % config.save_every == 0 or step + 1 == steps):
            _save(state, step + 1, identity, module, average, optimiser)
        on_progress(TrainProgress(stage, step + 1, steps, value, {}))
    if steps:
        module.load_state_dict(average.module.state_dict())
    module.eval()


def _schedule(share: float, warm_up: float = 0.05) -> float:
    """Learning rate at a share of the way: linear warm-up, then cosine to 2 %."""
    if share < warm_up:
        return max(share, 1e-3) / warm_up
    return 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * (share - warm_up) / (1 - warm_up)))


def _averaging(most: float) -> Callable[[Tensor, Tensor, Tensor | int], Tensor]:
    """A moving average that forgets where it began: over the last tenth of the steps, at most over 1 / (1 - most)."""

    def average(old: Tensor, new: Tensor, steps: Tensor | int) -> Tensor:
        return old + (new - old) * max(1 - most, 9 / (10 + int(steps)))

    return average


def _save(
    path: Path, step: int, identity: str, module: nn.Module, average: nn.Module, optimiser: torch.optim.Optimizer
) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    state = {"step": step, "identity": identity, "module": module.state_dict(), "average": average.state_dict()}
    partial = path.with_suffix(".partial")
    torch.save(state | {"optimiser": optimiser.state_dict()}, partial)
    partial.replace(path)


def _resume(path: Path, identity: str, module: nn.Module, average: nn.Module, optimiser: torch.optim.Optimizer) -> int:
    """The step to begin at: 0, or where a run with the same recipe stopped."""
    there = rank() == 0 and path.exists()
    state = as_the_first(torch.load(path, map_location="cpu", weights_only=True) if there else None)
    if state is None or state["identity"] != identity:
        return 0
    module.load_state_dict(state["module"])
    average.load_state_dict(state["average"])
    optimiser.load_state_dict(state["optimiser"])
    return state["step"]
