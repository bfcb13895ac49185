"""The line that long work shows."""

import json

import pytest

from index.intake import Progress
from progress import JsonLog, ProgressLine

HALFWAY = Progress("listen", 5, 10, 1, 600.0)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that goes on by what is written into it."""
    now = [1000.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    return now


def test_a_build_tells_songs_rate_what_is_left_device_and_skipped(clock, capsys) -> None:
    line = ProgressLine("cpu")
    line.show(Progress("listen", 0, 10, 0, 0.0))
    clock[0] += 20
    line.show(HALFWAY)
    told = capsys.readouterr().err
    assert told == "listening 5/10 songs, 0.2 songs/s, 30 x real time, 20 s left, on cpu, 1 skipped\n"


def test_a_gpu_that_waits_for_the_decoders_is_told(clock, capsys) -> None:
    line = ProgressLine("cuda", lambda: 0.62)
    line.show(Progress("listen", 0, 10, 0, 0.0))
    clock[0] += 20
    line.show(HALFWAY)
    assert "on cuda, which waits 62% of the time for the decoders, 1 skipped" in capsys.readouterr().err


def test_machines_are_told_as_well(capsys) -> None:
    JsonLog("cuda", lambda: 0.6249).show(HALFWAY)
    told = json.loads(capsys.readouterr().out)
    assert (told["event"], told["done"], told["idle"]) == ("progress", 5, 0.625)
