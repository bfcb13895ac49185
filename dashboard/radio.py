"""GET /next: what the radio plays after a song or a dropped track, the nearest that was not heard yet."""

import json
from collections.abc import Sequence

from dash import Dash
from flask import Response, jsonify, request

from dashboard import rules
from dashboard.answer import MATCHES
from dashboard.query import Asked, sound_of
from dashboard.requested import RequestError, library_of, problem, song_of, song_or_track
from dashboard.showing import Showing
from dashboard.taste import Tastes
from dashboard.tracks import Track, Tracks
from index.library import Library
from index.ranking import SAME_RECORDING, Match, Rules
from index.store import StoreError
from index.taste import Metric

MOST_HEARD = 500  # songs a request may say were heard
TWINS = 5  # of a song's nearest, among which a second copy of it would be
AS_THEY_LIE = Rules(csls=False, hide_duplicates=False)


def following(
    library: Library,
    of: int | Track,
    heard: Sequence[int],
    allowed: Rules = rules.USUAL,
    taste: Metric | None = None,
) -> int | None:
    """The song most like `of` that the rules allow and that is none of `heard`, the latest last.

    It is no other copy of a recording heard, and not the third song in a row of one artist. None when all that can be
    were heard.
    """
    played = list(heard) if isinstance(of, Track) else [*(past for past in heard if past != of), of]
    known, artists = set(played), library.songs["artist"]
    last_two = [artists[song] for song in played[-2:]]
    tired_of = last_two[0] if len(last_two) == 2 and last_two[0] == last_two[1] else ""
    most = MATCHES  # the songs that the list shows; more where none of them will do
    passed: set[int] = set()
    while True:
        near = _near(library, of, min(most, len(library)), allowed, taste)
        for match in near:
            if match.id in passed:
                continue
            fresh = match.id not in known and not (tired_of and artists[match.id] == tired_of)
            if fresh and not _is_copy(library, match.id, known):
                return match.id
            passed.add(match.id)
        if len(near) < most:
            return None
        most *= 8


def _near(library: Library, of: int | Track, k: int, allowed: Rules, taste: Metric | None) -> list[Match]:
    return library.blend([of.vector if isinstance(of, Track) else of], [], k, allowed, taste)


def _is_copy(library: Library, song: int, known: set[int]) -> bool:
    nearest = library.similar(song, TWINS, AS_THEY_LIE)
    return any(match.id in known and match.similarity > SAME_RECORDING for match in nearest)


def register(app: Dash, showing: Showing, tracks: Tracks, tastes: Tastes) -> None:
    """Answer {"song": id}, or {"song": null} where the radio has come to its end; ?rules= are the page's, as JSON."""

    @app.server.get("/next")
    def following_song() -> tuple[Response, int]:
        try:
            library = library_of(showing)
            of = song_or_track(request.args.get("song", ""), library, tracks)
            names = [name for name in request.args.get("heard", "").split(",") if name]
            if len(names) > MOST_HEARD:
                raise RequestError(f"The radio remembers {MOST_HEARD} songs at most.")
            heard = [song_of(name, library) for name in names]
            song = following(library, of, heard, _allowed(of, library), tastes.metric(library))
            return jsonify(song=song), 200
        except RequestError as error:
            return problem(error)
        except rules.RulesError as error:
            return problem(RequestError(str(error)))
        except StoreError as error:
            return problem(RequestError(f"{error}.", 503))


def _allowed(of: int | Track, library: Library) -> Rules:
    """The rules of the page, by which the next song may have to go with this one."""
    asked = Asked("", None, of) if isinstance(of, Track) else Asked(str(of), of, None)
    try:
        return rules.read(json.loads(request.args.get("rules", "null")), sound_of(asked, library))
    except rules.RulesError:
        raise
    except (ValueError, RecursionError):
        raise rules.RulesError("These rules were not understood. Reset them and choose again.") from None
