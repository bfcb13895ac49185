"""How the library is: what it holds, and which files were left out or are not what they should be."""

from datetime import datetime
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any

import pandas as pd
from dash import Dash, Input, Output, dcc, html
from flask import Response, request

from dashboard import format, ids
from dashboard.attributes import aria, data
from dashboard.showing import HELD, Showing
from index.health import COLUMNS, health, to_csv
from index.library import Library
from index.store import StoreError

MOST = 200  # rows of the table; the file holds all
FILE = "songboard-health.csv"


def layout(library: Library) -> list[Any]:
    """The panel: figures at once, and what was found when somebody looks. assets/health.js asks for it."""
    return [
        html.Section(
            [html.H2("The library", className="eyebrow"), html.Dl([_figure(*told) for told in figures(library)])],
            className="health-figures",
        ),
        html.Section(
            html.P("Looking through the library", className="card-lead"),
            id=ids.HEALTH,
            **aria(live="polite", label="Files worth a look"),
        ),
        dcc.Store(id=ids.HEALTH_ASKED),
    ]


def figures(library: Library) -> list[tuple[str, str]]:
    """What there is to tell of a library, as (name, value)."""
    songs = library.songs
    artists = songs["artist"][songs["artist"] != ""].nunique()
    return [
        ("Songs", f"{len(library):,}"),
        ("Music", format.span(float(songs["length"].sum()))),
        ("Artists", f"{artists:,}" if artists else "not named"),
        ("Clusters", f"{len(library.clusters):,}"),
        ("Encoder", PurePosixPath(library.encoder).name),
        ("Its fingerprint", library.fingerprint),
        ("Built", built(library.created)),
        ("Songs folder", str(library.songs_folder)),
    ]


def built(created: str) -> str:
    """A moment of ISO 8601 as the clock on this machine's wall shows it, "26 November 2026, 14:05"."""
    moment = datetime.fromisoformat(created).astimezone()
    return f"{moment.day} {moment:%B %Y, %H:%M}"


def report(table: pd.DataFrame, kind: str | None) -> list[Any]:
    """What was found, of one kind or of all; a sentence where there is nothing."""
    if table.empty:
        return [
            html.P("Every file is in good health.", className="health-well"),
            html.P("None was skipped, none is silent or cut off, and no song is there twice.", className="card-lead"),
        ]
    counts = table["kind"].value_counts()
    shown = table[table["kind"] == kind] if kind in counts.index.tolist() else table
    return [
        html.Div(
            [
                html.H2(format.count(len(table), "finding"), className="eyebrow"),
                html.A(
                    [html.Span(className="icon icon-download"), "CSV"],
                    href="/health.csv",
                    download=FILE,
                    className="quiet-button health-csv",
                    title="Download all of it as a table",
                ),
            ],
            className="health-head",
        ),
        html.Div(
            [
                _chip("All", len(table), None, kind),
                *(_chip(str(name), count, str(name), kind) for name, count in counts.items()),
            ],
            className="health-kinds",
            role="group",
            **aria(label="Show one kind alone"),
        ),
        html.Table(
            [
                html.Caption("Files worth a look", className="only-heard"),
                html.Thead(html.Tr([html.Th("File", scope="col"), html.Th("What was found", scope="col")])),
                html.Tbody([_row(*finding) for finding in shown[COLUMNS].head(MOST).itertuples(index=False)]),
            ],
            className="health-table",
        ),
        html.P(f"The first {MOST} of {len(shown):,}; the CSV holds all.", className="health-more")
        if len(shown) > MOST
        else None,
    ]


def register(app: Dash, showing: Showing) -> None:
    """The report when the panel asks for it, and GET /health.csv. What was found is kept: songs change with a build."""

    @lru_cache(maxsize=HELD)
    def found(library: Library) -> pd.DataFrame:
        return health(library)

    @app.callback(Output(ids.HEALTH, "children"), Input(ids.HEALTH_ASKED, "data"), prevent_initial_call=True)
    def show(asked: Any) -> list[Any]:
        asked = asked if isinstance(asked, dict) else {}
        try:
            return report(found(showing.of(asked.get("generation"))), asked.get("kind"))
        except StoreError as error:  # copies are found by their vectors
            return [html.P(f"{error}. Reload the page to look again.", className="card-lead", role="alert")]

    @app.server.get("/health.csv")
    def csv() -> Response:
        table = to_csv(found(showing.of(request.args.get("g"))))
        return Response(
            table.encode("utf-8", "replace"),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f"attachment; filename={FILE}"},
        )


def _figure(name: str, value: str) -> html.Div:
    return html.Div([html.Dt(name), html.Dd(value, title=value)])


def _chip(name: str, count: int, kind: str | None, chosen: str | None) -> html.Button:
    return html.Button(
        [name.capitalize(), html.Span(f"{count:,}", className="tab-count")],
        className="quiet-button",
        type="button",
        **data(kind=kind or ""),
        **aria(pressed=str(kind == chosen).lower()),
    )


def _row(path: str, song: int, kind: str, detail: str) -> html.Tr:
    name, folder = PurePosixPath(path).name, str(PurePosixPath(path).parent)
    title = (
        html.Span(name, className="health-name")
        if song < 0
        else html.Button(name, className="health-name", type="button", **data(song=str(song)))
    )
    return html.Tr(
        [
            html.Td([title, html.Span("" if folder == "." else folder, className="health-folder")]),
            html.Td([html.Span(kind.capitalize(), className="health-kind"), html.Span(detail)]),
        ]
    )
