"""Files heard in worker processes: each gives one result, and a bad one costs only itself."""

import multiprocessing
from itertools import repeat
from pathlib import Path

import numpy as np
import pytest
import sounds

from engine.audio import AudioError
from engine.embedding import Skipped
from engine.hearing import Heard, hear, waveforms, within


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


def test_a_file_that_is_too_long_is_skipped_and_says_so(tmp_path: Path) -> None:
    long = sounds.write(tmp_path / "long.wav", sounds.noise(130))
    short = sounds.write(tmp_path / "short.wav", sounds.noise(50))
    results = {result.path: result for result in hear([long, short], longest=120)}
    assert results[long] == Skipped(long, "is longer than 2 minutes") and isinstance(results[short], Heard)


def test_a_sound_without_end_is_given_up_at_the_limit() -> None:
    with pytest.raises(AudioError, match="longer than 20 minutes"):
        for _ in within(repeat(sounds.silence(30, 8000)), 20 * 60):
            pass


def test_waveforms_are_drawn_without_listening_and_a_bad_file_has_none(tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "song.ogg", sounds.noise(9))
    broken = next(iter(sounds.broken_files(tmp_path / "broken").values()))
    (heard,) = hear([song])
    drawn = dict(waveforms([song, broken]))
    assert isinstance(heard, Heard)
    assert np.array_equal(drawn[song], heard.peaks) and drawn[broken].size == 0
