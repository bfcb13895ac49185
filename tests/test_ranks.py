"""Several processes train one ear: they learn what one would have, and one that is killed costs no saved step."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import sounds
import torch
from ray_nodes import OTHER, ROOT, Nodes, kill
from torch import Tensor

from engine.checkpoint import Checkpoint, save_checkpoint
from engine.model import ModelConfig, SongEncoder

TINY = ModelConfig(bands=32, channels=(8, 16), blocks=1, width=32, layers=1, embedding=64, segment_dim=16)
TOGETHER = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2", "--max-restarts=2"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An ear that has learned nothing, and six albums to learn from."""
    folder = tmp_path_factory.mktemp("training")
    torch.manual_seed(0)
    save_checkpoint(Checkpoint(SongEncoder(TINY), torch.zeros(0, TINY.embedding)), folder / "ear.safetensors")
    for album in range(6):
        for song in range(2):
            sound = sounds.chord(200 + 100 * album, 300 + 40 * song, seconds=16, rate=8000)
            sounds.write(folder / "songs" / str(album) / f"{song}.wav", sound + sounds.noise(16, song, 8000), 8000)
    (folder / "songs" / "0" / "broken.mp3").write_bytes(b"no music")
    return folder


def start(
    by: list[str], folder: Path, out: Path, steps: int, *options: str, **environment: str
) -> subprocess.Popen[str]:
    """A training on the command line, by one process or several."""
    recipe = ["--from", folder / "ear.safetensors", "--steps", str(steps), "--song-steps", "2"]
    command = [*by, ROOT / "cli.py", "train", folder / "songs", "--out", out, *recipe, "--device", "cpu", *options]
    environment = os.environ | {"OMP_NUM_THREADS": "1"} | environment
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(training: subprocess.Popen[str]) -> str:
    """What it printed, once it has come to a good end."""
    printed, complained = training.communicate(timeout=120)
    assert training.returncode == 0, complained[-3000:]
    return printed


def learned(out: Path, stage: str) -> dict[str, Tensor]:
    """What a stage's weights were at its end."""
    return torch.load(out / f"training-{stage}.pt", weights_only=True)["module"]


def saved_steps(training: subprocess.Popen[str], out: Path, once_saved: Callable[[], None]) -> list[int]:
    """The steps at which a training saved its state, in order; after the first something is done to it."""
    state, steps, seen = out / "training-segments.pt", [], 0
    while training.poll() is None:
        if state.exists() and (saved := state.stat().st_mtime_ns) != seen:
            seen = saved
            steps.append(torch.load(state, weights_only=True)["step"])
            if len(steps) == 1:
                once_saved()
        time.sleep(0.02)
    return steps


def ranks(parent: int) -> list[int]:
    """The processes that torchrun started, in the order of their ranks."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return sorted(int(pid) for pid in children if b"LOCAL_RANK" in Path(f"/proc/{pid}/environ").read_bytes())


def test_two_processes_learn_what_one_learns_and_one_speaks(folder: Path, tmp_path: Path) -> None:
    alone = start([sys.executable], folder, tmp_path / "alone", 6, "--batch", "8")
    ended(alone)
    printed = ended(start(TOGETHER, folder, tmp_path / "together", 6, "--batch", "8"))
    assert printed.count("To use it") == 1
    assert not list(tmp_path.glob("**/*.partial"))
    torch.manual_seed(0)
    before = {f"0.{name}": each.half().float() for name, each in SongEncoder(TINY).cnn.state_dict().items()}
    one, two = learned(tmp_path / "alone", "segments"), learned(tmp_path / "together", "segments")
    moved = torch.cat([(one[name] - before[name]).flatten() for name in before])
    apart = torch.cat([(one[name] - two[name]).flatten() for name in before])
    assert moved.norm() > 0 and apart.norm() < 0.02 * moved.norm()
    after = learned(tmp_path / "together", "songs")
    for name, tensor in learned(tmp_path / "alone", "songs").items():
        torch.testing.assert_close(after[name], tensor, atol=1e-3, rtol=1e-3, msg=name)


def test_a_killed_process_goes_on_from_what_was_saved(folder: Path, tmp_path: Path) -> None:
    training = start(TOGETHER, folder, tmp_path, 320, "--batch", "2")
    steps = saved_steps(training, tmp_path, lambda: kill(ranks(training.pid)[1]))
    assert ended(training).count("To use it") == 1
    assert steps == [100, 200, 300, 320]  # begun anew it would have saved its hundredth step twice


def test_a_process_killed_on_ray_goes_on_from_what_was_saved(cluster: Nodes, folder: Path, tmp_path: Path) -> None:
    engine = ["--engine", f"ray:{cluster.address}"]
    training = start([sys.executable], folder, tmp_path, 320, "--batch", "2", *engine, **cluster.environment)
    killed: list[int] = []

    def kill_one() -> None:
        killed.extend(cluster.listeners(OTHER, "RayTrainWorker"))
        kill(killed[0])

    steps = saved_steps(training, tmp_path, kill_one)
    printed = ended(training)
    assert killed and steps == [100, 200, 300, 320] and printed.count("To use it") == 1


def test_what_cannot_be_trained_on_is_a_sentence_on_ray_as_well(cluster: Nodes, folder: Path, tmp_path: Path) -> None:
    sounds.write(tmp_path / "songs" / "one.wav", sounds.noise(16, 0, 8000), 8000)
    few = [sys.executable, ROOT / "cli.py", "train", tmp_path / "songs", "--engine", f"ray:{cluster.address}"]
    environment = os.environ | cluster.environment
    refused = subprocess.run(few, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert refused.returncode == 2 and "1 songs are too few to train on" in refused.stderr
