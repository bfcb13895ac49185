"""GET /map/<generation>: where every song stands and what it can be coloured by, once and as binary."""

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from dash import Dash
from flask import Response, make_response, request

from dashboard.protection import FOREVER
from dashboard.showing import Showing
from index.library import Library

KEYS = ("C", "G", "D", "A", "E", "B", "F#", "C#", "G#", "D#", "A#", "F")  # by fifths: neighbours sound alike
FLATS = {"Db": "C#", "Eb": "D#", "Gb": "F#", "Ab": "G#", "Bb": "A#"}
CATEGORIES = {"genre": "genre", "artist": "artist"}  # what the page calls it: the column of the library
NUMBERS = {"year": "year", "tempo": "bpm", "loudness": "loudness", "brightness": "brightness"}
WITHIN = 0.995  # of all songs lie in the unit sphere: a single stray one does not make the map small


def register(app: Dash, showing: Showing) -> None:
    """The two routes of a generation: /map for drawing, /songs for the names."""
    drawn = lru_cache(2)(lambda name: payload(showing.of(name)))
    named = lru_cache(2)(lambda name: names(showing.of(name)))

    @app.server.get("/map/<generation>")
    def song_map(generation: str) -> Response:
        return _lasting(showing, generation, drawn, "application/octet-stream")

    @app.server.get("/songs/<generation>")
    def songs(generation: str) -> Response:
        return _lasting(showing, generation, named, "application/json")


def _lasting(showing: Showing, generation: str, content: Callable[[str], bytes], mimetype: str) -> Response:
    if showing.of(generation).generation != generation:
        response = make_response("This build of the library is no longer shown. Load the page again.", 404)
        response.mimetype = "text/plain"
        return response
    response = make_response(content(generation))
    response.mimetype = mimetype
    response.cache_control.clear()
    response.headers["Cache-Control"] = FOREVER  # a generation never changes
    response.set_etag(generation)
    response.make_conditional(request)
    return response


def payload(library: Library) -> bytes:
    """A library as the map takes it in: a uint32, the length of the header; the header, JSON; arrays. Little-endian.

    The header's "arrays" names them in their order, {"name", "dtype", "width"}; each is [songs, width] and starts at a
    multiple of four bytes. Positions are centred and lie in the unit sphere: xyz, and uv of the flat map; "frame" holds
    the centre and radius that were taken off. The names of a category stand in "categories" by code; the code after the
    last is a song of which it is not known, as NaN is of a number.
    """
    songs = library.songs
    frames, arrays = {}, {}
    for name, places in {"xyz": songs[["x", "y", "z"]].to_numpy(np.float64), "uv": flat(songs)}.items():
        arrays[name], frames[name] = framed(places)
    clusters = songs["cluster"].to_numpy(int)
    centres = {
        name: [_listed(np.median(arrays[name][clusters == number], axis=0)) for number in range(len(library.clusters))]
        for name in frames
    }
    categories = {"cluster": library.clusters}
    arrays["cluster"] = clusters.astype(np.uint16)
    for name, column in CATEGORIES.items():
        arrays[name], categories[name] = coded(songs[column])
    arrays["key"], categories["key"] = keys(songs["initial_key"])
    for name, column in NUMBERS.items():
        arrays[name] = known(songs[column], at_least_one=name in {"year", "tempo", "brightness"})
    return packed(arrays, {"frame": frames, "centres": centres, "categories": categories})


def packed(arrays: Mapping[str, np.ndarray], header: Mapping[str, Any]) -> bytes:
    """Arrays [songs] or [songs, width] of float32 or unsigned integers, laid out as payload() says."""
    told = {
        "songs": len(next(iter(arrays.values()))),
        "arrays": [_described(name, array) for name, array in arrays.items()],
    }
    return b"".join([_head(told | dict(header)), *(_padded(array.tobytes()) for array in arrays.values())])


def names(library: Library) -> bytes:
    """What the songs are called, as JSON: titles, artists, albums and lengths in seconds, in id order."""
    songs = library.songs
    told = {f"{column}s": songs[column].tolist() for column in ("title", "artist", "album")}
    lengths = songs["length"].fillna(0).round(1).tolist()
    return json.dumps(told | {"lengths": lengths}, ensure_ascii=False, separators=(",", ":")).encode()


def flat(songs: pd.DataFrame) -> np.ndarray:
    """Where the songs stand on the flat map, [songs, 2]: as the library says, else seen along the thinnest axis."""
    if {"u", "v"} <= set(songs.columns) and np.isfinite(songs[["u", "v"]]).all(axis=None):
        return songs[["u", "v"]].to_numpy(np.float64)
    xyz = songs[["x", "y", "z"]].to_numpy(np.float64)
    return (xyz - xyz.mean(axis=0)) @ principal_plane(xyz)


def principal_plane(xyz: np.ndarray) -> np.ndarray:
    """The two widest axes of xyz [songs, 3] as columns, [3, 2]; each turned so that its largest part is positive."""
    _, axes = np.linalg.eigh(np.cov(xyz, rowvar=False) if len(xyz) > 1 else np.eye(3))
    plane = axes[:, :0:-1]  # widest first
    return plane * np.sign(plane[np.abs(plane).argmax(axis=0), [0, 1]])


def framed(places: np.ndarray) -> tuple[np.ndarray, dict[str, object]]:
    """Places [songs, d] centred and scaled into the unit sphere, float32; and the centre and radius they had."""
    centre = np.quantile(places, [1 - WITHIN, WITHIN], axis=0).mean(axis=0)
    away = np.linalg.norm(places - centre, axis=1)
    radius = max(float(np.quantile(away, WITHIN)), 1e-6)
    return ((places - centre) / radius).astype(np.float32), {"centre": _listed(centre), "radius": radius}


def coded(column: pd.Series) -> tuple[np.ndarray, list[str]]:
    """A column of text as codes [songs] and the names by code, the most frequent first; unknown is the code after."""
    counts = column[column != ""].value_counts()
    held = sorted(counts.index, key=lambda name: (-counts[name], name))
    codes = pd.Index(held, dtype=object).get_indexer(pd.Index(column))
    codes = np.where(codes < 0, len(held), codes)
    return codes.astype(np.uint16 if len(held) < 2**16 else np.uint32), held


def keys(column: pd.Series) -> tuple[np.ndarray, list[str]]:
    """Keys as codes 0..23, uint8 [songs], and their names: major then minor, by fifths; 24 is unknown."""
    held = [*KEYS, *(f"{key}m" for key in KEYS)]
    sharps = column.str.replace(r"^[A-G]b", lambda flat: FLATS.get(flat[0], flat[0]), regex=True)
    codes = pd.Index(held, dtype=object).get_indexer(pd.Index(sharps))
    return np.where(codes < 0, len(held), codes).astype(np.uint8), held


def known(column: pd.Series, at_least_one: bool) -> np.ndarray:
    """Numbers as float32 [songs]; NaN where they are not known, which a year of 0 and a tempo of 0 also say."""
    numbers = column.to_numpy(np.float64)
    return np.where(np.isfinite(numbers) & ((numbers >= 1) | (not at_least_one)), numbers, np.nan).astype(np.float32)


def _described(name: str, array: np.ndarray) -> dict[str, object]:
    return {"name": name, "dtype": array.dtype.name, "width": array.shape[1] if array.ndim > 1 else 1}


def _head(header: dict[str, object]) -> bytes:
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    text += b" " * (-len(text) % 4)
    return np.uint32(len(text)).astype("<u4").tobytes() + text


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


def _listed(values: np.ndarray) -> list[float]:
    return [round(float(value), 5) for value in values]
