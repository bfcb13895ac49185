"""How a song, an album and an artist look to players. Where a file lies is not among it."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from dashboard.answer import told
from dashboard.audio import mime_type
from dashboard.catalogue import Album, Artist, Catalogue, artist_key, catalogue
from index.library import Library


def songs_told(library: Library, songs: Iterable[int]) -> list[dict[str, Any]]:
    """Songs in their order, each as the protocol's `Child`."""
    held = catalogue(library)
    return [_song(row, held) for row in told(library, songs)]


def album_told(album: Album, created: str) -> dict[str, Any]:
    """An album as the protocol's `AlbumID3`; `created` is the date of the build."""
    return {
        "id": album.key,
        "name": album.name,
        "artist": album.artist,
        "artistId": artist_key(album.artist),
        "songCount": len(album.songs),
        "duration": round(album.length),
        "created": created,
    } | _known({"year": album.year, "genre": album.genre})


def artist_told(artist: Artist) -> dict[str, Any]:
    """An artist as the protocol's `ArtistID3`."""
    return {"id": artist.key, "name": artist.name, "albumCount": len(artist.albums)}


def _song(row: dict[str, Any], held: Catalogue) -> dict[str, Any]:
    path, album = Path(row["path"]), held.album_of(row["id"])
    return {
        "id": held.keys[row["id"]],
        "parent": album.key,
        "isDir": False,
        "isVideo": False,
        "type": "music",
        "mediaType": "song",
        "title": row["title"],
        "album": album.name,
        "albumId": album.key,
        "artist": row["artist"] or album.artist,
        "artistId": held.player_of(row["id"]),
        "duration": round(row["length"]),
        "contentType": mime_type(path),
        "suffix": path.suffix[1:].lower(),
        "bpm": round(row["bpm"]) if row["bpm"] > 0 else 0,
    } | _known({name: row[name] for name in ("track", "year", "genre")})


def _known(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}
