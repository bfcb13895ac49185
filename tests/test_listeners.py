"""Listening on a Ray cluster: the same library, and whatever is killed, nothing heard is lost or heard again."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import ray_ears
import sounds
from ray_nodes import HEAD, OTHER, ROOT, Nodes, kill, wait_for

from engine.cluster import ClusterError
from engine.embedding import Embedding, Part, Skipped
from engine.encoders import open_encoder, open_on
from engine.listeners import RayEmbedder
from index.build import JOURNAL, build_library
from index.embeds import Speaks, parts_of
from index.journal import Journal
from index.library import Library

SONGS = 120
SHARD = 12
MFCC = partial(open_encoder, "mfcc")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Songs of two seconds, and a file that is none."""
    folder = tmp_path_factory.mktemp("songs")
    for number in range(SONGS):
        sounds.write(
            folder / f"{number:03}.wav", sounds.tone(100 + 10 * number, 2, 8000) + sounds.noise(2, 1, 8000), 8000
        )
    (folder / "broken.mp3").write_bytes(b"no music" * 50)
    return folder


def heard(stream: Iterator[Embedding | Skipped], folder: Path) -> list[Embedding | Skipped]:
    """All of a stream; AssertionError where a file is missing, or there twice."""
    results = list(stream)
    assert sorted(result.path for result in results) == sorted(folder.iterdir())
    assert [result.path.name for result in results if isinstance(result, Skipped)] == ["broken.mp3"]
    return results


def test_the_library_is_the_one_that_this_machine_makes(cluster: Nodes, folder: Path, tmp_path: Path) -> None:
    told: list[int] = []
    ear = RayEmbedder(MFCC, cluster.address, shard=SHARD)
    far = build_library(folder, ear, tmp_path / "far", on_progress=lambda progress: told.append(progress.done))
    near = build_library(folder, open_encoder("mfcc"), tmp_path / "near")
    assert (far.indexed, far.skipped) == (near.indexed, near.skipped) and far.indexed == SONGS
    one, other = Library.load(tmp_path / "far"), Library.load(tmp_path / "near")
    pd.testing.assert_frame_equal(one.songs, other.songs)
    assert one.fingerprint == other.fingerprint and list(one.contents) == list(other.contents)
    with Journal(tmp_path / "far" / JOURNAL) as ours, Journal(tmp_path / "near" / JOURNAL) as theirs:
        for content in one.contents:
            this, that = (vars(journal.get(content, one.fingerprint)) for journal in (ours, theirs))
            assert this.pop("descriptors") == that.pop("descriptors")
            for name in that:
                np.testing.assert_allclose(this[name], that[name], atol=1e-5, err_msg=name)
    assert SONGS in told


def test_an_ear_that_understands_sentences_or_has_parts_does_so_on_a_cluster_and_no_other(cluster: Nodes) -> None:
    def speaking(device: str, workers: int) -> object:
        ear = open_encoder("mfcc", device, workers)
        ear.say = lambda text: np.ones(1, np.float32)
        ear.parts = (Part(20, 0.5, 1), Part(40, 0, 1))
        return ear

    far = RayEmbedder(speaking, cluster.address)
    assert isinstance(far, Speaks) and list(parts_of(far)) == [Part(20, 0.5, 1), Part(40, 0, 1)]
    far = RayEmbedder(MFCC, cluster.address)
    assert not isinstance(far, Speaks) and not parts_of(far)


def test_a_killed_listener_costs_only_what_it_had_in_hand(cluster: Nodes, folder: Path) -> None:
    killed: list[int] = []

    def killing(stream: Iterator[Embedding | Skipped]) -> Iterator[Embedding | Skipped]:
        for number, result in enumerate(stream):
            if number == 20:
                killed.append(cluster.listeners(HEAD)[0])
                kill(killed[0])
            yield result

    ear = RayEmbedder(MFCC, cluster.address, shard=SHARD)
    results = heard(killing(ear.embed(sorted(folder.iterdir()))), folder)
    assert len(results) == SONGS + 1 and killed[0] not in cluster.listeners(HEAD)


def test_a_killed_node_costs_only_what_it_had_in_hand(cluster: Nodes, folder: Path) -> None:
    killed: list[int] = []

    def killing(stream: Iterator[Embedding | Skipped]) -> Iterator[Embedding | Skipped]:
        for number, result in enumerate(stream):
            if number == 20:
                wait_for(lambda: cluster.listeners(OTHER))
                killed.extend(cluster.listeners(OTHER))
                cluster.kill(OTHER)
            yield result

    ear = RayEmbedder(MFCC, cluster.address, shard=SHARD)
    results = heard(killing(ear.embed(sorted(folder.iterdir()))), folder)
    assert len(results) == SONGS + 1 and killed


