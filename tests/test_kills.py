"""Builds killed at random instants: the old library answers, no song is heard twice, and the end is the same.

`python -m benchmarks.kills` kills two hundred.
"""

from pathlib import Path

import pytest

from tests.kills import Builds, Kill, Trial, contents, differences

KILLS = 8


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory):
    with Builds() as builds:
        yield Trial(tmp_path_factory.mktemp("kills"), builds, songs=6)


def test_a_build_killed_at_any_instant_ends_as_if_it_had_not_been(trial: Trial) -> None:
    died = [trial.kill(number) for number in range(KILLS)]
    assert sum(bool(step) for step in died) > KILLS / 2  # the others were done before their time came


def test_workers_left_alone_by_their_build_go_away(trial: Trial, tmp_path: Path) -> None:
    told = trial.builds.build(trial.songs, tmp_path / "library", Kill("listen", 0.2, near=False, group=False))
    assert told.ended == -9
    trial.builds.await_silence(told.group, seconds=60)


def test_a_difference_would_be_found(trial: Trial, tmp_path: Path) -> None:
    trial.builds.build(trial.songs, tmp_path / "library")
    whole = contents(tmp_path / "library")
    assert differences(whole, trial.undisturbed["nothing"]) == []
    (trial.songs / "renamed.wav").rename(trial.songs / "renamed again.wav")
    trial.builds.build(trial.songs, tmp_path / "library")
    (trial.songs / "renamed again.wav").rename(trial.songs / "renamed.wav")
    assert "clusters.csv" in differences(contents(tmp_path / "library"), whole)
