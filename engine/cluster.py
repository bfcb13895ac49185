"""The door to a Ray cluster, for whoever wants one: Ray is imported here and nowhere before."""

import logging
import os
import socket
from typing import Any

INSTALL = "pip install 'songboard[ray]'"
START = "ray start --head --disable-usage-stats"


class ClusterError(Exception):
    """A cluster that cannot be used, or a node of it; the message says what to do."""


def address_of(engine: str) -> str | None:
    """Where the cluster is that an --engine names: None for "local", "" for "ray", HOST:PORT for "ray:HOST:PORT"."""
    name, _, address = engine.partition(":")
    if engine == "local":
        return None
    if name != "ray" or (address and not _is_address(address)):
        raise ClusterError(f"there is no engine {engine!r}; choose local, ray, or ray:HOST:PORT (ray:10.0.0.1:6379)")
    return address


def connect(address: str = "") -> Any:
    """The module ray, once this process has joined the cluster at HOST:PORT; "" is the one that runs on this machine.

    This machine must be one of its nodes. What protects the cluster, RAY_AUTH_MODE and RAY_AUTH_TOKEN_PATH, is taken
    from the environment. Raises ClusterError.
    """
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"  # no request leaves the machine
    try:
        import ray
    except ImportError as error:
        raise ClusterError(f"--engine ray needs Ray, which is not installed: {INSTALL}") from error
    if address:
        _knock(address)
    if ray.is_initialized():
        return ray
    # Ray writes what ails the cluster to stdout, whatever log_to_driver says: between the events of --json-log.
    ray._private.worker._worker_logs_enabled = False
    try:
        ray.init(address or "auto", log_to_driver=False, logging_level=logging.CRITICAL)
    except ConnectionError as error:
        if not address:
            raise ClusterError(f"no Ray cluster runs on this machine; to start one: {START}") from error
        raise ClusterError(
            f"the Ray cluster at {address} does not let this machine in: it must be one of its nodes, of the same "
            "version of Ray, and have its token (RAY_AUTH_MODE, RAY_AUTH_TOKEN_PATH)"
        ) from error
    except (RuntimeError, ValueError, ray.exceptions.RayError) as error:
        raise ClusterError(f"the Ray cluster {address} cannot be joined: {last_line(error)}") from error
    return ray


def last_line(error: BaseException) -> str:
    """What an exception says in the end; Ray puts the traceback of the other side before it."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__


def _is_address(address: str) -> bool:
    host, _, port = address.rpartition(":")
    return bool(host) and port.isdigit() and int(port) < 2**16


def _knock(address: str) -> None:
    """ClusterError where nobody answers, at once; Ray itself would wait, and write to the terminal while it does."""
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=5).close()
    except OSError as error:
        reason = error.strerror or str(error)
        raise ClusterError(f"no Ray cluster answers at {address} ({reason}); to start one there: {START}") from error
