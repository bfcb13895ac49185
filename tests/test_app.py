import re
import socket
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest
from shelf import library

from dashboard import ids
from dashboard.app import ASSETS, create_app

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = "\n".join(path.read_text() for path in ASSETS.glob("**/*.js"))
STYLES = "\n".join(path.read_text() for path in ASSETS.glob("*.css"))


@pytest.fixture(scope="module")
def client():
    return create_app(library()).server.test_client()


def ask(client, query):
    """What the page shows when a query is asked."""
    answer = client.post("/answer", json=query)
    assert answer.status_code == 200
    return answer.json


def test_the_page_is_called_songboard(client):
    page = client.get("/").text
    assert "<title>Songboard</title>" in page
    assert 'lang="en"' in page


def test_every_id_of_the_page_is_there_once(client):
    layout = client.get("/_dash-layout").text
    names = [value for name, value in vars(ids).items() if name.isupper()]
    assert len(set(names)) == len(names)
    assert {name: layout.count(f'"id":"{name}"') for name in names} == (
        dict.fromkeys(names, 1)
        | {ids.SIGN_OUT: 0, ids.SEARCH: 0}  # no password is asked for; its script makes the field
    )


def test_the_scripts_know_no_other_ids_than_the_page():
    known = {value for name, value in vars(ids).items() if name.isupper()}
    sought = set(re.findall(r'(?:byId|getElementById|set_props)\("([^"]+)"', SCRIPTS))
    assert sought
    assert sought <= known


def test_a_query_is_answered_with_a_card_and_matches(client):
    shown = ask(client, {"song": 4})
    assert "The Tones 1" in str(shown["card"])
    assert "The Tones 2" in str(shown["listed"]["matches"])
    assert shown["lit"]["song"] == 4


def test_a_path_is_answered_with_its_stops(client):
    shown = ask(client, {"path": [4, 8], "steps": 4})
    assert [row["id"] for row in shown["listed"]["path"]["rows"]] == library().path(4, 8, 4)
    assert shown["lit"]["path"][0] == 4


def test_an_impossible_query_is_answered_with_a_sentence(client):
    shown = ask(client, {"song": 4000})
    assert "This library has no song 4000." in str(shown["card"])
    assert shown["listed"] is None
    assert shown["lit"] is None


def test_two_dashboards_in_one_process_both_answer():
    for app in (create_app(library()), create_app(library())):
        assert "The Tones 2" in str(ask(app.server.test_client(), {"song": 4})["listed"])


def test_no_other_host_is_named():
    assert set(re.findall(r"https?://[^\s\"')]+", SCRIPTS + STYLES)) <= {"http://www.w3.org/2000/svg"}


def run(*arguments):
    command = [sys.executable, "-m", "dashboard", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)


def test_a_missing_library_is_one_sentence_and_status_2(tmp_path):
    ended = run("--library", tmp_path / "none", "--port", 0)
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
    assert str(tmp_path / "none") in ended.stderr


def test_a_busy_port_is_one_sentence_and_status_2():
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        ended = run("--library", library().folder, "--port", port)
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
    assert str(port) in ended.stderr


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_where_others_reach_it_it_asks_what_to_do_about_them(host):
    ended = run("--library", library().folder, "--host", host, "--port", 0)
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
    assert "--password-file" in ended.stderr
    assert "--open" in ended.stderr


def test_a_password_and_an_open_door_at_once_are_refused(tmp_path):
    ended = run("--library", library().folder, "--open", "--password-file", tmp_path / "password", "--port", 0)
    assert (ended.returncode, ended.stderr.count("\n")) == (2, 1)


def test_a_password_file_that_cannot_be_used_is_one_sentence_and_status_2(tmp_path):
    password = tmp_path / "password"
    password.write_text("")
    password.chmod(0o600)
    ended = run("--library", library().folder, "--host", "0.0.0.0", "--password-file", password, "--port", 0)
    assert (ended.returncode, ended.stderr.count("\n")) == (2, 1)
    assert str(password) in ended.stderr


def test_it_says_its_address_when_it_listens_and_has_loaded_no_torch():
    command = [sys.executable, "-m", "dashboard", "--library", library().folder, "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        try:
            address = re.search(r"http://127\.0\.0\.1:\d+/", server.stdout.readline())[0]
            with urlopen(address, timeout=10) as page:
                assert "Songboard" in page.read().decode()
            with urlopen(address + "audio/4", timeout=10) as sound:
                assert sound.read() == library().audio_path(4).read_bytes()
            loaded = Path(f"/proc/{server.pid}/maps")  # Linux says here what a process has loaded
            assert not loaded.exists() or "torch" not in loaded.read_text()
        finally:
            server.terminate()
