"""The 3-D map: one trace holds every song in id order, the traces above it light up an answer."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
from dash import ALL, Dash, Input, Output, Patch, State, ctx, dcc, html, no_update

from dashboard import format, ids
from dashboard.attributes import aria
from dashboard.query import Answer, position, told
from index.library import Library

# The traces, from the ground up. Their number never changes: an update then never takes away what the mouse is over.
SONGS, THREADS, MATCHES, HALO, CHOSEN = range(5)

# Twelve hues of one lightness (OKLCH 0.75), neighbours far apart on the circle, then twelve paler ones between them.
PALETTE = (
    "#7daeff", "#f58a8b", "#80c271", "#d292e1", "#d9a440", "#3fc8a1",
    "#eb8ab9", "#b3b549", "#3fbcf0", "#ef945f", "#ad9ffa", "#10c6ce",
    "#bac7ff", "#fdb7a5", "#bed598", "#eeb6e1", "#f2c090", "#9edbb2",
    "#d7bdf8", "#dccb8a", "#87d9ed", "#fbb4c3", "#87ddd2", "#9cd1ff",
)  # fmt: skip
GROUND = "#0b0d13"  # the page's own background: what dimmed colours fade into
CHOSEN_COLOUR, TRACK_COLOUR, THREAD_COLOUR = "#ffffff", "#ffcf70", "#eceef4"
DIMMED = 0.16  # how much of a colour is left when the legend points at another cluster
BEHIND = 0.42  # how much is left while an answer is lit
RIMMED, ROUND = 2000, 5000  # up to so many songs have rims, and are circles
CAMERA = {"eye": {"x": 0.88, "y": 0.88, "z": 0.5}, "up": {"x": 0, "y": 0, "z": 1}, "center": {"x": 0, "y": 0, "z": 0}}
CONFIG: Any = {"displayModeBar": False, "displaylogo": False, "showSendToCloud": False, "scrollZoom": True}
GLOW = (1, 0.8, 0.64, 0.5)  # sizes of the discs that lie upon each other in a halo
STEPS = np.linspace(0.12, 0.92, 14, dtype=np.float32)  # where the dots of a thread stand between two songs


def layout(library: Library) -> html.Section:
    """The map with its legend."""
    return html.Section(
        [
            dcc.Graph(id=ids.MAP, figure=figure(library), config=CONFIG, responsive=True, className="map"),
            html.Nav(
                [html.H2("Clusters", className="eyebrow"), html.Div(legend(library), className="legend-list")],
                id=ids.LEGEND,
                className="legend",
                **aria(label="Clusters"),
            ),
            html.P("Drag to turn, scroll to zoom, click a point to hear it", className="map-hint"),
            html.Button("Recentre", id=ids.RECENTRE, className="quiet-button recentre", type="button"),
            dcc.Store(id=ids.FOCUS),
        ],
        className="stage",
        **aria(label="Map of the songs"),
    )


def legend(library: Library) -> list[html.Button]:
    """One button a cluster with its colour, name and number of songs."""
    counts = np.bincount(library.songs["cluster"].to_numpy(int), minlength=len(library.clusters))
    return [
        html.Button(
            [
                html.Span(className="dot", style={"--hue": colour(number)}),
                html.Span(name, className="legend-name"),
                html.Span(f"{counts[number]:,}", className="legend-count"),
            ],
            id=ids.cluster(number),
            className="legend-row",
            type="button",
            title=name,
            **aria(pressed="false"),
        )
        for number, name in enumerate(library.clusters)
    ]


def figure(library: Library) -> go.Figure:
    """Every song as a point, coloured by cluster; point n is song n."""
    songs = library.songs
    xyz = songs[["x", "y", "z"]].to_numpy(np.float32)
    clusters = len(library.clusters)
    size = point_size(len(songs))
    points = go.Scatter3d(
        x=xyz[:, 0], y=xyz[:, 1], z=xyz[:, 2],
        mode="markers",
        hoverinfo="text",
        hovertext=[
            label(title, format.byline(artist, album))
            for title, artist, album in zip(songs["title"], songs["artist"], songs["album"], strict=True)
        ],
        marker={
            "size": size,
            "color": songs["cluster"].to_numpy(np.float32),
            "colorscale": colour_scale(clusters),
            "cmin": -0.5,
            "cmax": clusters - 0.5,
            "showscale": False,
            # Dark rims part what overlaps. Circles are 23 triangles each, rims as many lines: too much for software GL.
            "line": {"width": 1 if len(songs) <= RIMMED else 0, "color": GROUND},
            "symbol": "circle" if len(songs) <= ROUND else "diamond",
        },
    )  # fmt: skip
    # A cube around the sphere that holds every song: whichever way it is turned, the map fits the view.
    centre = (xyz.min(axis=0) + xyz.max(axis=0)) / 2
    radius = max(1.04 * float(np.linalg.norm(xyz - centre, axis=1).max()), 1e-3)
    axes = {
        f"{name}axis": {"visible": False, "showspikes": False, "range": [float(at) - radius, float(at) + radius]}
        for name, at in zip("xyz", centre, strict=True)
    }
    return go.Figure(
        [points, *(go.Scatter3d(trace) for trace in highlights(library, None))],
        {
            "template": "none",
            "autosize": True,
            "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "showlegend": False,
            "uirevision": "map",
            "hoverlabel": {
                "bgcolor": "#1d2230",
                "bordercolor": "#3a4155",
                "font": {"family": "inherit", "size": 13, "color": "#eceef4"},
                "align": "left",
            },
            "scene": {**axes, "aspectmode": "cube", "dragmode": "turntable", "camera": CAMERA, "uirevision": "map"},
        },
    )


def highlight(library: Library, found: Answer | None, focus: int | None) -> Patch:
    """What changes on the map when a query is answered: everything but the songs themselves."""
    patch = Patch()
    patch["data"][SONGS]["marker"]["colorscale"] = colour_scale(len(library.clusters), focus, lit=found is not None)
    patch["data"][SONGS]["marker"]["size"] = point_size(len(library)) * (0.75 if found else 1)
    for number, trace in zip((THREADS, MATCHES, HALO, CHOSEN), highlights(library, found), strict=True):
        patch["data"][number] = trace
    return patch


def highlights(library: Library, found: Answer | None) -> list[dict[str, Any]]:
    """The traces THREADS, MATCHES, HALO and CHOSEN of an answer, as plain data; invisible points when there is none."""
    if found is None:
        here = library.songs.loc[0, ["x", "y", "z"]].to_numpy(np.float32)[None]
        return [_markers(here, GROUND, 0.01, 0.01, hoverinfo="skip") for _ in range(4)]
    centre = position(found, library)[None]  # [1, 3]
    songs = told(library, [match.id for match in found.matches])
    around = np.array([[song["x"], song["y"], song["z"]] for song in songs], np.float32).reshape(-1, 3)  # [matches, 3]
    threads = (centre + STEPS[:, None, None] * (around - centre)).reshape(-1, 3)  # [steps * matches, 3]
    size = max(point_size(len(library)), 1.8)  # an answer is seen in any crowd
    if found.track is None:
        (song,) = told(library, [found.song])
        tint, glow, name = CHOSEN_COLOUR, 4.0, label(song["title"], format.byline(song["artist"], song["album"]))
    else:
        tint, glow, name = TRACK_COLOUR, 6.0, label(found.track.title, "Dropped track")
    named = {"hoverinfo": "text", "hovertext": name, "customdata": [found.song] * len(GLOW)}
    return [
        _markers(threads.round(3), THREAD_COLOUR, 0.13 * size, 0.6, hoverinfo="skip"),
        _markers(
            around,
            [colour(song["cluster"]) for song in songs],
            1.5 * size,
            1,
            hoverinfo="text",
            hovertext=[label(song["title"], format.byline(song["artist"], song["album"])) for song in songs],
            customdata=[match.id for match in found.matches],
        ),
        _markers(centre.repeat(len(GLOW), axis=0), tint, [glow * size * ring for ring in GLOW], 0.14, **named),
        _markers(centre, tint, 2 * size, 1, **named),
    ]


def _markers(
    xyz: np.ndarray, color: str | list[str], size: float | list[float], opacity: float, **rest: Any
) -> dict[str, Any]:
    # Not rounded: a match drawn at the very depth of its song covers it.
    x, y, z = xyz.T.tolist()
    # plotly.js halves sizes that come as a list and takes them by sizeref; one size alone it takes as it is.
    marker = {"color": color, "size": size, "sizeref": 0.5, "opacity": opacity, "line": {"width": 0}}
    return {"type": "scatter3d", "mode": "markers", "x": x, "y": y, "z": z, "marker": marker, **rest}


def colour(cluster: int) -> str:
    """The colour of a cluster, as hex."""
    return PALETTE[cluster % len(PALETTE)]


def colour_scale(clusters: int, focus: int | None = None, lit: bool = False) -> list[tuple[float, str]]:
    """A scale of one step a cluster. A click changes this scale, and the songs keep the numbers they came with.

    `focus` is the cluster the legend points at: the others fade. `lit` says that an answer stands before the map, which
    then steps back.
    """
    kept = [(BEHIND if lit else 1.0) if focus in (None, number) else DIMMED for number in range(clusters)]
    steps = [faded(colour(number), share) for number, share in enumerate(kept)]
    return [(edge / clusters, step) for at, step in enumerate(steps) for edge in (at, at + 1)]


def faded(hex_colour: str, share: float) -> str:
    """A share of a colour in the background, 1 is the colour itself."""
    mix = (share * int(hex_colour[at : at + 2], 16) + (1 - share) * int(GROUND[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{round(part):02x}" for part in mix)


def point_size(songs: int) -> float:
    """Diameter of a point in pixels: a handful of songs are pearls, ten thousand are dust."""
    return float(np.clip(5 - np.log10(max(songs, 1)), 0.9, 4))


def label(title: str, by: str) -> str:
    """What stands beside a point. Plotly reads labels as pseudo-HTML, and these words come from tags of files."""
    title, by = (text.replace("&", "&amp;").replace("<", "&lt;") for text in (title, by))
    return f"<b>{title}</b><br>{by}"


def register(app: Dash, library: Library) -> None:
    """The legend's callback: a click on a cluster dims the rest, a second click brings it back."""
    clusters = len(library.clusters)

    @app.callback(
        Output(ids.FOCUS, "data"),
        Output(ids.MAP, "figure", allow_duplicate=True),
        Output({"type": "cluster", "index": ALL}, "aria-pressed"),
        Input({"type": "cluster", "index": ALL}, "n_clicks"),
        State(ids.FOCUS, "data"),
        State(ids.QUERY, "data"),
        prevent_initial_call=True,
    )
    def focus(clicks: list[int | None], focused: int | None, asked: Any) -> tuple[Any, Any, Any]:
        if not any(clicks) or not isinstance(ctx.triggered_id, dict):
            return no_update, no_update, [no_update] * len(clicks)
        clicked = int(ctx.triggered_id["index"])
        now = None if clicked == focused else clicked
        patch = Patch()
        patch["data"][SONGS]["marker"]["colorscale"] = colour_scale(clusters, now, lit=asked is not None)
        return now, patch, ["true" if number == now else "false" for number in range(clusters)]
