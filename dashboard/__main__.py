"""python -m dashboard: shows a library in the browser."""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before faiss and torch: their threads spin against each other

import ipaddress
import logging
import socket
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from dashboard.drop import Listen
    from dashboard.protection import Guard
    from index.embeds import Embeds
    from index.shelf import Shelf, Speak

    OwnEar = Callable[[Shelf], Embeds]


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
@click.option(
    "--password-file", type=click.Path(path_type=Path), metavar="FILE", help="Ask for the password in this file."
)
@click.option("--open", "is_open", is_flag=True, help="Let in everybody who reaches --host, without a password.")
@click.option(
    "--allow-host", "names", multiple=True, metavar="NAME", help="A name that this machine has; may be given again."
)
def main(
    folder: Path,
    host: str,
    port: int,
    device: str,
    password_file: Path | None,
    is_open: bool,
    names: tuple[str, ...],
) -> None:
    """Show a library as a map you can play."""
    from dashboard.app import create_app
    from dashboard.serving import create_server
    from index.library import Library, LibraryError

    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", level=logging.WARNING)
    listener = bound(host, port)  # first, so that a busy port is not found out after loading
    guard = guarding(host, listener.getsockname()[0], password_file, is_open, names)
    try:
        library = Library.load(folder)
    except LibraryError as error:
        raise Refused(str(error)) from None
    own = own_ear(device)
    library.speak = voice(own)
    server = create_server(create_app(library, ear(own), guard), listener, guard.access)
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


def guarding(host: str, address: str, password_file: Path | None, is_open: bool, names: tuple[str, ...]) -> "Guard":
    """Whom a server on this address answers. Raises Refused where others reach it and nothing is said about them."""
    from dashboard.access import Access, AccessError, read_password
    from dashboard.protection import LOOPBACK, Guard

    alone = ipaddress.ip_address(address).is_loopback
    if password_file and is_open:
        raise Refused("--open asks for no password and --password-file for one: leave out one of them.")
    if not (alone or password_file or is_open):
        raise Refused(
            f"Others reach {host}: give --password-file FILE to ask them for a password, or --open to let in everybody."
        )
    try:
        access = Access(read_password(password_file)) if password_file else None
    except AccessError as error:
        raise Refused(str(error)) from None
    own = {name.lower() for name in (host, *names)}
    return Guard(LOOPBACK | own, any_address=not alone, access=access)


def own_ear(device: str) -> "OwnEar":
    """What opens a library's own encoder when it is first needed, and keeps it. It raises DropError."""
    from dashboard.drop import DropError
    from index.embeds import Embeds

    @lru_cache(maxsize=1)  # a library that was built again may have another one
    def encoder(name: str, fingerprint: str) -> Embeds:
        from engine.encoders import EncoderError, first_use, open_encoder

        if fetches := first_use(name):
            click.echo(fetches, err=True)
        try:
            opened = open_encoder(name, device)
        except EncoderError as error:
            raise DropError(f"The encoder could not be opened: {error}.", 503) from None
        if opened.fingerprint != fingerprint:
            raise DropError("This library was made by another version of its encoder. Build it again.", 503)
        return opened

    return lambda library: encoder(library.encoder, library.fingerprint)


def ear(own: "OwnEar") -> "Listen":
    """Embeds one file at a time with a library's own encoder."""
    from dashboard.drop import LONGEST

    return lambda path, library: next(iter(own(library).embed([path], longest=LONGEST)))


def voice(own: "OwnEar") -> "Speak":
    """Says a text in the space of a library's segments, where its encoder understands sentences."""
    from dashboard.drop import DropError
    from index.embeds import Speaks
    from index.library import LibraryError

    def speak(text: str, library: "Shelf") -> "np.ndarray":
        try:
            encoder = own(library)
        except DropError as error:
            raise LibraryError(str(error).removesuffix(".")) from None
        assert isinstance(encoder, Speaks)  # or else the library would not take sentences
        return encoder.say(text)

    return speak


if __name__ == "__main__":
    main()
