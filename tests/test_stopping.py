"""Stopping a build from outside: the song in hand is finished, and the same command goes on from there."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import sounds

from index.library import Library

ROOT = Path(__file__).parents[1]


def start(folder: Path, *options: str) -> subprocess.Popen[str]:
    command = [
        sys.executable,
        str(ROOT / "cli.py"),
        "build-index",
        "songs",
        "--encoder",
        "mfcc",
        "--json-log",
        *options,
    ]
    return subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )  # fmt: skip


def stopped(process: subprocess.Popen[str], request: signal.Signals) -> tuple[list[dict], str]:
    """Ask a build to stop as soon as it has heard a song, the whole group as a terminal does: its events, its words."""
    events = []
    assert process.stdout is not None and process.stderr is not None
    for line in process.stdout:
        events.append(json.loads(line))
        if events[-1].get("step") == "listen" and events[-1]["done"] == 1:
            os.killpg(process.pid, request)
    return events, process.stderr.read()


@pytest.mark.parametrize(("request_", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_build_that_is_asked_to_stop_finishes_the_song_in_hand_and_is_resumed(tmp_path, request_, code):
    sounds.short_songs(tmp_path / "songs", 30)
    for path in (tmp_path / "songs").iterdir():
        sounds.write(path, sounds.noise(60, int(path.stem)))
    with start(tmp_path) as process:
        events, said = stopped(process, request_)
    assert process.returncode == code
    assert "the same command goes on from here" in said and "Traceback" not in said
    assert events[-1]["event"] == "stopped"
    done = max(event["done"] for event in events if event.get("step") == "listen")
    assert 1 <= done < 30
    assert not (tmp_path / "library" / "progress.json").exists()
    with start(tmp_path) as process:
        events = [json.loads(line) for line in process.stdout]
    assert process.returncode == 0
    assert events[0]["event"] == "start" and events[-1]["event"] == "done"
    assert events[-1]["indexed"] == 30 and events[-1]["remembered"] >= done
    assert Library.load(tmp_path / "library").counts["songs"] == 30


def test_two_builds_of_one_library_the_second_says_who_holds_it(tmp_path):
    sounds.short_songs(tmp_path / "songs", 30)
    for path in (tmp_path / "songs").iterdir():
        sounds.write(path, sounds.noise(60, int(path.stem)))
    with start(tmp_path) as first:
        for line in first.stdout:
            if json.loads(line).get("step") == "listen":
                break
        os.kill(first.pid, signal.SIGSTOP)  # it holds the library for as long as it takes
        status = subprocess.run(
            [sys.executable, str(ROOT / "cli.py"), "status"], cwd=tmp_path, capture_output=True, text=True, check=True
        ).stdout
        assert "no library yet" in status and f"being built by process {first.pid}: " in status
        with start(tmp_path) as second:
            events = [json.loads(line) for line in second.stdout]
            said = second.stderr.read()
        first.kill()
    assert second.returncode == 3
    assert f"is being built by another process: wait until that has finished (process {first.pid}, " in said
    assert events[-1]["event"] == "failed" and "another process" in events[-1]["reason"]
