"""The files of one build, as other programs read them."""

import csv
from dataclasses import replace

import pandas as pd
import sounds
from spectrum import SpectrumEmbedder

from index.build import build_library
from index.library import Library

AWKWARD = ["007", "NA", "null", "1e5", "True", "=1+1", 'He said "no", twice', "夜曲, 第二", "-", "nan"]


def test_the_table_opens_in_pandas_and_in_a_spreadsheet(tmp_path, ear):
    folder = tmp_path / "songs"
    for number, title in enumerate(AWKWARD):
        tags = {"title": title, "artist": title, "album": title, "genre": title}
        sounds.write(folder / f'{number} a,b\n"c\r".flac', sounds.tone(200 + 50 * number, 1.2), **tags)
    build_library(folder, ear, tmp_path / "library")
    library = Library.load(tmp_path / "library")
    path = tmp_path / "library" / library.generation / "clusters.csv"
    for column in ("title", "artist", "album", "genre"):
        assert library.songs[column].tolist() == AWKWARD
    assert library.audio_path(3).is_file()
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, strict=True))
    assert [row["title"] for row in rows] == AWKWARD
    assert [int(row["id"]) for row in rows] == [*range(len(AWKWARD))]
    assert path.read_bytes().count(b"\r\n") == len(AWKWARD) + 1
    assert pd.read_csv(path)["bpm"].dtype == "float64"


def test_a_descriptor_the_encoder_does_not_know_is_missing_and_not_zero(tmp_path):
    class Plain(SpectrumEmbedder):
        def embed(self, paths):
            for result in super().embed(paths):
                yield replace(result, descriptors={"bpm": float("nan")})

    build_library(sounds.short_songs(tmp_path / "songs", 2), Plain(), tmp_path / "library")
    songs = Library.load(tmp_path / "library").songs
    assert songs[["bpm", "loudness"]].isna().all(axis=None)
    assert songs["initial_key"].tolist() == ["", ""]
