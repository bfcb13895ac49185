"""Training on the nodes of a Ray cluster, by Ray Train: a process a GPU or a node; where one dies, all go on anew."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar

from engine.cluster import ClusterError, connect, last_line
from engine.ranks import rank

T = TypeVar("T")
_FAILURES = 10  # of a process, before it is plain that it will not go better


def train_on(address: str, device: str, work: Callable[[str, Any], T], out: Path, line: Any) -> T:
    """What `work(device, line)` returns in the first of the processes, all of which do it; it tells a `line` of theirs,
    and this one repeats it.

    Each has gone on from what the last one to die had saved. The folder `out` must be seen by every node. Raises
    ClusterError, also with what `work` refuses in a sentence.
    """
    ray = connect(address)
    from ray.train import FailureConfig, RunConfig, ScalingConfig
    from ray.train.torch import TorchConfig, TorchTrainer
    from ray.train.v2.api.exceptions import TrainingFailedError
    from ray.util.queue import Queue
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    processes, cores, gpu = _crew(ray, device)
    as_many: Any = (1, processes)  # as live
    here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=False)
    told = Queue(actor_options={"num_cpus": 0, "scheduling_strategy": here})
    trainer = TorchTrainer(
        partial(_process, work, "cuda" if gpu else "cpu", told),
        torch_config=TorchConfig(backend="nccl" if gpu else "gloo"),
        scaling_config=ScalingConfig(
            num_workers=as_many, use_gpu=gpu, resources_per_worker={"CPU": cores} | ({"GPU": 1} if gpu else {}),
            placement_strategy="SPREAD",
        ),
        run_config=RunConfig(storage_path=str(out.absolute() / "ray"), failure_config=FailureConfig(_FAILURES)),
    )  # fmt: skip
    outcome: list[Any] = []
    listening = Thread(target=_repeat, args=(told, line, outcome), daemon=True)
    listening.start()
    try:
        trainer.fit()
    except TrainingFailedError as error:
        raise ClusterError(f"the processes that train on the Ray cluster failed: {last_line(error)}") from error
    listening.join(60)
    if not outcome:
        raise ClusterError("the processes that train on the Ray cluster ended without a word")
    if isinstance(outcome[0], ClusterError):
        raise outcome[0]
    return outcome[0]


def _crew(ray: Any, device: str) -> tuple[int, int, bool]:
    """How many processes, how many cores each, and whether on GPUs."""
    nodes = [node["Resources"] for node in ray.nodes() if node["Alive"] and node["Resources"].get("CPU", 0) >= 1]
    gpus = [int(node.get("GPU", 0)) for node in nodes]
    every = sum(gpus)
    if device != "cpu" and every:
        cores = min(node["CPU"] // count for node, count in zip(nodes, gpus, strict=True) if count)
        return every, max(1, int(cores)), True
    if device == "cuda" or not nodes:
        raise ClusterError(f"no node of the Ray cluster has {'a GPU' if nodes else 'a core to train on'}: ray status")
    return len(nodes), int(min(node["CPU"] for node in nodes)), False


class _Line:
    """What is told here is told there."""

    def __init__(self, told: Any) -> None:
        self._told = told

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *about: self._told.put((name, about))


def _process(work: Callable[[str, Any], T], device: str, told: Any) -> None:
    """The life of a process: Ray Train has brought it together with the others."""
    if device == "cuda":
        import ray.train.torch
        import torch

        torch.cuda.set_device(ray.train.torch.get_device())
    try:
        outcome: Any = work(device, _Line(told))
    except Exception as error:
        if not type(error).__module__.startswith(("engine.", "index.")):
            raise
        outcome = ClusterError(str(error))  # another try would end the same way
    if rank() == 0:
        told.put(("", (outcome,)))


def _repeat(told: Any, line: Any, outcome: list[Any]) -> None:
    """Tell the line what the first process tells, until it tells the outcome."""
    while not outcome:
        name, about = told.get()
        if name:
            getattr(line, name)(*about)
        else:
            outcome.extend(about)
