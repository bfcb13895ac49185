"""The map that is given away: what the one file holds, how large it may be, and what it refuses."""

import base64
import gzip
import json
import re
from pathlib import Path

import numpy as np
import pytest
from shelf import HOSTILE, library
from test_cli import songboard

from benchmarks.made_up import make_library
from dashboard import share, song_map
from dashboard.app import create_app

LARGEST = 3 * 2**20  # bytes that ten thousand songs may take


class Sized(list):
    """As many songs, of which nothing is looked at."""

    def __init__(self, songs: int) -> None:
        super().__init__([None] * songs)


def held(text: str, name: str) -> bytes:
    (packed,) = re.findall(f'<script id="held-{name}" type="application/gzip">([^<]*)</script>', text)
    return gzip.decompress(base64.b64decode(packed))


@pytest.fixture(scope="module")
def text(tmp_path_factory) -> str:
    path = tmp_path_factory.mktemp("share") / "map.html"
    share.share(library(), path)
    assert [each.name for each in path.parent.iterdir()] == ["map.html"]
    return path.read_text(encoding="utf-8")


def test_it_holds_the_map_and_the_names_as_the_page_is_sent_them(text):
    assert held(text, "map") == song_map.payload(library())
    assert json.loads(held(text, "songs"))["titles"] == library().songs["title"].tolist()


def test_it_holds_the_neighbours_of_every_song_and_how_similar_they_are(text):
    data = held(text, "near")
    length = int.from_bytes(data[:4], "little")
    header, ids = json.loads(data[4 : 4 + length]), np.frombuffer(data, "<u4", 120, 4 + length).reshape(12, 10)
    assert [part["name"] for part in header["arrays"]] == ["near", "similarity"]
    found = library().similar(3, 10)
    assert ids[3, : len(found)].tolist() == [match.id for match in found]
    hundredths = np.frombuffer(data, np.uint8, 120, 4 + length + 480).reshape(12, 10)[3, : len(found)]
    assert hundredths / 100 - 1 == pytest.approx([match.similarity for match in found], abs=0.005001)


def test_no_title_is_markup_and_nothing_is_loaded_from_anywhere(text):
    assert HOSTILE not in text and HOSTILE in library().songs["title"].tolist()
    assert re.findall(r"(?:src|href)=\"(?!data:)[^\"]*", text) == []
    assert "default-src 'none'" in text and str(library().songs_folder) not in text


def test_the_page_that_is_served_loads_none_of_its_scripts():
    page = create_app(library()).server.test_client().get("/").text
    assert "/assets/map/stage.js" in page and "/assets/share/" not in page


def test_a_cluster_called_like_markup_ends_no_script():
    hostile = "</script><script>alert(1)</script>"
    assert "<" not in share._as_json({"body": hostile}) and json.loads(share._as_json([hostile])) == [hostile]


def test_ten_thousand_songs_with_ten_neighbours_each_take_less_than_three_megabytes(tmp_path):
    many = make_library(10_000, tmp_path)
    random = np.random.default_rng(0)
    near = random.integers(10_000, size=(10_000, 10), dtype=np.uint32)  # no order that would make them smaller
    assert len(share.document(many, near, random.uniform(-1, 1, near.shape))) < LARGEST


def test_a_library_that_is_too_large_or_empty_is_refused_in_a_sentence(tmp_path):
    for songs in (0, share.MOST_SONGS + 1):
        with pytest.raises(share.ShareError, match=f"this library has {songs:,}"):
            share.share(Sized(songs), tmp_path / "map.html")
    assert list(tmp_path.iterdir()) == []


def test_the_command_line_writes_it_and_says_how_large_it_is(tmp_path: Path):
    done = songboard("share", "map.html", "--library", library().folder, folder=tmp_path)
    assert re.match(r"12 songs, 10 neighbours of each, in map.html, 0\.\d MB\.", done.stdout), done.stderr
    assert "earlier" not in done.stdout
    (tmp_path / "map previews").mkdir()  # of a map shared with --audio
    again = songboard("share", "map.html", "--library", library().folder, folder=tmp_path)
    assert "map previews holds the sound of an earlier map" in again.stdout and (tmp_path / "map previews").exists()
    refused = songboard("share", "map.html", "--library", tmp_path, folder=tmp_path)
    assert refused.returncode == 2 and "holds no library" in refused.stderr
