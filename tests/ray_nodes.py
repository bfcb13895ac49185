"""A Ray cluster of two nodes on this machine, each under a loopback address of its own, to be killed in parts."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
HEAD, OTHER = "127.0.0.2", "127.0.0.3"


class Nodes:
    """Two nodes of one core each. Every process of a node is of its session, and is ended by its own number."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="ray-", dir="/tmp"))  # the names of sockets must be short
        token = self.folder / "token"
        token.write_text(os.urandom(32).hex())
        self.environment = {
            "RAY_AUTH_MODE": "token",
            "RAY_AUTH_TOKEN_PATH": str(token),
            "RAY_USAGE_STATS_ENABLED": "0",
            "RAY_worker_niceness": "0",  # it would be 15, and beside other tests they would hardly come to their turn
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")]),
        }
        with socket.create_server((HEAD, 0)) as server:
            self.address = f"{HEAD}:{server.getsockname()[1]}"
        self._nodes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self) -> None:
        """Start what does not run, and wait until all nodes are there."""
        port = self.address.rpartition(":")[2]
        if HEAD not in self._nodes:
            self._start(HEAD, "--head", f"--port={port}", f"--temp-dir={self.folder}", "--include-dashboard=false")
            wait_for(lambda: self._answers(int(port)))
        if OTHER not in self._nodes:
            self._start(OTHER, f"--address={self.address}")

    def kill(self, node: str) -> None:
        """Kill a node with all its processes at once, as a power cut would."""
        starter = self._nodes.pop(node)
        for pid in self._processes(starter.pid):
            kill(pid)
        starter.wait()

    def listeners(self, node: str, name: str = "ray::_Listener") -> list[int]:
        """The processes of a node that listen, or those of another name."""
        of_node = self._processes(self._nodes[node].pid)
        return [pid for pid in of_node if name in _read(f"/proc/{pid}/cmdline")]

    def stop(self) -> None:
        """Kill what is left, and remove what it wrote."""
        for node in list(self._nodes):
            self.kill(node)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start(self, host: str, *options: str) -> None:
        ray = str(Path(sys.executable).with_name("ray"))
        random_ports = ["--min-worker-port=0", "--max-worker-port=0"]
        small = ["--num-cpus=1", "--num-gpus=0", "--object-store-memory=80000000", "--disable-usage-stats"]
        command = [ray, "start", f"--node-ip-address={host}", *options, *random_ports, *small, "--block"]
        with (self.folder / f"{host}.log").open("wb") as log:
            self._nodes[host] = subprocess.Popen(
                command, cwd=self.folder, env=os.environ | self.environment, start_new_session=True,
                stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip

    def _processes(self, session: int) -> list[int]:
        numbers = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
        return [pid for pid in numbers if _read(f"/proc/{pid}/stat").rpartition(")")[2].split()[3:4] == [str(session)]]

    @staticmethod
    def _answers(port: int) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex((HEAD, port)) == 0


def wait_for(true: Callable[[], object], seconds: float = 60) -> None:
    """Wait until it is true; AssertionError where it does not become so."""
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, f"nothing came of it in {seconds:.0f} s"
        time.sleep(0.1)


def kill(pid: int) -> None:
    """Kill one process as kill -9 does; nothing where it is gone."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def _read(path: str) -> str:
    try:
        return Path(path).read_text(errors="replace")
    except OSError:
        return ""
