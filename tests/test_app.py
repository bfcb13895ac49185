import re
import socket
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest
from shelf import library

from dashboard import ids
from dashboard.__main__ import is_loopback
from dashboard.app import ASSETS, create_app

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = "\n".join(path.read_text() for path in ASSETS.glob("*.js"))
STYLES = "\n".join(path.read_text() for path in ASSETS.glob("*.css"))


@pytest.fixture(scope="module")
def client():
    return create_app(library()).server.test_client()


def ask(client, query):
    """What the page shows when a query is asked, by component."""
    outputs = [(ids.CARD, "children"), (ids.MATCHES, "children"), (ids.ANSWERED, "data")]
    answer = client.post(
        "/_dash-update-component",
        json={
            "output": ".." + "...".join(".".join(output) for output in outputs) + "..",
            "outputs": [{"id": name, "property": prop} for name, prop in outputs],
            "inputs": [{"id": ids.QUERY, "property": "data", "value": query}],
            "changedPropIds": [f"{ids.QUERY}.data"],
            "state": [],
        },
    )
    assert answer.status_code == 200
    return answer.json["response"]


def test_the_page_is_called_songboard(client):
    page = client.get("/").text
    assert "<title>Songboard</title>" in page
    assert 'lang="en"' in page


def test_every_id_of_the_page_is_there_once(client):
    layout = client.get("/_dash-layout").text
    names = [value for name, value in vars(ids).items() if name.isupper()]
    assert len(set(names)) == len(names)
    assert {name: layout.count(f'"id":"{name}"') for name in names} == dict.fromkeys(names, 1)


def test_the_scripts_know_no_other_ids_than_the_page():
    known = {value for name, value in vars(ids).items() if name.isupper()}
    sought = set(re.findall(r'(?:byId|getElementById|set_props)\("([^"]+)"', SCRIPTS))
    assert sought
    assert sought <= known


def test_a_query_is_answered_with_a_card_and_matches(client):
    shown = ask(client, {"song": 4})
    assert "The Tones 1" in str(shown[ids.CARD])
    assert "The Tones 2" in str(shown[ids.MATCHES])
    assert shown[ids.ANSWERED]["data"] == {"song": 4}


def test_an_impossible_query_is_answered_with_a_sentence(client):
    shown = ask(client, {"song": 4000})
    assert "This library has no song 4000." in str(shown[ids.CARD])
    assert shown[ids.MATCHES]["children"] == []
    assert shown[ids.ANSWERED]["data"] is None


def test_two_dashboards_in_one_process_both_answer():
    for app in (create_app(library()), create_app(library())):
        assert "The Tones 2" in str(ask(app.server.test_client(), {"song": 4})[ids.MATCHES])


def test_no_other_host_is_allowed_or_named(client):
    policy = client.get("/").headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "//" not in policy
    assert "*" not in policy
    assert set(re.findall(r"https?://[^\s\"')]+", SCRIPTS + STYLES)) <= {"http://www.w3.org/2000/svg"}


@pytest.mark.parametrize("address", ["/", "/_dash-layout", "/audio/4", "/audio/x", "/assets/style.css"])
def test_every_answer_carries_the_headers_that_protect_it(client, address):
    headers = client.get(address).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


@pytest.mark.parametrize("host", ["localhost", "localhost:8050", "127.0.0.1:1", "[::1]:8050", "[::1]", "LOCALHOST:80"])
def test_this_machine_is_answered_under_every_name_of_its_own(client, host):
    assert client.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["example.com", "example.com:8050", "127.0.0.1.example.com", "localhost.example.com"])
def test_a_name_that_was_rebound_to_this_machine_is_refused(client, host):
    for address in ("/", "/audio/4", "/_dash-layout"):
        assert client.get(address, headers={"Host": host}).status_code == 403
    assert client.post("/drop", headers={"Host": host}).status_code == 403


def test_a_dashboard_that_is_open_to_others_answers_under_any_name():
    client = create_app(library(), loopback=False).server.test_client()
    assert client.get("/", headers={"Host": "music.example.com"}).status_code == 200
    assert [is_loopback(host) for host in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "10.0.0.1")] == [1, 1, 1, 0, 0]


def test_titles_never_become_markup_in_the_browser():
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", SCRIPTS)


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
