import shutil

import pytest
from shelf import HOSTILE, library, titled

from dashboard.app import create_app
from dashboard.audio import mime_type
from index.library import Library


@pytest.fixture(scope="module")
def client():
    return create_app(library()).server.test_client()


def test_a_song_is_served_by_its_number_whole(client):
    answer = client.get("/audio/4")
    assert answer.status_code == 200
    assert answer.mimetype == "audio/ogg"
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.data == library().audio_path(4).read_bytes()


def test_any_part_of_a_song_can_be_asked_for(client):
    whole = library().audio_path(4).read_bytes()
    part = client.get("/audio/4", headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.data) == (206, whole[100:200])
    assert part.headers["Content-Range"] == f"bytes 100-199/{len(whole)}"
    tail = client.get("/audio/4", headers={"Range": "bytes=-10"})
    assert (tail.status_code, tail.data) == (206, whole[-10:])
    assert client.get("/audio/4", headers={"Range": f"bytes={len(whole)}-"}).status_code == 416


@pytest.mark.parametrize("song", ["12", "999999", "9" * 20])
def test_an_unknown_number_is_refused_with_a_sentence(client, song):
    answer = client.get(f"/audio/{song}")
    assert (answer.status_code, answer.text) == (404, f"This library has no song {song}.")


@pytest.mark.parametrize("name", ["-1", "../library/library.json", "..%2f..%2fetc%2fpasswd", "4/../5", "x", "4.ogg"])
def test_nothing_but_a_number_names_a_song(client, name):
    assert client.get(f"/audio/{name}").status_code == 404


def test_a_file_that_is_gone_is_named_by_its_title_and_not_its_path(tmp_path):
    shutil.copytree(library().folder, tmp_path / "library")
    moved = Library.load(tmp_path / "library")
    moved.songs_folder = tmp_path / "gone"
    answer = create_app(moved).server.test_client().get(f"/audio/{titled(HOSTILE)}")
    assert answer.status_code == 404
    assert answer.mimetype == "text/plain"
    assert HOSTILE in answer.text
    assert str(tmp_path) not in answer.text


def test_a_file_put_in_anothers_place_is_fetched_anew(client):
    first = client.get("/audio/4")
    assert "no-cache" in first.headers["Cache-Control"]
    again = client.get("/audio/4", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_a_number_of_another_build_never_plays_this_ones_song(client):
    assert client.get(f"/audio/4?g={library().generation}").status_code == 200
    answer = client.get("/audio/4?g=generation-gone")
    assert (answer.status_code, answer.text.endswith("Reload the page to go on.")) == (410, True)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.mp3", "audio/mpeg"), ("a.FLAC", "audio/flac"), ("a.opus", "audio/ogg"), ("a.m4a", "audio/mp4"),
     ("a.wav", "audio/wav"), ("a.unheardof", "application/octet-stream")],
)  # fmt: skip
def test_every_kind_of_file_is_called_what_browsers_call_it(tmp_path, name, kind):
    assert mime_type(tmp_path / name) == kind
