"""GET /next: what the radio plays after a song, the nearest that was not heard yet."""

from collections.abc import Sequence

from dash import Dash
from flask import Response, jsonify, request

from dashboard.requested import RequestError, library_of, problem, song_of
from dashboard.showing import Showing
from index.library import Library
from index.ranking import SAME_RECORDING, Rules

MOST_HEARD = 500  # songs a request may say were heard
LOOKED_AT = 50  # of the nearest songs at first; more where none of them will do
TWINS = 5  # of a song's nearest, among which a second copy of it would be
AS_THEY_LIE = Rules(csls=False, hide_duplicates=False)


def following(library: Library, song: int, heard: Sequence[int]) -> int | None:
    """The song most like `song` that is none of `heard`, the latest last; None when all that can be were heard.

    It is no other copy of a recording heard, and not the third song in a row of one artist.
    """
    known = {*heard, song}
    artists = library.songs["artist"]
    last_two = {artists[one] for one in (*(past for past in heard if past != song), song)[-2:]}
    tired_of = last_two.pop() if len(last_two) == 1 and len(known) > 1 else ""
    looked_at, passed = LOOKED_AT, 0
    while True:
        near = library.similar(song, min(looked_at, len(library)))
        for match in near[passed:]:
            fresh = match.id not in known and not (tired_of and artists[match.id] == tired_of)
            if fresh and not _is_copy(library, match.id, known):
                return match.id
        if looked_at >= len(library):
            return None
        passed, looked_at = len(near), looked_at * 8


def _is_copy(library: Library, song: int, known: set[int]) -> bool:
    nearest = library.similar(song, TWINS, AS_THEY_LIE)
    return any(match.id in known and match.similarity > SAME_RECORDING for match in nearest)


def register(app: Dash, showing: Showing) -> None:
    """Answer {"song": id}, or {"song": null} where the radio has come to its end."""

    @app.server.get("/next")
    def following_song() -> tuple[Response, int]:
        try:
            library = library_of(showing)
            song = song_of(request.args.get("song", ""), library)
            names = [name for name in request.args.get("heard", "").split(",") if name]
            if len(names) > MOST_HEARD:
                raise RequestError(f"The radio remembers {MOST_HEARD} songs at most.")
            return jsonify(song=following(library, song, [song_of(name, library) for name in names])), 200
        except RequestError as error:
            return problem(error)
