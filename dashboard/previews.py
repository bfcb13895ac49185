"""Ten seconds of each song beside a map that is given away, of songs whose licence lets that be done, or of all."""

import os
import shutil
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from index.library import Library, LibraryError
from index.licence import lets_excerpts_be_shared, licence_of

Cut = Callable[[Path, float], bytes | str]  # ten seconds of a file from such a second on, as MP3, or why there are none
SECONDS = 10.0
SUFFIX = " previews"  # "map.html" has them in "map previews"
LICENCES = "LICENCES.txt"
HEAD = "Ten seconds each of these songs, which are their authors', and what their tags say of the licence:\n"


class PreviewError(Exception):
    """A folder that previews cannot be written to; the message says why."""


@dataclass(frozen=True)
class Previews:
    """What lies beside the map."""

    folder: str  # its name
    licences: dict[int, str]  # of every song that has one, what its tags say
    skipped: list[str]  # a sentence each


def folder_of(file: Path) -> Path:
    """Where the previews of a map in this file lie."""
    return file.with_name(file.stem + SUFFIX)


def write_previews(
    library: Library, folder: Path, cut: Cut, everything: bool, on_progress: Callable[[int, int], None]
) -> Previews:
    """Write the folder under a temporary name, then in the place of the one that an earlier map had there.

    Songs without a licence that allows it are left out unless `everything` is asked for. One that cannot be heard is
    skipped and named. Raises PreviewError where the folder holds anything else, and is to be kept.
    """
    if folder.exists() and not _ours(folder):
        raise PreviewError(f"{folder} holds other things than previews: move it away, or choose another name")
    unfinished = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    licences: dict[int, str] = {}
    skipped: list[str] = []
    try:
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            made = threads.map(lambda song: _preview(library, song, cut, everything, unfinished), range(len(library)))
            for song, (licence, trouble) in enumerate(made):
                if trouble:
                    skipped.append(trouble)
                elif licence is not None:
                    licences[song] = licence
                on_progress(song + 1, len(library))
        (unfinished / LICENCES).write_text("\n".join([HEAD, *_credits(library, licences)]) + "\n", encoding="utf-8")
        if folder.exists():
            shutil.rmtree(folder)
        unfinished.rename(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return Previews(folder.name, licences, skipped)


def _preview(library: Library, song: int, cut: Cut, everything: bool, folder: Path) -> tuple[str | None, str]:
    """(What the tags say of the licence, once the preview is written, else None; why it could not be written)."""
    try:
        path = library.audio_path(song)
        licence = licence_of(path)
        if not everything and not lets_excerpts_be_shared(licence):
            return None, ""
        made = cut(path, library.typical(song, SECONDS))
    except LibraryError as error:
        return None, str(error)
    if isinstance(made, str):
        return None, made
    (folder / f"{song}.mp3").write_bytes(made)
    return licence, ""


def _credits(library: Library, licences: dict[int, str]) -> Iterable[str]:
    for song, licence in licences.items():
        row = library.songs.iloc[song]
        yield f"{song}.mp3: {row['title']}, by {row['artist'] or 'unknown'}. {licence or 'It says nothing.'}"


def _ours(folder: Path) -> bool:
    return folder.is_dir() and all(
        each.name == LICENCES or (each.suffix == ".mp3" and each.stem.isdecimal()) for each in folder.iterdir()
    )
