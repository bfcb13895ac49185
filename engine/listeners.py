"""Listening on many machines: every node of a Ray cluster holds an encoder, and is handed songs as it hears them.

Whatever dies costs what it had in hand, and that is handed to another: a result that has come in is never asked for
again. Sound does not travel: each node reads the files itself, decodes them and listens, and sends vectors.
"""

import math
import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Protocol

import numpy as np

from engine.cluster import ClusterError, connect, last_line
from engine.embedding import Embedding, Skipped

_LOOK_AGAIN = 5.0  # seconds between looks for nodes that have come
_PATIENCE = 120.0  # seconds until one of the nodes must listen
_DEATHS = 6  # one after the other, and no song heard between: it will not go better the seventh time


class Ear(Protocol):
    """An encoder of this machine: see engine.embed.Embedder."""

    name: str
    fingerprint: str
    segment_seconds: float
    reference: np.ndarray
    words: Any

    def embed(self, paths: Iterable[Path], longest: float = math.inf) -> Iterator[Embedding | Skipped]: ...
    def waveforms(self, paths: Iterable[Path]) -> Iterator[tuple[Path, np.ndarray]]: ...


OpenEar = Callable[[str, int], Ear]  # device, worker processes
Song = tuple[Path, Path]  # as every node may find it, and as we were given it


class RayEmbedder:
    """An encoder whose copies listen on the nodes of a Ray cluster; the same face, and the same vectors."""

    def __init__(self, open_ear: OpenEar, address: str = "", device: str = "auto", shard: int = 64) -> None:
        """`open_ear` is what every node calls; it is handed at least `shard` songs at a time, and more cores get more.

        Raises ClusterError, and what `open_ear` raises.
        """
        self._open_ear, self._wanted, self._shard = open_ear, device, shard
        self._ear = open_ear("cpu", 0)
        self._ray = connect(address)
        self.name = self._ear.name
        self.fingerprint = self._ear.fingerprint
        self.segment_seconds = self._ear.segment_seconds
        self.reference = self._ear.reference
        self.parts = getattr(self._ear, "parts", ())
        self.words = self._ear.words
        if say := getattr(self._ear, "say", None):  # sentences are understood here, as on any node
            self.say = say
        self.device = f"Ray at {address}" if address else "Ray"

    def embed(self, paths: Iterable[Path], longest: float = math.inf) -> Iterator[Embedding | Skipped]:
        """One result a path, as they come from the nodes; a bad file is Skipped.

        Raises ClusterError where a node is not fit to listen, or none is there.
        """
        songs, again = ((path.absolute(), path) for path in paths), deque[list[Song]]()
        crew = _Crew(self._ray, self._open_ear, self._wanted, self._shard, self.fingerprint, longest)
        try:
            while True:
                crew.hire()
                crew.hand_out(songs, again)
                if crew.is_idle():
                    return
                yield from crew.results(again)
        finally:
            crew.dismiss()

    def waveforms(self, paths: Iterable[Path]) -> Iterator[tuple[Path, np.ndarray]]:
        """The peaks of each file, uint8 [<= 1200], decoded on this machine; none where that fails."""
        return self._ear.waveforms(paths)


@dataclass
class _Hand:
    """A listener on a node, as the driver knows it."""

    actor: Any
    stream: Any  # of what it hears
    node: str
    where: str  # the node's address
    shard: int  # songs handed to it at a time
    ready: bool = False
    careful: bool = False  # it has songs over which another may have died, and nothing else
    songs: dict[Path, Path] = field(default_factory=dict)  # in hand


