import json
import unicodedata
from urllib.parse import quote

import pytest
from shelf import HOSTILE, library, titled

from dashboard.app import create_app
from dashboard.playlist import MOST_SONGS, read, write

OURS = {"X-Songboard": "playlist"}


@pytest.fixture(scope="module")
def client():
    return create_app(library()).server.test_client()


def path(song: int) -> str:
    return library().songs["path"][song]


def save(client, body, headers=OURS):
    return client.post("/playlist", data=json.dumps(body), content_type="application/json", headers=headers)


def found(*lines: str) -> list[int]:
    return read(library(), "\n".join(lines).encode())[0]


def test_what_was_saved_opens_with_the_same_songs_in_the_same_order(client):
    songs = [titled("Björk Noise 2"), 3, titled(HOSTILE), 0]
    saved = save(client, {"songs": songs, "name": "Nächte – 夜"})
    opened = client.post("/playlist/read", data=saved.data, headers=OURS)
    assert opened.json == {"songs": songs, "missing": []}


def test_a_playlist_is_utf_8_and_names_files_below_the_songs_folder(client):
    song = titled("Björk Noise 2")
    lines = save(client, {"songs": [song], "name": "Nächte"}).data.decode("utf-8").splitlines()
    assert lines == ["#EXTM3U", "#PLAYLIST:Nächte", "#EXTINF:2,Björk Noise - Björk Noise 2", "Björk Noise/1.ogg"]
    assert (library().songs_folder / lines[-1]).is_file()


def test_the_file_is_called_as_the_playlist_and_leads_nowhere(client):
    saved = save(client, {"songs": [1], "name": '../up\r\nSet-Cookie: x="1"\x00'})
    assert saved.headers["Content-Disposition"].startswith("attachment; filename=")
    assert not {"/", "\\", "\r", "\n"} & set(saved.headers["Content-Disposition"])
    assert "Set-Cookie" not in saved.headers


def test_a_name_stays_on_its_line():
    lines = write(library(), [titled(HOSTILE)], "one\n#EXTINF:1,two\r\nthree.ogg\u2028four").splitlines()
    assert len(lines) == 4
    assert lines[1] == "#PLAYLIST:one #EXTINF:1,two three.ogg four"


@pytest.mark.parametrize(
    "entry",
    [
        "{path}", "./{path}", "  {path}  ", "/home/someone/Music/{path}", "C:\\Music\\{windows}", "..\\{windows}",
        "file:///home/some%20one/{quoted}", "file://localhost/Music/{quoted}",
        "FILE:///C:/Music/{quoted}", "{decomposed}",
    ],
)  # fmt: skip
def test_a_path_is_known_however_a_player_wrote_it(entry):
    song = titled("Björk Noise 3")
    name = path(song)
    forms = {"path": name, "windows": name.replace("/", "\\"), "quoted": quote(name)}
    assert found(entry.format(**forms, decomposed=unicodedata.normalize("NFD", name))) == [song]


def test_byte_order_marks_latin_1_and_every_kind_of_line_end_are_understood():
    song = titled("Björk Noise 1")
    assert read(library(), b"\xef\xbb\xbf" + path(song).encode())[0] == [song]
    assert read(library(), f"#EXTM3U\r\n{path(song)}\r\r{path(0)}\n".encode("latin-1"))[0] == [song, 0]


def test_what_the_library_does_not_hold_is_named_and_not_found_by_half_a_name():
    name = path(titled("Björk Noise 1"))
    songs, missing = read(library(), f"x{name}\n/music/lost\tsong.mp3\nhttp://example.com/radio.mp3".encode())
    assert (songs, missing) == ([], ["0.ogg", "lost song.mp3", "radio.mp3"])


def test_a_file_that_is_no_text_is_no_playlist(client):
    answer = client.post("/playlist/read", data=b"RIFF\x24\x00\x00\x00WAVEfmt \x10\n01.flac", headers=OURS)
    assert answer.status_code == 415 and "is no playlist: .m3u and .m3u8 files" in answer.json["error"]


def test_reading_looks_at_no_file(client, tmp_path):
    (tmp_path / "secret.ogg").write_bytes(b"x")
    for entry in (f"{tmp_path}/secret.ogg", "/etc/passwd", "../library/library.json", "file:///etc/passwd"):
        answer = client.post("/playlist/read", data=entry.encode(), headers=OURS)
        assert answer.json == {"songs": [], "missing": [entry.rpartition("/")[2]]}


def test_a_path_of_two_million_folders_is_read_at_once(client):
    assert client.post("/playlist/read", data=b"a/" * 2_000_000 + b"x", headers=OURS).json["missing"] == ["x"]


def test_another_sites_page_is_refused(client):
    for path, body in (("/playlist", b'{"songs":[1]}'), ("/playlist/read", b"x")):
        assert client.post(path, data=body).status_code == 403


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (None, 400), ([], 400), ({"songs": []}, 400), ({"songs": "1"}, 400), ({"songs": [12]}, 404),
        ({"songs": [-1]}, 404), ({"songs": [True]}, 404), ({"songs": ["1"]}, 404), ({"songs": [0.5]}, 404),
        ({"songs": [0] * (MOST_SONGS + 1)}, 413),
    ],
)  # fmt: skip
def test_no_playlist_is_made_of_anything_but_songs(client, body, status):
    answer = save(client, body)
    assert (answer.status_code, type(answer.json["error"])) == (status, str)


def test_limits_are_said_in_sentences(client):
    large = client.post("/playlist/read", data=b"x" * (5 * 2**20 + 1), headers=OURS)
    assert (large.status_code, large.json["error"]) == (
        413, "This playlist is larger than 5 MB, the most that is read."
    )  # fmt: skip
    many = client.post("/playlist/read", data=b"x\n" * (MOST_SONGS + 1), headers=OURS)
    assert (many.status_code, "100,000 songs" in many.json["error"]) == (413, True)


def test_numbers_of_another_build_are_not_taken_for_this_ones(client):
    answer = client.post("/playlist?g=generation-gone", json={"songs": [1]}, headers=OURS)
    assert (answer.status_code, "Reload the page" in answer.json["error"]) == (410, True)
