"""Files heard in worker processes: each gives one result, and a bad one costs only itself."""

import multiprocessing
from pathlib import Path

import sounds

from engine.embedding import Skipped
from engine.hearing import Heard, hear


def test_every_file_gives_one_result_and_bad_ones_a_reason(tmp_path: Path) -> None:
    good = [sounds.write(tmp_path / f"{i}.ogg", sounds.noise(9, seed=i)) for i in range(4)]
    bad = list(sounds.broken_files(tmp_path / "broken").values())
    short = sounds.write(tmp_path / "short.wav", sounds.noise(1))
    paths = [*good[:2], *bad, short, tmp_path / "missing.mp3", *good[2:]]
    results = {result.path: result for result in hear(paths)}
    assert set(results) == set(paths)
    assert all(isinstance(results[path], Heard) and results[path].segments.shape == (2, 30_000) for path in good)
    reasons = {path.name: results[path].reason for path in paths if isinstance(results[path], Skipped)}
    assert len(reasons) == len(bad) + 2
    assert reasons["silent.wav"] == "is silent" and reasons["missing.mp3"] == "is not there"
    assert reasons["short.wav"].startswith("is only 1.0 s long")


def test_only_a_few_files_are_heard_ahead_of_who_listens(tmp_path: Path) -> None:
    path = sounds.write(tmp_path / "a.wav", sounds.noise(5))
    asked = 0

    def endless():
        nonlocal asked
        while True:
            asked += 1
            yield path

    results = hear(endless(), workers=1)
    for _ in range(3):
        next(results)
    results.close()
    assert asked <= 3 + 3
    assert not multiprocessing.active_children()
