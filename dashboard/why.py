"""GET /why: the moments in which two songs are most alike, and what they share and do not, in words."""

from typing import Any

from dash import Dash
from flask import Response, jsonify, request

from dashboard.answer import told
from dashboard.likeness import compare, ranks
from dashboard.requested import RequestError, library_of, problem, song_of, song_or_track
from dashboard.showing import Showing
from dashboard.tracks import Track, Tracks
from index.library import Library

MOMENTS = 2
ALIKE = 0.2  # cosine of two moments below which nobody would hear why they are shown


def why(of: int | Track, other: int, library: Library) -> dict[str, Any]:
    """What makes song `other` a match for a song or a dropped track, as the page shows it."""
    (there,) = told(library, [other])
    if isinstance(of, Track):
        here, title, words = of.descriptors, of.title, library.words_of(of.vector)
    else:
        (song,) = told(library, [of])
        here, title, words = song, song["title"], library.words(of)
    likeness = compare(here, there, ranks(library), (words, library.words(other)))
    return {
        "here": title,
        "there": there["title"],
        "shared": likeness.shared,
        "different": likeness.different,
        "moments": moments(of, other, library),
    }


def moments(of: int | Track, other: int, library: Library) -> list[dict[str, float]]:
    """The pairs of moments that match best, in seconds into each."""
    if isinstance(of, Track):
        found = library.moments_with(of.segments, of.starts, other, MOMENTS)
    else:
        found = library.moments(of, other, MOMENTS)
    return [
        {"here": round(each.start_a, 2), "there": round(each.start_b, 2), "similarity": round(each.similarity, 3)}
        for each in found
        if each.similarity >= ALIKE
    ]


def register(app: Dash, showing: Showing, tracks: Tracks) -> None:
    """Compare ?of=, a song's number or a track's token, with the song ?with=."""

    @app.server.get("/why")
    def answer() -> tuple[Response, int]:
        try:
            library = library_of(showing)
            of = song_or_track(request.args.get("of", ""), library, tracks)
            return jsonify(why(of, song_of(request.args.get("with", ""), library), library)), 200
        except RequestError as error:
            return problem(error)
