"""python -m dashboard: shows a library in the browser."""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before faiss and torch: their threads spin against each other

import ipaddress
import socket
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from dashboard.drop import Listen
    from index.library import Library

THREADS = 16  # a listener who stalls holds one


class Refused(click.ClickException):
    """A sentence, and exit status 2."""

    exit_code = 2


@click.command()
@click.option(
    "--library",
    "folder",
    default="library",
    show_default=True,
    type=click.Path(path_type=Path),
    help="The folder that build-index wrote.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8050, show_default=True, type=click.IntRange(0, 65535), help="0 takes any free port.")
@click.option("--device", default="auto", show_default=True, help="What listens to dropped tracks: auto, cpu, cuda.")
def main(folder: Path, host: str, port: int, device: str) -> None:
    """Show a library as a map you can play."""
    import waitress

    from dashboard.app import create_app
    from dashboard.drop import LARGEST
    from index.library import Library, LibraryError

    listener = bound(host, port)  # first, so that a busy port is not found out after loading
    try:
        library = Library.load(folder)
    except LibraryError as error:
        raise Refused(str(error)) from None
    app = create_app(library, ear(library, device), loopback=is_loopback(host))
    server = waitress.create_server(
        app.server, sockets=[listener], threads=THREADS, max_request_body_size=LARGEST + 2**20
    )
    name = f"[{host}]" if ":" in host else host
    click.echo(f"Songboard is at http://{name}:{listener.getsockname()[1]}/ (Ctrl+C ends it)")
    server.run()


def bound(host: str, port: int) -> socket.socket:
    """A socket on the address, already taken. Raises Refused when it is another's or none of this machine's."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(128)
    except OSError as error:
        raise Refused(f"Cannot listen on {host} port {port}: {error.strerror}. Choose another with --port.") from None
    return listener


def is_loopback(host: str) -> bool:
    """Whether an address is reached from this machine alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def ear(library: "Library", device: str) -> "Listen":
    """Embeds one file at a time with the library's own encoder, which is opened for the first of them."""
    from dashboard.drop import DropError
    from index.embeds import Embedding, Embeds, Skipped

    @cache
    def encoder() -> Embeds:
        from engine.encoders import EncoderError, open_encoder

        try:
            opened = open_encoder(library.encoder, device)
        except EncoderError as error:
            raise DropError(f"The encoder could not be opened: {error}.", 503) from None
        if opened.fingerprint != library.fingerprint:
            raise DropError("This library was made by another version of its encoder. Build it again.", 503)
        return opened

    def listen(path: Path) -> Embedding | Skipped:
        return next(iter(encoder().embed([path])))

    return listen


if __name__ == "__main__":
    main()
