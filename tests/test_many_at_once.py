import numpy as np
import pytest
from shelf import write_songs

from benchmarks.load import Load, carry, latencies
from index.library import Library


@pytest.fixture(scope="module")
def outcome(tmp_path_factory):
    """A quarter of a minute in the life of a busy dashboard."""
    folder = tmp_path_factory.mktemp("busy")
    songs = write_songs(folder / "songs")
    return carry(songs, folder / "library", Load(15, droppers=0, small_droppers=2)), folder / "library"


def test_nothing_is_lost_wrong_or_answered_with_a_failure(outcome):
    assert outcome[0].diary.troubles == []


def test_everything_that_can_be_asked_was_asked(outcome):
    asked = {"page", "layout", "answer", "search", "audio", "stalled listener", "dropped track", "status"}
    assert asked <= set(outcome[0].diary.seconds)
    assert len(latencies(outcome[0].diary)) >= len(asked)


def test_the_library_was_built_meanwhile_and_is_whole(outcome):
    assert outcome[0].builds >= 1
    assert np.isfinite(Library.load(outcome[1]).vectors()).all()


def test_a_second_build_at_the_same_time_said_who_holds_the_library(outcome):
    assert outcome[0].refused_builds >= 1


def test_the_dashboard_complained_of_nothing(outcome):
    assert outcome[0].log == ""
