"""GET /waveform/<id or token>: how loud a song or a dropped track is from its start to its end, one byte a step."""

from dash import Dash
from flask import Response, make_response

from dashboard.requested import RequestError, library_of, sentence, song_or_track
from dashboard.showing import Showing
from dashboard.tracks import Track, Tracks

KEEP = 30 * 24 * 3600  # seconds a browser keeps it; the address names the generation, which never changes


def register(app: Dash, showing: Showing, tracks: Tracks) -> None:
    """Serve the peaks of one song or track, uint8; nothing (204) for a song heard before there were peaks."""

    @app.server.get("/waveform/<path:name>")
    def waveform(name: str) -> Response:
        try:
            library = library_of(showing)
            of = song_or_track(name, library, tracks)
        except RequestError as error:
            return sentence(error)
        peaks = of.peaks if isinstance(of, Track) else library.peaks(of)  # [<= 1200]
        if not len(peaks):
            return make_response("", 204)
        response = make_response(peaks.tobytes())
        response.mimetype = "application/octet-stream"
        response.cache_control.private = True
        response.cache_control.max_age = KEEP
        return response
