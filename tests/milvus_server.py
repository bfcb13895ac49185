"""A real Milvus, as the package on PyPI carries it: one process, of which every address is on the loopback."""

import ctypes
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from once import locked, of_all

PORTS = ("proxy", "root_coord", "query_coord", "query_node", "index_coord", "index_node", "data_coord", "data_node")
PARTS = ("proxy", "rootCoord", "queryCoord", "queryNode", "indexNode", "dataCoord", "dataNode")
HERE = "127.0.0.1"
PASSWORD = "root:Milvus"  # of a server that nobody has given another
SETTINGS = {
    "log.level": "warn",
    "common.security.authorizationEnabled": "true",
    "common.session.ttl": 5,  # seconds until what was killed counts as gone
    "queryCoord.checkInterval": 100,
    "queryCoord.checkHandoffInterval": 500,
    "queryCoord.distPullInterval": 100,
    "dataCoord.segment.assignmentExpiration": 200,
}
MORE = {
    "etcd": "  config:\n    path:",
    "queryCoord": "  checkSegmentInterval: 100\n  checkChannelInterval: 100\n  collectionObserverInterval: 100",
}
ETCD = """
name: default
data-dir: {data}
listen-client-urls: http://{here}:{own}
advertise-client-urls: http://{here}:{own}
listen-peer-urls: http://{here}:{peers}
initial-advertise-peer-urls: http://{here}:{peers}
initial-cluster: default=http://{here}:{peers}
"""
PATIENCE = 60  # seconds; after a kill the parts wait for their own leases to end
DEATH_OF_PARENT = 1  # prctl's PR_SET_PDEATHSIG


class Server:
    """Milvus in a folder of its own; killed at any time, start() goes on with what it holds."""

    def __init__(self, folder: Path, binaries: Path) -> None:
        self.folder, self.binaries = folder, binaries
        with ExitStack() as stack:
            sockets = [stack.enter_context(socket.create_server((HERE, 0))) for _ in range(len(PORTS) + 4)]
            self.port, *free, self._metrics, inner, etcd, peers = (each.getsockname()[1] for each in sockets)
        config = package().MilvusServerConfig(data_dir=str(folder))
        for part, more in MORE.items():  # what the template leaves out
            config.template_text = config.template_text.replace(f"\n{part}:\n", f"\n{part}:\n{more}\n", 1)
        config.resolve_storage()
        for name, port in zip(PORTS, [self.port, *free], strict=True):
            config.set(f"{name}_port", port)
        config.set("proxy_internal_port", inner)
        config.set("etcd.endpoints", f"{HERE}:{etcd}")
        for part in PARTS:
            config.set(f"{part}.ip", HERE)
        for name, value in SETTINGS.items():
            config.set(name, value)
        config.set("etcd.config.path", f"{folder}/etcd.yaml")
        config.write_config()
        (folder / "etcd.yaml").write_text(
            ETCD.format(data=folder / "data" / "etcd.data", own=etcd, peers=peers, here=HERE)
        )
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        environment = os.environ | {
            "LD_LIBRARY_PATH": str(self.binaries),
            "DEPLOY_MODE": "STANDALONE",
            "METRICS_PORT": str(self._metrics),
            "MILVUS_RUN_DIR": str(self.folder / "run"),
            "MILVUSCONF": str(self.folder / "configs"),
        }
        log = self.folder / "logs" / "server.log"
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [self.binaries / "milvus", "run", "standalone"],
                cwd=self.folder, env=environment, stdout=output, stderr=output, preexec_fn=_die_with_parent,
            )  # fmt: skip
        until = time.monotonic() + PATIENCE
        while not self._is_healthy():
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"Milvus did not start: {log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.2)

    @property
    def memory(self) -> int:
        """Bytes of it that are resident."""
        assert self._process
        return int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def signal(self, number: int) -> None:
        """Send it a signal: SIGSTOP, SIGCONT."""
        assert self._process
        self._process.send_signal(number)

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process:
            self._process.kill()
            self._process.wait()

    def remove(self) -> None:
        """End it, and delete what it holds."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _is_healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://{HERE}:{self._metrics}/healthz", timeout=2) as answer:
                return b"OK" in answer.read()
        except OSError:
            return False


def package() -> Any:
    """What PyPI has of Milvus; without it the test is skipped."""
    return pytest.importorskip("milvus", reason="a Milvus server is not installed: pip install milvus==2.3.5")


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(DEATH_OF_PARENT, signal.SIGKILL)


def binaries() -> Path:
    """The folder of the server's program, unpacked once for good: it takes seconds, and 250 MB."""
    folder = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "songboard-milvus-2.3.5"
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder / "unpacking", fcntl.LOCK_EX):
        package()._initialize_data_files(str(folder))  # does nothing the second time
    return folder / "bin"


@contextmanager
def shared(temporary: pytest.TempPathFactory) -> Iterator[int]:
    """The port of one server for all workers of pytest-xdist: the first starts it, and ends it after the last."""
    programs, own = binaries(), None
    common = of_all(temporary) / "milvus-of-all"
    common.mkdir(exist_ok=True)
    told = common / "port"
    with locked(common / "starting", fcntl.LOCK_EX):
        if not told.exists():
            own = Server(common / "shared", programs)
            own.start()
            told.write_text(str(own.port))
        using = locked(common / "using", fcntl.LOCK_SH)
        using.__enter__()
    try:
        yield int(told.read_text())
    finally:
        using.__exit__(None, None, None)
        if own:
            with locked(common / "starting", fcntl.LOCK_EX), locked(common / "using", fcntl.LOCK_EX):
                told.unlink()
                own.remove()
