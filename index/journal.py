"""The embeddings as they come, one commit a song: what makes a killed build go on where it stopped."""

import base64
import json
import logging
import os
import sqlite3
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np

from index.digests import digests
from index.embeds import Embedding

log = logging.getLogger(__name__)

FORMAT = 2
PATIENCE = 1.0  # seconds to wait for a build that is just ending
TABLES = """
CREATE TABLE files (path BLOB PRIMARY KEY, size INTEGER, mtime_ns INTEGER, hash BLOB, sound BLOB);
CREATE TABLE sounds (sound BLOB PRIMARY KEY, content BLOB);
CREATE TABLE embeddings (
    hash TEXT, fingerprint TEXT, header BLOB, vector BLOB, starts BLOB, segments BLOB, checksum INTEGER,
    PRIMARY KEY (hash, fingerprint)
);
"""
FROM_1 = """
ALTER TABLE files ADD COLUMN sound BLOB;
CREATE TABLE sounds (sound BLOB PRIMARY KEY, content BLOB);
"""
FIND_FILE = "SELECT hash, sound FROM files WHERE path = ? AND size = ? AND mtime_ns = ?"
PUT_FILE = "INSERT OR REPLACE INTO files (path, size, mtime_ns, hash, sound) VALUES (?, ?, ?, ?, ?)"
PUT_SOUND = "INSERT OR IGNORE INTO sounds (sound, content) VALUES (?, ?)"
FIND_SOUND = "SELECT content FROM sounds WHERE sound = ?"
FIND = "SELECT header, vector, starts, segments, checksum FROM embeddings WHERE hash = ? AND fingerprint = ?"
PUT = """
INSERT OR REPLACE INTO embeddings (hash, fingerprint, header, vector, starts, segments, checksum)
VALUES (?, ?, ?, ?, ?, ?, ?)
"""
# What the disk or another process does to us; every other error of SQLite is about what the file holds.
OUTSIDE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_PERM,
}


class JournalError(Exception):
    """The journal cannot be opened or written; the message says why."""


class JournalBusyError(JournalError):
    """Another process holds the journal."""


class _DamagedError(Exception):
    """What the file holds is no journal of ours."""


@dataclass(frozen=True)
class Remembered:
    """An embedding out of the journal: that of every file with the same content."""

    vector: np.ndarray  # [dim]
    starts: np.ndarray  # [segments], seconds
    segments: np.ndarray  # [segments, d]
    length: float  # seconds
    descriptors: dict[str, float | str]
    peaks: np.ndarray  # [<= 1200] uint8; none where the song was heard before there were peaks


