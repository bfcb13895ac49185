"""Exports open in other programs and say what the library says."""

import csv
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from spectrum import SpectrumEmbedder

from index.build import build_library
from index.export import export_csv, export_json
from index.library import Library, LibraryError
from index.ranking import Rules


@pytest.fixture
def library(songs: Path, ear: SpectrumEmbedder, tmp_path: Path) -> Library:
    build_library(songs, ear, tmp_path / "library")
    return Library.load(tmp_path / "library")


def test_the_json_holds_every_song_and_its_similarities(library: Library, tmp_path: Path) -> None:
    content = json.loads(export_json(library, tmp_path / "out").read_text())
    assert content["fingerprint"] == library.fingerprint and len(content["songs"]) == len(library)
    vectors = np.array([song["embedding"] for song in content["songs"]])
    best = library.similar(0, 1, Rules(csls=False))[0]
    assert vectors[0] @ vectors[best.id] == pytest.approx(best.similarity, abs=1e-4)


def test_the_csv_opens_in_pandas_with_clusters_and_coordinates(library: Library, tmp_path: Path) -> None:
    table = pd.read_csv(export_csv(library, tmp_path))
    assert table["title"].tolist() == library.songs["title"].tolist()
    assert {"cluster", "cluster_name", "x", "y", "z"} <= set(table.columns)


@pytest.mark.parametrize("title", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_title_is_a_formula_in_a_spreadsheet(library: Library, tmp_path: Path, title: str) -> None:
    library.songs.loc[0, "title"] = title
    with export_csv(library, tmp_path).open(encoding="utf-8", newline="") as file:
        row = next(csv.DictReader(file))
    assert row["title"] == f"'{title}"
    assert float(row["x"]) == pytest.approx(library.songs["x"][0])  # a number below zero stays one


def test_a_folder_that_cannot_be_written_is_named(library: Library, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(LibraryError, match="cannot be written"):
        export_json(library, tmp_path / "file")
