"""What a command works with: the songs it was given, and the encoder that it or the library names."""

from pathlib import Path

import click

from refusing import Refused


def songs_in(songs: Path, library: Path) -> Path:
    """The folder to index: the one given, or what its .zip holds, unpacked under the library.

    Scanned once now, because loading the network takes seconds that a mistyped name should not cost.
    """
    from index.archive import unpack
    from index.songs import scan

    folder = unpack(songs, library) if songs.suffix.lower() == ".zip" and songs.is_file() else songs
    scan(folder)
    return folder


def ear_called(encoder: str, device: str, engine: str = "local"):  # type: ignore[no-untyped-def]
    """An encoder; when nothing but the CPU was found for it, say so."""
    from engine.encoders import first_use, open_on

    if fetches := first_use(encoder):
        click.echo(fetches, err=True)
    ear = open_on(engine, encoder, device)
    if device == "auto" and ear.device == "cpu" and encoder != "mfcc":
        click.echo("No GPU found: listening on the CPU.", err=True)
    return ear


def ear_of(encoder: str, fingerprint: str, device: str):  # type: ignore[no-untyped-def]
    """A library's own encoder."""
    ear = ear_called(encoder, device)
    if ear.fingerprint != fingerprint:
        raise Refused(
            f"the library was heard by another version of {encoder} ({fingerprint}, here is {ear.fingerprint}); "
            "build it again with: python cli.py build-index SONGS --relisten"
        )
    return ear


def heard(path: Path, ear):  # type: ignore[no-untyped-def]
    """A file's vector from an encoder."""
    result = next(iter(ear.embed([path])))
    if hasattr(result, "reason"):
        raise Refused(f"{path} {result.reason}")
    return result.vector


def ten_seconds(path: Path, start: float) -> bytes | str:
    """The preview of a file from such a second on, or why there is none."""
    from engine.audio import AudioError
    from engine.preview import preview

    try:
        return preview(path, start)
    except AudioError as error:
        return f"{path} {error}"
