"""A library's vectors moved to another store: nothing is listened to again, and until the end the old one answers."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from index.build import JOURNAL, BusyError
from index.generation import CURRENT, make_current, new_generation, sweep
from index.journal import Journal, JournalBusyError
from index.library import Library
from index.store import FILE, RECORD, StoreError, open_store


def copy_store(
    folder: Path, name: str, on_written: Callable[[int, int], None] = lambda written, songs: None
) -> Library:
    """Move the vectors of the library in a folder to the store of this name; gives the library as it is then.

    It becomes a new generation, of which all other files are those of the old: they take no room of their own where the
    disk knows links. `on_written` is told how many of how many vectors are written. Raises LibraryError where there is
    no library, StoreError where either store does not answer or the vectors are there already, BusyError where another
    process is building the library, and OSError.
    """
    store = open_store(name)
    Library.load(folder)  # before a journal is made in a folder that holds none
    try:
        with Journal(folder / JOURNAL):
            library = Library.load(folder)
            if library.store == store.name:
                raise StoreError(f"the vectors of {folder} are in {name} already")
            store.check()
            with new_generation(folder) as new:
                for path in (folder / library.generation).iterdir():
                    if path.name not in (FILE, RECORD):
                        _link(path, new / path.name)
                store.keep(library.index, new, library.fingerprint, lambda done: on_written(done, len(library)))
                about = json.loads((folder / CURRENT).read_text(encoding="utf-8"))
                make_current(folder, about | {"generation": new.name, "store": store.name})
            sweep(folder, keep={new.name, library.generation})
    except JournalBusyError as error:
        raise BusyError(str(error)) from error
    return Library.load(folder)


def _link(path: Path, other: Path) -> None:
    """A second name for a file that is never written again; a copy where the disk knows no such thing."""
    try:
        os.link(path, other)
    except OSError:
        shutil.copyfile(path, other)