def test_a_killed_driver_loses_nothing_that_had_come_in(cluster: Nodes, folder: Path, tmp_path: Path) -> None:
    engine = ["--engine", f"ray:{cluster.address}", "--encoder", "mfcc"]
    command = [sys.executable, ROOT / "cli.py", "build-index", folder, "--library", tmp_path / "library", *engine]
    environment = os.environ | cluster.environment
    done = 0
    with subprocess.Popen([*command, "--json-log"], env=environment, stdout=subprocess.PIPE, text=True) as driver:
        assert driver.stdout is not None
        for line in driver.stdout:
            event = json.loads(line)
            done = event["done"] if event.get("step") == "listen" else done
            if done >= 30:
                driver.kill()
                break
    wait_for(lambda: not cluster.listeners(HEAD) and not cluster.listeners(OTHER))  # they end with their driver
    again = subprocess.run([*command, "--json-log"], env=environment, stdout=subprocess.PIPE, text=True, check=True)
    last = [json.loads(line) for line in again.stdout.splitlines()][-1]
    assert last["event"] == "done" and last["indexed"] == SONGS
    assert done - 1 <= last["remembered"] < SONGS


def test_what_ails_the_cluster_is_not_said_between_our_events(cluster: Nodes) -> None:
    script = f"""
import time
from engine.cluster import connect
ray = connect({cluster.address!r})
from ray._private.utils import publish_error_to_driver
publish_error_to_driver("test", "a node is ill", ray._private.worker.global_worker.gcs_client)
time.sleep(2)
print("ours")
"""
    environment = os.environ | cluster.environment
    driver = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert driver.stdout == "ours\n"


def test_a_song_that_kills_whoever_listens_costs_only_itself(cluster: Nodes, tmp_path: Path) -> None:
    sounds.short_songs(tmp_path, 30)
    (tmp_path / "deadly.wav").write_bytes(b"")
    results = list(RayEmbedder(ray_ears.deadly, cluster.address).embed(sorted(tmp_path.iterdir())))
    skipped = [result for result in results if hasattr(result, "reason")]
    assert len(results) == 31 and [result.path.stem for result in skipped] == ["deadly"]
    assert "ended the process" in skipped[0].reason


def test_a_node_that_cannot_see_a_file_says_so(cluster: Nodes, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    here = Path("/proc/self/cwd")  # which is another folder in every process
    with pytest.raises(
        ClusterError, match=r"the node 127\.0\.0\.\d cannot read /proc/self/cwd/000\.wav: .* every node"
    ):
        list(RayEmbedder(MFCC, cluster.address).embed([here / "000.wav"]))


def test_a_node_with_other_weights_is_named(cluster: Nodes, folder: Path) -> None:
    with pytest.raises(ClusterError, match=r"the node 127\.0\.0\.\d has another version"):
        list(RayEmbedder(ray_ears.another_version, cluster.address).embed(sorted(folder.iterdir())))


@pytest.mark.parametrize(
    ("engine", "sentence"),
    [
        ("ray:127.0.0.4:1", "no Ray cluster answers at 127.0.0.4:1"),
        ("ray:somewhere", "there is no engine 'ray:somewhere'; choose local, ray, or ray:HOST:PORT"),
        ("spark", "there is no engine 'spark'"),
    ],
)
def test_an_engine_that_is_not_there_is_a_sentence(engine: str, sentence: str) -> None:
    with pytest.raises(ClusterError, match=sentence):
        open_on(engine, "mfcc")


def test_without_ray_the_option_says_which_line_to_run() -> None:
    without = "import sys; sys.modules['ray'] = None; from engine.encoders import open_on; open_on('ray', 'mfcc')"
    refused = subprocess.run([sys.executable, "-c", without], cwd=ROOT, capture_output=True, text=True, check=False)
    assert refused.stderr.strip().endswith("pip install 'songboard[ray]'")


def test_ray_is_imported_only_for_its_own_engine() -> None:
    loaded = (
        "import sys, cli, engine.encoders; engine.encoders.open_on('local', 'mfcc'); sys.exit('ray' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", loaded], cwd=ROOT, check=False).returncode == 0