class _Crew:
    """The listeners on all nodes, what each has in hand, and what becomes of it when one dies."""

    def __init__(
        self, ray: Any, open_ear: OpenEar, device: str, shard: int, fingerprint: str, longest: float
    ) -> None:  # fmt: skip
        self._ray, self._open_ear, self._device, self._shard = ray, open_ear, device, shard
        self._fingerprint, self._longest = fingerprint, longest
        self._hands: list[_Hand] = []
        self._looked = -math.inf
        self._since = time.monotonic()  # nobody listens
        self._deaths = 0

    def hire(self) -> None:
        """See to it that every node listens: with all its cores, or with its share of them beside each GPU."""
        if time.monotonic() - self._looked < _LOOK_AGAIN:
            return
        self._looked = time.monotonic()
        for node in self._ray.nodes():
            cores, gpus = int(node["Resources"].get("CPU", 0)), int(node["Resources"].get("GPU", 0))
            gpus = 0 if self._device == "cpu" else gpus
            if node["Alive"] and cores and (gpus or self._device != "cuda"):
                there = sum(hand.node == node["NodeID"] for hand in self._hands)
                for _ in range(there, max(1, gpus)):
                    self._hands.append(self._hire(node, max(1, cores // max(1, gpus)), bool(gpus)))

    def _hire(self, node: dict[str, Any], cores: int, gpu: bool) -> _Hand:
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        there = NodeAffinitySchedulingStrategy(node["NodeID"], soft=False)
        listener = self._ray.remote(_Listener).options(
            num_cpus=cores, num_gpus=int(gpu), scheduling_strategy=there, max_concurrency=2
        )
        device = self._device if gpu else "cpu"
        actor = listener.remote(self._open_ear, device, cores)
        stream = actor.listen.options(num_returns="streaming").remote(self._longest)
        return _Hand(actor, stream, node["NodeID"], node["NodeManagerAddress"], max(self._shard, 4 * cores))

    def hand_out(self, songs: Iterator[Song], again: deque[list[Song]]) -> None:
        """Keep up to two shards with each listener. What was in hand at a death comes last, to one that is idle."""
        for hand in self._hands:
            while hand.ready and not hand.careful and len(hand.songs) <= hand.shard:
                shard = list(islice(songs, hand.shard))
                if not shard and again and not hand.songs:
                    shard, hand.careful = again.popleft(), True
                if not shard:
                    break
                hand.songs.update(shard)
                hand.actor.give.remote([path for path, _ in shard])

    def is_idle(self) -> bool:
        """Whether all that was handed out has been heard, and nothing is left to hand out to those that listen."""
        return any(hand.ready for hand in self._hands) and not any(hand.songs for hand in self._hands)

    def results(self, again: deque[list[Song]]) -> Iterator[Embedding | Skipped]:
        """What has come in since, after waiting for a second at most."""
        if any(hand.ready for hand in self._hands):
            self._since = time.monotonic()
        elif time.monotonic() - self._since > _PATIENCE:
            raise ClusterError(
                f"no node of the Ray cluster began to listen within {_PATIENCE:.0f} s: is there one with cores"
                f"{' and a GPU' if self._device == 'cuda' else ''} that no other job holds? Ask: ray status"
            )
        streams = {hand.stream: hand for hand in self._hands}
        if not streams:
            time.sleep(1)
            return
        self._ray.wait(list(streams), num_returns=1, timeout=1)
        for stream in self._ray.wait(list(streams), num_returns=len(streams), timeout=0)[0]:
            yield from self._next(streams[stream], again)

    def _next(self, hand: _Hand, again: deque[list[Song]]) -> Iterator[Embedding | Skipped]:
        ray = self._ray
        try:
            result, readable = ray.get(next(hand.stream))
        except ray.exceptions.RayTaskError as error:  # it lives, and says what is wrong
            raise ClusterError(f"the node {hand.where} cannot listen: {last_line(error)}") from error
        except (ray.exceptions.RayError, StopIteration) as death:
            yield from self._lose(hand, again, death)
            return
        if not hand.ready:
            if result != self._fingerprint:
                raise ClusterError(f"the node {hand.where} has another version of Songboard, or other weights")
            hand.ready = True
            return
        if isinstance(result, Skipped) and not readable and os.access(result.path, os.R_OK):
            raise ClusterError(
                f"the node {hand.where} cannot read {result.path}: the songs must lie in a folder that every node "
                "mounts under the same name"
            )
        self._deaths = 0
        given = hand.songs.pop(result.path)
        hand.careful = hand.careful and bool(hand.songs)
        yield replace(result, path=given)

    def _lose(self, hand: _Hand, again: deque[list[Song]], death: BaseException) -> Iterator[Skipped]:
        """Forget a listener. What it had in hand is handed out again, the second time in parts, until one is alone."""
        self._hands.remove(hand)
        self._deaths += 1
        if self._deaths >= _DEATHS:
            raise ClusterError(f"whatever listens on the Ray cluster dies, now on {hand.where}: {last_line(death)}")
        lost = list(hand.songs.items())
        if len(lost) == 1 and hand.careful:
            self._deaths = 0
            yield Skipped(lost[0][1], "ended the process that listened to it, and another that tried")
        elif lost:
            size = math.ceil(len(lost) / 8) if hand.careful else len(lost)
            again.extend(lost[at : at + size] for at in range(0, len(lost), size))

    def dismiss(self) -> None:
        """End all listeners; what they have in hand is lost."""
        for hand in self._hands:
            self._ray.kill(hand.actor)


class _Listener:
    """What stands on a node: an encoder, and the songs that were given to it."""

    def __init__(self, open_ear: OpenEar, device: str, workers: int) -> None:
        self._open = (open_ear, device, workers)
        self._given: SimpleQueue[Path] = SimpleQueue()

    def give(self, shard: list[Path]) -> None:
        """Songs to be heard."""
        for path in shard:
            self._given.put(path)

    def listen(self, longest: float) -> Iterator[tuple[Any, bool]]:
        """The encoder's fingerprint, then what it hears, for ever; with each whether this node could read the file."""
        open_ear, device, workers = self._open
        ear = open_ear(device, workers)
        yield ear.fingerprint, True
        while True:
            waited_for = chain([self._given.get()], iter(self._soon, None))
            for result in ear.embed(waited_for, longest):  # as long as songs come, its workers stay
                yield result, isinstance(result, Embedding) or os.access(result.path, os.R_OK)

    def _soon(self) -> Path | None:
        try:
            return self._given.get(timeout=0.5)
        except Empty:
            return None
