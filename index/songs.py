"""The songs of a folder: finding them, and reading what is written on them."""

import logging
import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mutagen
from mutagen.aac import AACInfo
from mutagen.mp3 import BitrateMode

log = logging.getLogger(__name__)

# Every audio suffix that FFmpeg's demuxers know, less those that far more often mean something else (.bin, .str, .sub).
SUFFIXES = frozenset(
    f".{suffix}"
    for suffix in """
    mp3 mp2 mp1 mpa mpga m2a aac adts m4a m4b m4r mp4 isma 3ga ogg oga opus spx flac wav wave bwf rf64 w64 aif aiff
    aifc wma asf ape mac wv mpc mpp mp+ tta tak shn ac3 eac3 ec3 dts dtshd mlp thd truehd mka weba webm caf au snd amr
    awb gsm voc 8svx svx iff ra rm aa aax aa3 oma omg at3 dsf dff wsd sbc aptx aptxhd g722 adx hca brstm bfstm vqf
    ircam nist sph pvf paf avr xwma sln mod s3m xm it mptm mo3 669 mtm med okt
    """.split()
)
# Each of our names, as the easy names, ID3, APE and Windows Media write it.
TAGS = {
    "title": ("title", "TIT2", "Title"),
    "artist": ("artist", "TPE1", "Author"),
    "albumartist": ("albumartist", "album artist", "TPE2", "WM/AlbumArtist"),
    "album": ("album", "TALB", "WM/AlbumTitle"),
    "genre": ("genre", "TCON", "WM/Genre"),
    "year": ("date", "year", "TDRC", "originaldate", "WM/Year"),
    "track": ("tracknumber", "track", "TRCK", "WM/TrackNumber"),
}
LONGEST = 300  # characters of a tag; some files carry a whole web page as their title
YEAR = re.compile(r"(?<!\d)(?:1[5-9]|2[01])\d\d")
# "01 Title", "1-01 Title", "01. Title", "01 - Title". With a mere space after it, a number is a track only up to 39 and
# in two digits, for "99 Luftballons" and "7 Seconds" are titles.
TRACK = re.compile(r"(?:\d-)?(?:(\d{1,3})(?:\s*[.)](?!\d)\s*|\s*-\s+)|([0-3]\d)(?:\s+|-(?=\D)))(?=\S)", re.ASCII)
DISC = re.compile(r"(?:cd|dis[ck])\s*\d+", re.ASCII | re.IGNORECASE)


class SongsError(Exception):
    """No songs can be had from there; the message says why."""


@dataclass(frozen=True)
class Song:
    """One song under beets' tag names; "" or 0 where nothing is known."""

    path: str  # relative to the songs folder, with forward slashes
    title: str
    artist: str
    albumartist: str
    album: str
    genre: str
    year: int
    track: int
    length: float  # seconds; when it is read from the tags, those that the file itself says, not an estimate


def scan(folder: Path) -> list[Path]:
    """Every audio file below a folder, sorted; links are followed, hidden files and folders are left out.

    A name counts by its suffix, whether it can be read, or is a file at all, or not. A folder that cannot be opened is
    logged and passed over. Raises SongsError where the folder is missing, is no folder, or holds no audio file.
    """
    if not folder.exists():
        raise SongsError(f"{folder} does not exist: name the folder that holds the songs")
    if not folder.is_dir():
        raise SongsError(f"{folder} is not a folder: name the folder that holds the songs")
    paths = sorted(_walk(folder))
    if not paths:
        raise SongsError(f"{folder} holds no audio files: name a folder with songs, such as .mp3, .flac or .m4a")
    return paths


def _walk(folder: Path) -> Iterator[Path]:
    # A link may lead back to a folder already seen, or up and out of the songs: each real folder is entered once.
    seen = {_identity(above) for above in folder.resolve().parents}
    for where, folders, names in os.walk(folder, onerror=_log_unreadable, followlinks=True):
        if _identity(Path(where)) in seen:
            folders.clear()
            continue
        seen.add(_identity(Path(where)))
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in names:
            path = Path(where, name)
            if not name.startswith(".") and path.suffix.lower() in SUFFIXES:
                yield path


def _log_unreadable(error: OSError) -> None:
    log.warning("%s cannot be opened and is passed over: %s", error.filename, error.strerror)


def _identity(folder: Path) -> tuple[int, int]:
    status = folder.stat()
    return status.st_dev, status.st_ino


def read_tags(path: Path, folder: Path) -> Song:
    """The song's tags; what they leave open is taken from its name and its folders. Never raises for a bad file.

    "Artist/Album/01 Title.mp3" and "01 - Artist - Title.mp3" are understood.
    """
    try:
        audio = mutagen.File(path, easy=True)
    except Exception:  # a damaged tag makes mutagen raise nearly anything, and must not cost the song
        audio = None
    tags = {name: _first(audio, keys) for name, keys in TAGS.items()}
    relative = path.relative_to(folder)
    guess = _from_name(relative)
    text = {name: tags[name] or guess.get(name, "") for name in TAGS}
    length = _stated_length(getattr(audio, "info", None))
    return Song(
        path=relative.as_posix(),
        title=text["title"],
        artist=text["artist"],
        albumartist=text["albumartist"],
        album=text["album"],
        genre=text["genre"],
        year=_number(YEAR, text["year"]),
        track=_number(re.compile(r"\d{1,4}", re.ASCII), text["track"]),
        length=length,
    )


def _stated_length(info: Any) -> float:
    """Seconds that the file's header says it has; 0 where mutagen only divides the file's size by a bitrate."""
    length = float(getattr(info, "length", 0) or 0)
    guessed = isinstance(info, AACInfo) or getattr(info, "bitrate_mode", None) is BitrateMode.UNKNOWN
    return length if 0 < length < 1e9 and not guessed else 0.0


def _first(audio: Any, keys: tuple[str, ...]) -> str:
    """The first value that any of these keys holds, cleaned."""
    for key in keys:
        try:
            value = audio.tags[key]
            value = getattr(value, "genres", None) or getattr(value, "text", value)  # ID3 resolves "(17)" to "Rock"
            text = clean(str(value if isinstance(value, str) else next(iter(value))))
        except Exception:  # no tags, no such key, an empty list, a value that cannot be decoded: all mean "unknown"
            continue
        if text:
            return text
    return ""


def _from_name(relative: Path) -> dict[str, str]:
    """Title, artist, album and track as the file's name and folders tell them."""
    stem = relative.stem if " " in relative.stem else relative.stem.replace("_", " ")
    stem = clean(stem)
    guess = {"title": stem}
    if track := TRACK.match(stem):
        guess["track"] = track[1] or track[2]
        stem = stem[track.end() :]
    *before, guess["title"] = [part for part in stem.split(" - ") if part.strip()] or [stem]
    if before:
        guess["artist"] = before[0]
    folders = [clean(name) for name in relative.parent.parts if not DISC.fullmatch(name.strip())]
    if folders:
        guess["album"] = folders[-1]
    if len(folders) > 1:
        guess.setdefault("artist", folders[-2])
    return guess


def clean(text: str) -> str:
    """On one line, composed, without control characters or halves of characters, and not over-long."""
    kept = (" " if unicodedata.category(c) == "Cc" else c for c in text if unicodedata.category(c) != "Cs")
    return unicodedata.normalize("NFC", " ".join("".join(kept).split()))[:LONGEST].strip()


def _number(pattern: re.Pattern[str], text: str) -> int:
    found = pattern.search(text)
    return int(found[0]) if found else 0
