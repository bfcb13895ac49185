"""Work done in processes that may die: what one thing does to its process costs no other thing."""

import multiprocessing
import os
import signal
import time
from pathlib import Path

import pytest

from engine.workers import Failure, Limits, WorkersError, run

MEGABYTE = 2**20


def work(thing: str) -> str:
    kind, _, argument = thing.partition(" ")
    if kind == "eat":
        return str(len(bytearray(int(argument) * MEGABYTE)))
    if kind == "hang":
        time.sleep(60)
    if kind == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if kind == "die-once" and not Path(argument).exists():
        Path(argument).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if kind == "fail":
        raise ValueError("no such song")
    if kind == "large":
        return "x" * (50 * MEGABYTE)
    return f"did {thing}"


def test_what_hangs_crashes_or_grows_costs_only_itself() -> None:
    bad = {
        "eat 500": "needs more than 100 MB of memory to be decoded",
        "hang": "kept its decoder busy for more than 1 s",
        "die": "crashed its decoder",
        "fail": "could not be decoded (ValueError: no such song)",
    }
    things = [thing for name in bad for thing in (name, f"song after {name}")]
    results = dict(run(work, things, 2, Limits(seconds=1, memory=100 * MEGABYTE)))
    assert results == {
        thing: Failure(bad[thing]) if thing in bad else f"did {thing}" for thing in things
    }  # each once, whatever its neighbours did
    assert not multiprocessing.active_children()


def test_a_process_killed_by_another_costs_nothing(tmp_path: Path) -> None:
    thing = f"die-once {tmp_path / 'died'}"
    assert dict(run(work, [thing, "song"], 1)) == {thing: f"did {thing}", "song": "did song"}


def test_results_larger_than_a_pipe_arrive() -> None:
    assert [len(result) for _, result in run(work, ["large"] * 3, 2)] == [50 * MEGABYTE] * 3


def test_who_walks_away_leaves_no_process_behind() -> None:
    results = run(work, (f"song {number}" for number in range(1000)), 2, Limits())
    next(results)
    results.close()
    assert not multiprocessing.active_children()


def _reduce() -> None:
    os._exit(1)


class Stillborn:
    def __reduce__(self):
        return (_reduce, ())

    def __call__(self, thing: str) -> str:
        return thing


def test_where_no_process_starts_the_songs_are_not_blamed() -> None:
    with pytest.raises(WorkersError, match="no process can be started"):
        list(run(Stillborn(), ["song"], 1))
