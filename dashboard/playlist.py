"""Playlists, out and in: .m3u8 files whose paths are relative to the songs folder.

Reading one compares text with the paths the library knows. Nothing a browser sends is ever looked up on the disk.
"""

import io
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import unquote

from dash import Dash
from flask import Response, jsonify, request, send_file

from dashboard.requested import RequestError, library_of, own_page, problem
from dashboard.showing import Showing
from index.library import Library

MOST_SONGS = 100_000
LARGEST = 5 * 2**20  # bytes of a playlist that is read
LONGEST_NAME = 80  # characters


def write(library: Library, songs: Iterable[int], name: str) -> str:
    """The text of a playlist of these songs; `name` is what players call it."""
    table = library.songs.loc[list(songs), ["path", "title", "artist", "length"]]
    lines = ["#EXTM3U", f"#PLAYLIST:{one_line(name)}"]
    for path, title, artist, length in table.itertuples(index=False):
        said = f"{artist} - {title}" if artist else title
        lines += [f"#EXTINF:{round(length) or -1},{one_line(said)}", _written(path)]
    return "\n".join(lines) + "\n"


def read(library: Library, text: bytes) -> tuple[list[int], list[str]]:
    """The songs that a playlist names, in its order, and the names of those the library does not hold.

    Understood are paths relative to the songs folder, longer ones that end in such a path, backslashes, file:// URLs,
    and UTF-8 as well as Latin-1. Raises RequestError where it names too many songs, and where it is no text.
    """
    if b"\0" in text:
        raise RequestError("This file is no playlist: .m3u and .m3u8 files, which are text, can be opened.", 415)
    known: dict[str, int] = {}
    for song, path in enumerate(library.songs["path"]):
        known.setdefault(_composed(path), song)
    depth = max((path.count("/") + 1 for path in known), default=1)
    songs: list[int] = []
    missing: list[str] = []
    for entry in _entries(text):
        found = next((known[path] for path in _readings(entry, depth) if path in known), None)
        if found is None:
            missing.append(one_line(entry.replace("\\", "/").rpartition("/")[2])[:LONGEST_NAME])
        else:
            songs.append(found)
        if len(songs) + len(missing) > MOST_SONGS:
            raise RequestError(f"This playlist names more than {MOST_SONGS:,} songs, the most that can be opened.", 413)
    return songs, missing


def one_line(text: str) -> str:
    """Text without line breaks and other control characters, which would end an entry or a header early."""
    kept = (" " if unicodedata.category(letter) in {"Cc", "Zl", "Zp"} else letter for letter in text)
    return " ".join("".join(kept).split())


def _written(path: str) -> str:
    """A path as an entry: what would be read as a comment, a space or a line's end is not left at its start."""
    if any(unicodedata.category(letter) == "Cc" for letter in path):
        path = "".join(f"%{ord(letter):02X}" if unicodedata.category(letter) == "Cc" else letter for letter in path)
    return f"./{path}" if path[0] in "#\ufeff" or path[0].isspace() else path


def _entries(text: bytes) -> Iterator[str]:
    """The lines that name a song. A line that is no UTF-8 is Latin-1: old .m3u files hold no word of which."""
    for line in text.removeprefix(b"\xef\xbb\xbf").replace(b"\r", b"\n").split(b"\n"):
        try:
            entry = line.decode("utf-8")
        except UnicodeDecodeError:
            entry = line.decode("latin-1")
        if entry.strip() and not entry.startswith("#"):
            yield entry


def _readings(entry: str, depth: int) -> Iterator[str]:
    """What an entry may mean as a path below the songs folder of at most `depth` names, the likeliest first."""
    if entry.lower().startswith("file:"):
        entry = unquote(entry[len("file:") :])
    for text in dict.fromkeys((entry, entry.strip(), unquote(entry.strip()))):
        for path in dict.fromkeys((text, text.replace("\\", "/"))):
            names = [name for name in _composed(path).split("/") if name not in {"", ".", ".."}][-depth:]
            for start in range(len(names)):
                yield "/".join(names[start:])


def _composed(path: str) -> str:
    """One spelling for letters with accents, which macOS writes in two parts."""
    return unicodedata.normalize("NFC", path)


def register(app: Dash, showing: Showing) -> None:
    """POST /playlist takes {"songs": [ids], "name"} and gives a file; POST /playlist/read takes a file and gives
    {"songs": [ids], "missing": [names]}.
    """

    @app.server.post("/playlist")
    def save() -> tuple[Response, int]:
        try:
            own_page()
            library = library_of(showing)
            if (request.content_length or 0) > LARGEST:
                raise RequestError(f"A playlist holds at most {MOST_SONGS:,} songs.", 413)
            asked = request.get_json(silent=True)
            text = write(library, _ids(asked, library), _name(asked))
            file = io.BytesIO(text.encode("utf-8", "surrogateescape"))
            filename = f"{_name(asked).translate(NOT_IN_A_FILE_NAME).strip(' .') or 'Songboard'}.m3u8"
            return send_file(file, "application/vnd.apple.mpegurl", as_attachment=True, download_name=filename), 200
        except RequestError as error:
            return problem(error)

    @app.server.post("/playlist/read")
    def open_() -> tuple[Response, int]:
        try:
            own_page()
            request.max_content_length = LARGEST + 1  # a playlist may be larger than what else is asked here
            if (request.content_length or 0) > LARGEST or len(text := request.stream.read(LARGEST + 1)) > LARGEST:
                raise RequestError(f"This playlist is larger than {LARGEST // 2**20} MB, the most that is read.", 413)
            songs, missing = read(library_of(showing), text)
            return jsonify(songs=songs, missing=missing), 200
        except RequestError as error:
            return problem(error)


NOT_IN_A_FILE_NAME = str.maketrans(dict.fromkeys('/\\:*?"<>|', "-"))


def _ids(asked: Any, library: Library) -> Sequence[int]:
    match asked:
        case {"songs": [*songs]} if songs:
            if len(songs) > MOST_SONGS:
                raise RequestError(f"A playlist holds at most {MOST_SONGS:,} songs.", 413)
            if all(type(song) is int and 0 <= song < len(library) for song in songs):
                return songs
            raise RequestError("This playlist names a song that the library does not hold.", 404)
    raise RequestError("There is no song to put into a playlist.")


def _name(asked: Any) -> str:
    match asked:
        case {"name": str(name)}:
            return one_line(name)[:LONGEST_NAME] or "Songboard"
    return "Songboard"
