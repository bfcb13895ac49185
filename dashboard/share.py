"""A map to give away: one .html file that holds all it shows, and asks nobody for anything.

Without sound, unless there are previews beside it.

It is the page's own map, drawn by the same scripts; assets/share/ answers them in the server's place.
"""

import base64
import gzip
import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from dash import html

from dashboard import ids, search, song_map, stage
from dashboard.attributes import aria, data
from dashboard.closeness import AT_VERY_CLOSE, MEANINGS, scale
from dashboard.drawn import described
from dashboard.page import figures, theme_button
from dashboard.previews import Previews
from index.library import Library
from index.nearest import nearest

ASSETS = Path(__file__).parent.parent / "assets"
PARTS = ("draw.js", "ask.js", "songs.js", "search.js", "rows.js", "map/*.js")  # of the page
SCRIPTS = (*PARTS, "share/[!p]*.js", "share/page.js")  # the last draws what the others wait for
STYLES = ("*.css", "share/*.css")
NEIGHBOURS = 10  # of each song
MOST_NEIGHBOURS = 500_000  # of all songs together: fewer of each, where there are more
MOST_SONGS = 100_000

LEAD = "Click a point on the map or search by name: the songs that sound most like it line up here."
SILENT, HEARD = "There is no sound.", "You hear ten seconds of {}."
PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="theme-color" content="#0b0d13">
<title>Songboard</title>
<link rel="icon" href="{logo}">
<style>{style}</style>
<script>{theme}</script>
</head>
<body>
<noscript>This map is drawn by its own scripts: let them run, and load it again.</noscript>
{content}
<script>{script}</script>
</body>
</html>
"""


class ShareError(Exception):
    """A library that cannot be given away as one file; the message says why."""


@dataclass(frozen=True)
class Shared:
    """What was written."""

    size: int  # bytes
    songs: int
    neighbours: int  # of each song


def share(
    library: Library,
    path: Path,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
    previews: Previews | None = None,
) -> Shared:
    """Write the map of a library to a file, under a temporary name until it is whole; `previews` lie beside it.

    `on_progress` is told how many songs are done, of how many. Raises ShareError above MOST_SONGS songs, and where the
    library is empty.
    """
    if not 0 < len(library) <= MOST_SONGS:
        raise ShareError(f"one file holds the map of 1 to {MOST_SONGS:,} songs, and this library has {len(library):,}")
    count = min(NEIGHBOURS, MOST_NEIGHBOURS // len(library))
    content = document(library, *nearest(library, count, on_progress), previews).encode("utf-8", "replace")
    unfinished = path.with_name(f".{path.name}.part")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return Shared(len(content), len(library), count)


def document(library: Library, near: np.ndarray, similarities: np.ndarray, previews: Previews | None = None) -> str:
    """The file: near [songs, k] and similarities [songs, k] are as nearest() gives them."""
    script, theme = "\n".join(_read(SCRIPTS)), "\n".join(_read(["theme.js"]))
    style = "\n".join(_read(STYLES))
    held = {
        "map": song_map.payload(library),
        "songs": song_map.names(library),
        "near": neighbours(library, near, similarities),
    }
    first = start(len(library), previews)
    parts = [_block("page", "application/json", _as_json({"body": [layout(library, first)], "start": first}))]
    if previews:
        parts.append(_block("previews", "application/json", _as_json(beside(previews))))
    parts += [_block(name, "application/gzip", _packed(content)) for name, content in held.items()]
    policy = {
        "default-src": "'none'",
        "script-src": f"{_digest(script)} {_digest(theme)}",
        "style-src": _digest(style),
        "img-src": "data:",
        "media-src": "'self' file:" if previews else "'none'",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return PAGE.format(
        policy="; ".join(f"{name} {value}" for name, value in policy.items()),
        logo=_logo(),
        style=style,
        theme=theme,
        script=script,
        content="\n".join(parts),
    )


def neighbours(library: Library, near: np.ndarray, similarities: np.ndarray) -> bytes:
    """The neighbours as song_map lays arrays out: "near" ids and "similarity", 100 times (1 + cosine), [songs, k].

    "closeness" in the header says which word holds from which similarity on, the closest first.
    """
    words = scale(library)
    least = [words.very_close, words.close, words.related, -1.0]
    closeness = [
        {"word": word, "least": float(at), "meaning": meaning}
        for (word, meaning), at in zip(MEANINGS.items(), least, strict=True)
    ]
    arrays = {"near": near, "similarity": np.round(100 * (1 + similarities)).clip(0, 200).astype(np.uint8)}
    told: dict[str, Any] = {"frame": {}, "centres": {}, "categories": {"closeness": closeness, "full": AT_VERY_CLOSE}}
    return song_map.packed(arrays, told)


def layout(library: Library, first: list[Any]) -> html.Div:
    """One screen: bar, map, and the list at the right with what stands there first."""
    logo = html.Img(src=_logo(), alt="", className="logo")
    return html.Div(
        [
            html.Header(
                [
                    html.Div(
                        [html.H1([logo, "Songboard"]), html.P(figures(library), className="figures")],
                        className="brand",
                    ),
                    search.layout(by_words=False),
                    html.Div(theme_button(), className="actions"),
                ],
                className="bar-top",
            ),
            html.Div(
                [
                    html.Main(stage.layout(library), className="place"),
                    html.Aside(
                        html.Div(
                            [
                                html.Section(first, id=ids.CARD, className="card", **aria(label="Chosen song")),
                                html.P(id=ids.MATCHES_SAID, className="only-heard", role="status"),
                                html.Section([], id=ids.MATCHES, className="matches", **aria(label="Most like it")),
                                html.Section([], id=ids.PATH, hidden=True),
                            ],
                            id="panel-alike",
                            className="panel",
                        ),
                        className="side",
                        **aria(label="What was found"),
                    ),
                ],
                className="middle",
            ),
        ],
        className="page given",
        **data(generation=library.generation),
    )


def start(songs: int, previews: Previews | None) -> list[Any]:
    """What stands at the right before anything is asked."""
    count = len(previews.licences) if previews else 0
    heard = HEARD.format("each" if count == songs else f"{count:,} of them") if count else SILENT
    return [html.H2("Start with a song", className="card-title"), html.P(f"{LEAD} {heard}", className="card-lead")]


def beside(previews: Previews) -> dict[str, Any]:
    """Where the previews lie, and what the songs' tags say of their licences; most say the same."""
    said = sorted(set(previews.licences.values()))
    return {
        "folder": previews.folder,
        "licences": said,
        "songs": {song: said.index(licence) for song, licence in previews.licences.items()},
    }


def _read(names: Iterable[str]) -> list[str]:
    """The text of the files that the patterns name, in their order."""
    return [path.read_text(encoding="utf-8") for name in names for path in sorted(ASSETS.glob(name))]


def _block(name: str, kind: str, text: str) -> str:
    return f'<script id="held-{name}" type="{kind}">{text}</script>'


def _as_json(parts: Any) -> str:
    """JSON in which nothing can end the script that holds it."""
    return json.dumps(parts, default=described, separators=(",", ":")).replace("<", "\\u003c")


def _packed(content: bytes) -> str:
    return base64.b64encode(gzip.compress(content, 9, mtime=0)).decode()


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _logo() -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode((ASSETS / 'songboard.svg').read_bytes()).decode()}"
