"""taste.json: the choices of a listener, in a library's folder beside its files, which no build reads or writes."""

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.library import Library
from index.taste import KINDS, MOST, Choice

FILE = "taste.json"
FORMAT = 1
LARGEST = 2**20  # bytes; as many choices as are kept are a tenth of it
HASH = re.compile("[0-9a-f]{8,64}")


class TasteError(Exception):
    """A taste that cannot be read, or not be written; the message is a sentence for the page."""


@dataclass(frozen=True)
class Taste:
    """Choices, the latest last, and whether they count."""

    on: bool = False
    choices: tuple[Choice, ...] = ()


def read_taste(library: Library) -> Taste:
    """The taste that lies in a library's folder, a fresh one where there is none. Raises TasteError."""
    path = library.folder / FILE
    try:
        if path.exists() and not path.is_file():
            raise _refused("is no file")
        with path.open("rb") as file:
            text = file.read(LARGEST + 1)
    except FileNotFoundError:
        return Taste()
    except OSError as error:
        raise _refused(f"cannot be read, {error.strerror}") from error
    if len(text) > LARGEST:
        raise _refused("is larger than any that Songboard writes")
    try:
        said = json.loads(text)
        format, encoder, dimensions = said["format"], said["encoder"], said["dimensions"]
        taste = Taste(_switch(said["on"]), tuple(_choice(*each) for each in said["choices"]))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _refused("is damaged") from error
    if format != FORMAT:
        raise _refused("is of another version of Songboard")
    if encoder != library.encoder or dimensions != library.dimensions:
        raise _refused(f"was learned with another ear than this library's, {library.encoder}")
    if len(taste.choices) > MOST:
        raise _refused(f"holds more than {MOST} choices")
    if taste.choices and {choice.song for choice in taste.choices}.isdisjoint(library.contents):
        raise _refused("comes from elsewhere: this library has none of its songs")
    return taste


def write_taste(library: Library, taste: Taste) -> None:
    """Write it whole or not at all. Raises TasteError, also where a file lies there that read_taste() refuses."""
    read_taste(library)
    said = {
        "format": FORMAT,
        "encoder": library.encoder,
        "dimensions": library.dimensions,
        "on": taste.on,
        "choices": [[choice.kind, choice.song, choice.of] for choice in taste.choices],
    }
    unfinished = library.folder / f"{FILE}.unfinished"
    try:
        with unfinished.open("w", encoding="utf-8") as file:
            json.dump(said, file)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(library.folder / FILE)
    except OSError as error:
        raise TasteError(f"What you chose could not be kept, {error.strerror}: {FILE} is as it was.") from error


def forget_taste(library: Library) -> None:
    """Delete it. Raises TasteError, also for a file that read_taste() refuses: it may be somebody else's."""
    read_taste(library)
    try:
        (library.folder / FILE).unlink(missing_ok=True)
    except OSError as error:
        raise TasteError(f"{FILE} could not be deleted, {error.strerror}.") from error


def written(folder: Path) -> tuple[int, ...] | None:
    """What changes with the file in this folder; None where there is none."""
    try:
        found = (folder / FILE).stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _choice(kind: Any, song: Any, of: Any) -> Choice:
    if kind not in KINDS or not HASH.fullmatch(song) or not (of is None or HASH.fullmatch(of)):
        raise ValueError("no choice")
    return Choice(kind, song, of)


def _switch(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError("neither on nor off")
    return value


def _refused(why: str) -> TasteError:
    return TasteError(f"{FILE} in the library's folder {why}. It is left as it is; move it away to begin anew.")
