"""A library for other programs: song_embeddings.json, and df_clusters.csv for a spreadsheet or pandas."""

import json
from collections.abc import Callable
from pathlib import Path

from index.health import to_csv
from index.library import Library, LibraryError


def export_json(library: Library, folder: Path) -> Path:
    """Write song_embeddings.json into a folder and return its path; LibraryError where it cannot be written.

    {"encoder", "fingerprint", "songs": [{"id", "path", "title", "artist", "cluster", "embedding": [...]}, ...]}, the
    embeddings whitened and of unit length: their dot product is the cosine of two songs.
    """
    songs = library.songs[["id", "path", "title", "artist", "cluster"]].to_dict("records")
    vectors = library.vectors().round(6).tolist()
    content = {
        "encoder": library.encoder,
        "fingerprint": library.fingerprint,
        "songs": [song | {"embedding": vector} for song, vector in zip(songs, vectors, strict=True)],
    }
    return _write(folder / "song_embeddings.json", lambda path: path.write_text(json.dumps(content)))


def export_csv(library: Library, folder: Path) -> Path:
    """Write df_clusters.csv into a folder and return its path; one row a song, with its cluster and its x, y, z.

    It is made to be opened in a spreadsheet: a title that would begin a formula there begins with an apostrophe.
    """
    table = to_csv(library.songs)
    return _write(folder / "df_clusters.csv", lambda path: path.write_text(table, encoding="utf-8", newline=""))


def _write(path: Path, write: Callable[[Path], object]) -> Path:
    partial = path.with_name(f"{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(partial)
        return partial.replace(path)
    except OSError as error:
        raise LibraryError(f"{path} cannot be written: {error.strerror or error}") from error
