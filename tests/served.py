"""A dashboard as its visitors meet it: the real server, in a thread of the tests."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from shelf import library

from dashboard.__main__ import bound
from dashboard.access import Access
from dashboard.app import create_app
from dashboard.drop import Listen
from dashboard.protection import Guard
from dashboard.serving import create_server
from index.library import Library


@contextmanager
def served(shown: Library | None = None, listen: Listen | None = None, access: Access | None = None) -> Iterator[int]:
    """Serve a library, the shared one if none is given; gives the port."""
    listener = bound("127.0.0.1", 0)
    server = create_server(create_app(shown or library(), listen, Guard(access=access)), listener, access)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server.effective_port
    finally:
        # The loop ends with its last socket.
        server.task_dispatcher.shutdown(timeout=1)
        server.pull_trigger()
        for channel in list(server._map.values()):
            channel.close()
        thread.join(10)
