"""The one state of the page: what is asked, as plain data, and the songs that answer it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from dashboard.tracks import Track, Tracks
from index.library import Library
from index.ranking import Match

MATCHES = 20


class QueryError(Exception):
    """A question the library cannot answer; the message is a sentence for the page."""


@dataclass(frozen=True)
class Answer:
    """A song of the library or a dropped track, and the songs most like it, best first."""

    key: str  # what the player calls it: "12" or "track-…"
    song: int | None  # its id, None for a dropped track
    track: Track | None
    matches: list[Match]


def answer(query: Any, library: Library, tracks: Tracks, k: int = MATCHES) -> Answer | None:
    """The answer to {"song": id} or {"track": token}, None when nothing is asked.

    The query comes from the browser, so every shape of it is expected. Raises QueryError.
    """
    match query:
        case None:
            return None
        case {"song": int(song)} if not isinstance(song, bool):
            if not 0 <= song < len(library):
                raise QueryError(f"This library has no song {song}. Choose one on the map or search for it by name.")
            return Answer(str(song), song, None, library.similar(song, k))
        case {"track": str(token)}:
            track = tracks.get(token)
            if track is None:
                raise QueryError("This track has been forgotten. Drop it again to hear what it resembles.")
            return Answer(token, None, track, library.similar_to(track.vector, k))
        case _:
            raise QueryError("This question was not understood. Choose a song on the map or search for it by name.")


def position(found: Answer, library: Library) -> np.ndarray:
    """Where on the map the thing asked about stands, [3]."""
    if found.track is not None:
        return found.track.xyz
    (song,) = told(library, [found.song])
    return np.array([song["x"], song["y"], song["z"]], np.float32)


def told(library: Library, songs: Iterable[int | None]) -> list[dict[str, Any]]:
    """What the library tells of some songs, in their order: one dict a song, by the columns of its table."""
    return [
        {str(name): value for name, value in row.items()} for row in library.songs.loc[list(songs)].to_dict("records")
    ]
