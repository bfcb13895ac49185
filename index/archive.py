"""Songs that come as one .zip file: unpacked beside the library, so that they can be played."""

import errno
import hashlib
import logging
import lzma
import shutil
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

from index.songs import SUFFIXES, SongsError

log = logging.getLogger(__name__)

# What zipfile raises for what it cannot read; unknown ways of packing are RuntimeErrors.
DAMAGE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, RuntimeError, ValueError)


@dataclass(frozen=True)
class Bounds:
    """What an archive may hold: a .zip of a few kilobytes can fill any disk."""

    entries: int = 200_000
    size: int = 200 * 2**30  # bytes, unpacked
    ratio: int = 100  # times its own size; music seldom shrinks to half of it
    free_of_ratio: int = 2**30  # bytes that may come out of an archive however small, for silence packs a thousandfold


def unpack(zip_path: Path, destination: Path, bounds: Bounds = Bounds()) -> Path:
    """The folder below `destination` that holds the songs of a .zip, unpacked unless it was before.

    The folder is named after the songs' names and checksums: an unchanged archive is unpacked once, and a changed one
    never takes the place of songs that a library still plays. Only audio files are unpacked; of a damaged one, what
    comes before the damage. Raises SongsError, and leaves nothing behind, for what is no archive or is damaged all
    over, holds no songs, or more than it should or the disk takes, and for an entry that leads out of the folder, is a
    link or is encrypted.
    """
    if not zip_path.is_file():
        raise SongsError(f"{zip_path} does not exist: name a folder or a .zip of songs")
    try:
        with zipfile.ZipFile(zip_path) as archive:
            songs = _checked(archive.infolist(), zip_path, bounds)
            folder = destination / f"songs-{_digest(songs)}"
            if not folder.exists():
                destination.mkdir(parents=True, exist_ok=True)
                _check_room(songs, zip_path, destination)
                if not _extract(archive, songs, folder):
                    raise SongsError(f"{zip_path} is damaged or not a .zip: none of its songs can be unpacked")
            return folder
    except DAMAGE as error:
        raise SongsError(f"{zip_path} is damaged or not a .zip: {error}") from error
    except OSError as error:
        if error.errno == errno.EINVAL:  # its directory points to before its beginning
            raise SongsError(f"{zip_path} is damaged or not a .zip: its directory cannot be read") from error
        where = f"{error.filename}: " if error.filename else ""
        raise SongsError(
            f"{zip_path} cannot be unpacked into {destination}: {where}{error.strerror or error}"
        ) from error


def _checked(entries: list[zipfile.ZipInfo], zip_path: Path, bounds: Bounds) -> list[zipfile.ZipInfo]:
    """The songs among the entries, once every entry is known to do no harm."""
    if len(entries) > bounds.entries:
        raise SongsError(f"{zip_path} holds {len(entries)} files, more than {bounds.entries}: unpack it yourself")
    for entry in entries:
        name = PureWindowsPath(entry.filename)  # it knows both kinds of slash, and drives
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if name.anchor or ".." in name.parts:
            raise SongsError(f"{zip_path} is refused: its entry {entry.filename!r} leads out of the folder")
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise SongsError(f"{zip_path} is refused: its entry {entry.filename!r} is a link, not a file")
        if entry.flag_bits & 1:
            raise SongsError(f"{zip_path} is refused: its entry {entry.filename!r} is encrypted; unpack it yourself")
    songs = [entry for entry in entries if _is_song(entry)]
    if not songs:
        raise SongsError(f"{zip_path} holds no audio files: name a folder or a .zip of songs")
    size = sum(entry.file_size for entry in songs)
    if size > min(bounds.size, max(bounds.free_of_ratio, bounds.ratio * zip_path.stat().st_size)):
        raise SongsError(f"{zip_path} would unpack to {size / 1e9:.1f} GB, far more than songs do: unpack it yourself")
    return songs


def _is_song(entry: zipfile.ZipInfo) -> bool:
    path = Path(entry.filename)
    return (
        bool(path.name)
        and not entry.is_dir()
        and path.suffix.lower() in SUFFIXES
        and not any(part[0] == "." for part in path.parts)
    )


def _digest(songs: list[zipfile.ZipInfo]) -> str:
    listed = "\n".join(f"{song.filename} {song.file_size} {song.CRC}" for song in songs)
    return hashlib.sha256(listed.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _check_room(songs: list[zipfile.ZipInfo], zip_path: Path, destination: Path) -> None:
    needed, free = sum(song.file_size for song in songs), shutil.disk_usage(destination).free
    if needed > free:
        raise SongsError(
            f"{zip_path} unpacks to {needed / 1e9:.1f} GB and {destination} has {free / 1e9:.1f} GB left: "
            "make room, or choose another --library"
        )


def _extract(archive: zipfile.ZipFile, songs: list[zipfile.ZipInfo], folder: Path) -> int:
    """Write the songs into the folder, all or none of them; how many came out whole.

    Of a damaged one there is what came before the damage, be it nothing: it is for whoever hears it to judge.
    """
    unfinished = folder.with_name(folder.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)  # what a killed run left
    whole = 0
    try:
        for song in songs:  # zipfile gives no entry more bytes than it declares, so the sum checked above holds
            path = _free_name(unfinished / PurePosixPath(song.filename))
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                for piece in _pieces(archive, song):
                    file.write(piece)
            whole += path.stat().st_size == song.file_size
        if whole:
            unfinished.rename(folder)
        return whole
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _free_name(path: Path) -> Path:
    """The path, or where an archive holds several files of one name, one that is not taken yet."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_stem(f"{path.stem} ({number})")
    return free


def _pieces(archive: zipfile.ZipFile, song: zipfile.ZipInfo) -> Iterator[bytes]:
    """The bytes of an entry, as far as they can be had."""
    try:
        with archive.open(song) as file:
            while piece := file.read(2**18):
                yield piece
    except (*DAMAGE, OSError) as error:
        log.warning("%s is damaged in its archive: %s", song.filename, error)
