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
    """What `work(device, line)` returns in the first of the processes, all of which do it.

    What it tells its line is told to this `line`. Where a process dies all are started again, as many as there is room
    for, and are to go on from what was saved. Every node must see the folder `out`. Raises ClusterError, also with
    what `work` refuses in a sentence of ours.
    """
    ray = connect(address)
    from ray.train import FailureConfig, RunConfig, ScalingConfig
    from ray.train.torch import TorchConfig, TorchTrainer
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
        run_config=RunConfig(
            storage_path=str(out.absolute() / "ray"), failure_config=FailureConfig(max_failures=_FAILURES)
        ),
    )  # fmt: skip
    running = Thread(target=_fit, args=(trainer, told), daemon=True)
    running.start()
    outcome = _repeat(told, line)
    running.join(60)  # whoever leaves while Ray Train is still at work may be ended by it, with an exit code of its own
    if isinstance(outcome, ClusterError):
        raise outcome
    return outcome


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
            raise  # another try may end better
        told.put(("", (ClusterError(str(error)),)))
        return
    if rank() == 0:
        told.put(("", (outcome,)))


def _fit(trainer: Any, told: Any) -> None:
    """Have Ray Train start the processes, and start them again, until they are done."""
    try:
        trainer.fit()
    except Exception as error:
        told.put(("", (ClusterError(f"what trains on the Ray cluster fails: {last_line(error)}"),)))


def _repeat(told: Any, line: Any) -> Any:
    """Tell the line what is told by the processes, until they tell the outcome."""
    while True:
        name, about = told.get()
        if not name:
            return about[0]
        getattr(line, name)(*about)
