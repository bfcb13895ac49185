"""A Milvus server as a library asks it: within seconds or not at all, and what goes wrong is one sentence."""

import logging
import os
import re
import socket
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from index.vectors import VectorsError

if TYPE_CHECKING:
    from pymilvus import MilvusClient

SCHEME = "milvus"
PORT = 19530
TOKEN = "SONGBOARD_MILVUS_TOKEN"  # the name of the environment variable, which holds user:password or a key
TOKEN_FILE = "SONGBOARD_MILVUS_TOKEN_FILE"  # or names a file that does
PATIENCE = 5.0  # seconds for an answer
LONG = 300.0  # seconds for what writes
REST = 2.0  # seconds after a failure in which the server is not asked again, lest every thread wait for it
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,199}")  # what Milvus takes, less what a generation adds
MISSING, NOT_LOADED = 100, 101  # Milvus' codes


class StoreError(VectorsError):
    """The server that keeps the vectors does not give them; the message says why."""


@dataclass(frozen=True)
class Address:
    """A server, and what a library calls its collections there."""

    host: str
    port: int
    collection: str

    @classmethod
    def read(cls, url: str) -> "Address":
        """What "milvus://HOST:19530/COLLECTION" names; StoreError for anything else, or where it holds a password."""
        like = f"{SCHEME}://HOST:{PORT}/COLLECTION"
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port or PORT
        except ValueError:
            raise StoreError(f"the store is named by {like}, and the port is a number up to 65535") from None
        if "@" in parts.netloc:
            raise StoreError(
                f"the address of a store is written down and must hold no user or password: name it {like}, and put "
                f"user:password into the environment variable {TOKEN}, or into a file that {TOKEN_FILE} names"
            )
        name = parts.path.removeprefix("/")
        if parts.scheme != SCHEME or not host or not NAME.fullmatch(name) or parts.query or parts.fragment:
            raise StoreError(f"a store is named files, or {like} with letters, digits and _ alone; this is {url!r}")
        return cls(host, port, name)

    def __str__(self) -> str:
        return f"{SCHEME}://{self.host}:{self.port}/{self.collection}"


class MilvusServer:
    """The connection to a server: made when it is first needed, made anew when it broke; safe to share by threads."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._lock = threading.Lock()
        self._client: MilvusClient | None = None
        self._resting, self._trouble = 0.0, ""

    def __str__(self) -> str:
        return f"Milvus at {self._host}:{self._port}"

    def ask(self, what: str, *arguments: Any, timeout: float = PATIENCE, **options: Any) -> Any:
        """Call the method `what` of pymilvus' client; StoreError where the server fails or takes longer."""
        client = self._connected()
        import grpc
        from pymilvus import MilvusException

        try:
            return getattr(client, what)(*arguments, timeout=timeout, **options)
        except MilvusException as error:
            if error.code in (MISSING, NOT_LOADED):
                raise self._unready(error.code) from error
            gone = error.code is grpc.StatusCode.UNAVAILABLE
            raise self._failed("is gone" if gone else f"fails: {_line(error.message)}", client) from error
        except grpc.RpcError as error:
            slow = error.code() is grpc.StatusCode.DEADLINE_EXCEEDED
            said = f"does not answer within {timeout:.0f} seconds" if slow else f"fails: {_line(error.details())}"
            raise self._failed(said, client) from error

    def _connected(self) -> "MilvusClient":
        with self._lock:  # while one connects, the others wait for what comes of it
            if self._client is not None:
                return self._client
            if time.monotonic() < self._resting:
                raise StoreError(self._trouble)
            try:
                from pymilvus import MilvusClient, MilvusException
            except ImportError:
                raise StoreError(
                    "the library's vectors are in Milvus, and what talks to it is not installed: "
                    "run pip install 'songboard[milvus]'"
                ) from None
            logging.getLogger("pymilvus").setLevel(logging.CRITICAL)  # what it would log is raised as well
            token = _token()
            try:
                socket.create_connection((self._host, self._port), PATIENCE).close()  # pymilvus would not say why
                self._client = MilvusClient(
                    f"http://{self._host}:{self._port}", token=token, timeout=PATIENCE, dedicated=True
                )
            except OSError as error:
                raise self._failed(f"cannot be reached: {error.strerror or error}", None) from error
            except MilvusException as error:
                known = "the user and password" if token else f"that nobody is named in {TOKEN}"
                raise self._failed(
                    f"lets nobody in: it does not accept {known}, or is only just starting", None
                ) from error
            return self._client

    def _failed(self, said: str, client: "MilvusClient | None") -> StoreError:
        """Forget a connection that failed, and rest; gives what to raise."""
        self._trouble, self._resting = f"{self} {said}", time.monotonic() + REST
        if client is not None:
            with self._lock:
                if self._client is client:
                    self._client = None
            client.close()
        return StoreError(self._trouble)

    def _unready(self, code: int) -> StoreError:
        if code == MISSING:
            return StoreError(f"{self} does not hold the library's vectors: build the library again")
        return StoreError(f"{self} has not loaded the library's vectors yet: try again in a minute")


def _line(text: str) -> str:
    return " ".join(text.split())[:300]


def _token() -> str:
    """user:password, or "" where nobody said; StoreError where the file that should say cannot be read."""
    if not (file := os.environ.get(TOKEN_FILE)):
        return os.environ.get(TOKEN, "")
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"{TOKEN_FILE} names {file}, which cannot be read") from error