class Journal:
    """Embeddings by content and encoder fingerprint, in one SQLite file that one build at a time holds open.

    A content is a sound under the hash of the first file that held it; tags are no part of it.

    Arrays are kept as little-endian bytes with their dtype and shape, and a checksum over all of it. A journal that is
    damaged is set aside under another name, with a warning in the log, and a fresh one takes its place. Raises
    JournalError where the file cannot be opened or written or is a newer version's, and JournalBusyError where another
    build holds it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._database = self._open()
        except _DamagedError as damage:
            self._set_aside(str(damage))
            self._database = self._open()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def content_hash(self, path: Path) -> str:
        """The content of a file, in hex: the same for all that hold this sound. Raises OSError."""
        return self.hashes(path)[1]

    def hashes(self, path: Path) -> tuple[str, str]:
        """BLAKE2b of a file's bytes, and its content, in hex; looked up by size and time of change. Raises OSError."""
        status = path.stat()
        known = (os.fsencode(path.absolute()), status.st_size, status.st_mtime_ns)  # a name need not be UTF-8
        row = self._run(FIND_FILE, *known).fetchone()
        if row is None or row[1] is None:  # journals of format 1 did not tell the sound from the tags
            row = tuple(bytes.fromhex(digest) for digest in digests(path))
            self._run(PUT_FILE, *known, *row)
            self._run(PUT_SOUND, row[1], row[0])
        (content,) = self._run(FIND_SOUND, row[1]).fetchone() or (row[0],)
        return row[0].hex(), content.hex()

    def get(self, content: str, fingerprint: str) -> Remembered | None:
        """The embedding of a content by an encoder; None where there is none, or where its bytes have changed."""
        row = self._run(FIND, content, fingerprint).fetchone()
        if row is None or row[-1] != _checksum(row[:-1]):
            return None
        header = json.loads(row[0])
        arrays = {
            name: np.frombuffer(data, dtype).reshape(shape)
            for data, (name, (dtype, shape)) in zip(row[1:-1], header["arrays"].items(), strict=True)
        }
        peaks = np.frombuffer(base64.b64decode(header.get("peaks", "")), np.uint8)
        return Remembered(**arrays, length=header["length"], descriptors=header["descriptors"], peaks=peaks)

    def put(self, content: str, fingerprint: str, embedding: Embedding | Remembered) -> None:
        """Keep an embedding; it outlives this process once this returns."""
        arrays = {"vector": embedding.vector, "starts": embedding.starts, "segments": embedding.segments}
        arrays = {name: array.astype(array.dtype.newbyteorder("<")) for name, array in arrays.items()}
        named = embedding.descriptors.items()
        header = {
            "arrays": {name: (array.dtype.str, array.shape) for name, array in arrays.items()},
            "length": float(embedding.length),
            "peaks": base64.b64encode(np.asarray(embedding.peaks, np.uint8).tobytes()).decode(),
            "descriptors": {name: value if isinstance(value, str) else float(value) for name, value in named},
        }
        record = [json.dumps(header).encode(), *(array.tobytes() for array in arrays.values())]
        self._run(PUT, content, fingerprint, *record, _checksum(record))

    def _open(self) -> sqlite3.Connection:
        database = None
        try:
            database = sqlite3.connect(self.path, timeout=PATIENCE, isolation_level=None)
            database.execute("PRAGMA locking_mode = EXCLUSIVE")  # one build at a time; the lock dies with its process
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = NORMAL")
            database.execute("BEGIN IMMEDIATE")
            version = database.execute("PRAGMA user_version").fetchone()[0]
            if version == 0 and not database.execute("SELECT 1 FROM sqlite_master").fetchone():
                for statement in TABLES.split(";"):
                    database.execute(statement)
            elif version > FORMAT:  # days of listening may be in it
                raise JournalError(
                    f"{self.path} was written by a newer Songboard (format {version}, and this one knows {FORMAT}): "
                    "update Songboard, or name another --library"
                )
            elif version == 1:
                for statement in FROM_1.split(";"):
                    database.execute(statement)
            elif version != FORMAT:
                raise _DamagedError("is no journal")
            elif (found := database.execute("PRAGMA integrity_check(1)").fetchone()[0]) != "ok":
                raise _DamagedError(f"is damaged ({found})")
            database.execute(FIND_FILE, (b"", 0, 0))  # a table may be sound and yet not ours
            database.execute(FIND, ("", ""))
            database.execute(f"PRAGMA user_version = {FORMAT}")  # and if it cannot be written, that is found out now
            database.execute("COMMIT")
            return database
        except (sqlite3.Error, UnicodeDecodeError, _DamagedError, JournalError) as error:
            if database is not None:
                database.close()
            if isinstance(error, JournalError):
                raise
            if isinstance(error, sqlite3.Error) and self._is_outside(error):
                raise self._sentence(error) from error
            raise _DamagedError(str(error) if isinstance(error, _DamagedError) else f"is damaged ({error})") from error

    def _is_outside(self, error: sqlite3.Error) -> bool:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        # A damaged header may also claim that the file is read-only.
        return code in OUTSIDE or (code == sqlite3.SQLITE_READONLY and not os.access(self.path, os.W_OK))

    def _run(self, statement: str, *values: Any) -> sqlite3.Cursor:
        try:
            return self._database.execute(statement, values)
        except sqlite3.Error as error:
            raise self._sentence(error) from error

    def _sentence(self, error: sqlite3.Error) -> JournalError:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY:
            return JournalBusyError(
                f"{self.path.parent} is being built by another process: wait until that has finished"
            )
        return JournalError(f"{self.path} cannot be used ({error}): is there room, and may you write there?")

    def _set_aside(self, damage: str) -> None:
        """Rename the file, and what SQLite keeps beside it, to a name that nothing has yet."""
        number, aside = 1, Path(f"{self.path}.damaged")
        while aside.exists():
            number, aside = number + 1, Path(f"{self.path}.damaged-{number + 1}")
        for suffix in ("-wal", "-shm", ""):
            file = Path(f"{self.path}{suffix}")
            if file.exists():
                file.rename(f"{aside}{suffix}")
        log.warning("%s %s: it is kept as %s, and the songs are listened to again", self.path, damage, aside.name)


def _checksum(record: list[Any]) -> int | None:
    """CRC-32 over all parts of a record; None where one is not bytes."""
    checksum = 0
    for part in record:
        if not isinstance(part, bytes):
            return None
        checksum = zlib.crc32(part, checksum)
    return checksum
