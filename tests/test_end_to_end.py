"""From files to answers, through every room: composed songs with both ears, and real songs where there are some."""

import os
from pathlib import Path

import pytest

from engine.demo import SONGS, compose
from engine.encoders import open_encoder
from index.build import build_library
from index.library import Library

STYLES = ("Chiptune", "Rock", "Ambient")
REAL = os.environ.get("SONGBOARD_DEV_SONGS", "")  # a folder of albums


@pytest.fixture(scope="module")
def composed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three songs of each of three styles."""
    folder = tmp_path_factory.mktemp("composed")
    compose(folder, songs=[song for style in STYLES for song in [s for s in SONGS if s.genre == style][:3]])
    return folder


@pytest.mark.parametrize("encoder", ["mfcc", "songboard"])
def test_composed_songs_find_their_own_style(composed: Path, tmp_path: Path, encoder: str) -> None:
    summary = build_library(composed, open_encoder(encoder, "cpu"), tmp_path)
    library = Library.load(tmp_path)
    assert summary.indexed == len(library) == 9 and summary.skipped == []
    genres = library.songs["genre"]
    nearest = [genres[library.similar(song, 1)[0].id] == genres[song] for song in range(9)]
    assert sum(nearest) >= 8
    assert library.songs[["x", "y", "z"]].notna().all(axis=None)


def test_a_song_dropped_in_is_its_own_nearest_and_stands_where_it_stood(composed: Path, tmp_path: Path) -> None:
    ear = open_encoder("songboard", "cpu")
    build_library(composed, ear, tmp_path)
    library = Library.load(tmp_path)
    (heard,) = ear.embed([library.audio_path(4)])
    (match,) = library.similar_to(heard.vector, 1)
    assert match.id == 4 and match.similarity == pytest.approx(1, abs=1e-3)
    assert library.place(heard.vector) == pytest.approx(library.songs.loc[4, ["x", "y", "z"]].tolist(), abs=1e-2)


@pytest.mark.skipif(not REAL, reason="SONGBOARD_DEV_SONGS names no folder of real songs")
def test_every_real_song_is_in_and_the_neighbours_are_better_than_chance(real_library: Library) -> None:
    library = real_library
    assert len(library) == sum(path.is_file() for path in Path(REAL).rglob("*.*"))
    albums = [Path(path).parent for path in library.songs["path"]]
    nearest = [albums[library.similar(song, 1)[0].id] == albums[song] for song in range(len(library))]
    chance = sum((albums.count(album) - 1) / (len(albums) - 1) for album in albums)
    assert sum(nearest) > 1.5 * chance
