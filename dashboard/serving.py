"""The server under the page: many browsers at once, and none of them can hold it up for the others."""

import copy
import json
import logging
import socket
import time

from dash import Dash
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher
from waitress.utilities import Error, RequestEntityTooLarge

from dashboard import bodies, drop, gate
from dashboard.access import Access, TooManyError
from dashboard.requested import API

THREADS = 16  # requests worked on at once
CONNECTIONS = 1000  # open at once: fifty browsers hold six each, and many more may come
FILES = 3 * CONNECTIONS  # open at once: a connection may hold what it sends and what it receives
LOOK_EVERY = 5  # seconds between two looks for connections that nobody needs
IDLE = 60  # seconds without a byte after which a connection is closed; a player that was paused opens another
GRACE = 20  # seconds in which a request may come as slowly as it likes
SLOWEST = 16 * 2**10  # bytes a second in which its body has to come from then on
LARGEST_HEADERS = 32 * 2**10  # bytes
LARGEST_UNKNOWN = 8 * 2**10  # bytes of a body from somebody who has not given the password
UPLOADS = 16  # dropped files held at once: the disk may have to hold them all


class _Refusal(Error):
    """An answer to a request whose body is not waited for."""

    def __init__(self, code: int, reason: str, sentence: str, path: str) -> None:
        super().__init__(json.dumps({"error": sentence}) if path.startswith(API) else sentence)
        self.code, self.reason, self.kind = code, reason, "application/json" if path.startswith(API) else "text/plain"

    def to_response(self, ident: str | None = None) -> tuple[str, list[tuple[str, str]], bytes]:
        headers = [("Content-Type", f"{self.kind}; charset=utf-8"), ("X-Content-Type-Options", "nosniff")]
        if self.code == 503:
            headers.append(("Retry-After", str(drop.WAIT)))
        if self.code == 401:
            headers.append(("WWW-Authenticate", "Bearer"))
        return f"{self.code} {self.reason}", headers, self.body.encode()


class _Request(HTTPRequestParser):
    """A request on its way in."""

    adj: Adjustments
    completed: bool
    error: Error | None
    is_known = True  # whether the sender may send as much as the route takes

    def __init__(self, adj: Adjustments, server: "_Server", address: str) -> None:
        super().__init__(adj)
        self._server, self._began, self.address = server, time.time(), address

    def received(self, data: bytes) -> int:
        started = self.headers_finished
        taken: int = super().received(data)
        if self.headers_finished and not started and self.body_rcv is not None and not self.error:
            self._look()
        elif isinstance(self.error, RequestEntityTooLarge):
            self.error = self._refused()
        return taken

    def _look(self) -> None:
        """Refuse a body before it is there, when it is more than its route takes."""
        self.is_known = self._server.knows(self)
        self.adj = copy.copy(self.adj)
        self.adj.max_request_body_size = 1 + (bodies.largest(self.path) if self.is_known else LARGEST_UNKNOWN)
        if self.content_length >= self.adj.max_request_body_size:
            self.error = self._refused()
        elif self.is_upload and self._server.uploads() > UPLOADS:
            late = "Too many tracks are on their way. Try again soon."
            self.error = _Refusal(503, "Service Unavailable", late, self.path)
        if self.error:
            self.completed, self.expect_continue = True, False  # it is not asked to go on

    def _refused(self) -> _Refusal:
        if not self.is_known and self.path.startswith(API):
            return _Refusal(401, "Unauthorized", gate.SIGN_IN, self.path)
        return _Refusal(413, "Content Too Large", "That is more than Songboard takes at once.", self.path)

    @property
    def is_upload(self) -> bool:
        return bool(self.headers_finished and not self.error and self.path in bodies.TRACKS)

    def is_late(self, now: float) -> bool:
        return bool(now - self._began > GRACE + self.body_bytes_received / SLOWEST)


class _Channel(HTTPChannel):
    """A connection."""

    def parser_class(self, adj: Adjustments) -> _Request:
        return _Request(adj, self.server, self.addr[0] if isinstance(self.addr, tuple) else "")

    def is_needless(self, now: float) -> bool:
        """Whether a request comes too slowly, or nobody takes the answer."""
        return bool(
            (self.request is not None and self.request.is_late(now))
            or (self.total_outbufs_len and now - self.last_activity > IDLE)
        )


class _Server(TcpWSGIServer):
    """waitress, which alone would wait for ever for a request that comes byte by byte."""

    channel_class = _Channel
    access: Access | None = None

    def knows(self, request: _Request) -> bool:
        """Whether whoever sends a body may send as much as its route takes.

        The gate looks again; what is small is left to it, so that a wrong password counts once.
        """
        if self.access is None or self.access.knows_cookies(request.headers.get("COOKIE", "")):
            return True
        if request.content_length <= LARGEST_UNKNOWN and not request.chunked:
            return False
        try:
            return self.access.gives_bearer(request.address, request.headers.get("AUTHORIZATION", ""))
        except TooManyError:
            return False

    def uploads(self) -> int:
        """How many dropped files are held, those that still arrive and those that wait to be listened to."""
        held = [each for channel in self.active_channels.values() for each in (channel.request, *channel.requests)]
        return sum(request.is_upload for request in held if request is not None)

    def maintenance(self, now: float) -> None:
        super().maintenance(now)
        for channel in list(self.active_channels.values()):
            if channel.is_needless(now):
                # At once: to one who takes nothing, there is never a moment to write and then close.
                channel.handle_close()


def create_server(app: Dash, listener: socket.socket, access: Access | None = None) -> TcpWSGIServer:
    """A server of the page on a socket that is bound already; its run() ends with Ctrl+C."""
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # that some request waits a moment is no news
    _open_files()
    settings = Adjustments(
        sockets=[listener],
        threads=THREADS,
        connection_limit=CONNECTIONS,
        channel_timeout=IDLE,
        cleanup_interval=LOOK_EVERY,
        max_request_header_size=LARGEST_HEADERS,
        max_request_body_size=1 + max(bodies.FILES.values()),
        log_socket_errors=False,  # a listener who goes away is none
        asyncore_use_poll=True,  # select() ends at 1024 files
        ident=None,
    )
    dispatcher = ThreadedTaskDispatcher()
    dispatcher.set_thread_count(THREADS)
    about = (listener.family, listener.type, listener.proto, listener.getsockname())
    server = _Server(app.server, dispatcher=dispatcher, adj=settings, sockinfo=about, _sock=listener, bind_socket=False)
    server.access = access
    return server


def _open_files() -> None:
    """Ask for as many open files as the connections may need."""
    try:
        import resource
    except ImportError:  # where it is missing, there is no such limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
