"""Libraries, matches and embeddings as a notebook meets them: what they show, and the tables they give and take."""

import subprocess
import sys
from html import escape
from pathlib import Path

import pandas as pd
import pytest
from shelf import library, titled

from index import Filter, Rules

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize(("way_in", "heavy"), [("index", ["faiss", "pandas"]), ("engine", ["torch", "librosa"])])
def test_the_way_in_loads_nothing_heavy(way_in, heavy):
    loaded = f"import sys, {way_in}; dir({way_in}); sys.exit(any(name in sys.modules for name in {heavy}))"
    assert subprocess.run([sys.executable, "-c", loaded], cwd=ROOT).returncode == 0


def test_the_way_in_names_what_it_has():
    import engine
    import index

    assert {"Library", "Filter", "Rules", "build_library"} <= set(dir(index))
    assert {"Embedder", "MfccEmbedder", "load_audio", "open_encoder"} <= set(dir(engine))
    with pytest.raises(ImportError):
        from index import Embedder  # noqa: F401


def test_a_library_shows_how_much_it_holds():
    assert "12 songs" in repr(library())
    assert f"{len(library().clusters)} clusters" in repr(library())


def test_a_library_shows_its_clusters_as_a_table_that_no_title_breaks():
    shown = library()._repr_html_()
    assert all(escape(name) in shown for name in library().clusters)
    matches = library().similar(titled("Chord 1"), k=11)._repr_html_()
    assert escape("<b>Bold</b>") in matches
    assert "<b>" not in shown + matches


def test_matches_become_a_table_with_titles_in_their_order():
    matches = library().similar(titled("The Tones 1"), k=5)
    table = matches.to_frame()
    assert table.index.tolist() == [match.id for match in matches]
    assert table["similarity"].tolist() == [match.similarity for match in matches]
    assert table["title"].tolist() == [library().song(match.id).title for match in matches]
    assert all(title in repr(matches) for title in table["title"])


def test_passages_become_a_table_with_their_seconds():
    table = library().passages(titled("The Tones 1"), 0.0, 2.0, k=3).to_frame()
    assert len(table) == 3
    assert (table["start"] < table["end"]).all()


def test_no_matches_are_an_empty_table():
    nothing = library().similar(0, rules=Rules(filter=Filter(only=frozenset())))
    assert nothing == []
    assert len(nothing.to_frame()) == 0
    assert repr(nothing) == "no songs" and "no songs" in nothing._repr_html_()


def test_only_the_songs_of_a_table_are_looked_at():
    noises = library().songs.query("artist == 'Björk Noise'")
    matches = library().similar(titled("The Tones 1"), rules=Rules(filter=Filter.rows(noises)))
    assert {match.id for match in matches} == set(noises.index)


def test_files_are_heard_by_their_names_and_alone(songs):
    from engine import MfccEmbedder

    files = pd.Series(sorted(str(path) for path in songs.rglob("*.flac"))[:2])
    assert {str(heard.path) for heard in MfccEmbedder().embed(files)} == set(files)
    (alone,) = MfccEmbedder().embed(files[0])
    assert "01 A.flac" in repr(alone) and "vector [60]" in repr(alone)
    assert {"path", "vector", "length"} <= set(pd.DataFrame([alone]).columns)
