"""GET /waveform/<id or token>: how loud a song or a dropped track is from its start to its end, one byte a step."""

from dash import Dash
from flask import Response, make_response

from dashboard.requested import RequestError, library_of, sentence, song_of
from dashboard.showing import Showing
from dashboard.tracks import Tracks

KEEP = 30 * 24 * 3600  # seconds a browser keeps it; the address names the generation, which never changes


def register(app: Dash, showing: Showing, tracks: Tracks) -> None:
    """Serve the peaks of one song or track, uint8; nothing (204) for a song heard before there were peaks."""

    @app.server.get("/waveform/<path:name>")
    def waveform(name: str) -> Response:
        try:
            if track := tracks.get(name):
                peaks = track.peaks  # [<= 1200]
            else:
                library = library_of(showing)
                peaks = library.peaks(song_of(name, library))
        except RequestError as error:
            return sentence(error)
        if not len(peaks):
            return make_response("", 204)
        response = make_response(peaks.tobytes())
        response.mimetype = "application/octet-stream"
        response.cache_control.private = True
        response.cache_control.max_age = KEEP
        return response
