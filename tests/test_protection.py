import logging
import re

import pytest
from shelf import library

from dashboard import search
from dashboard.app import ASSETS, create_app
from dashboard.protection import LOOPBACK, Guard

ADDRESSES = ["/", "/_dash-layout", "/_dash-dependencies", "/audio/4", "/audio/x", "/assets/style.css", "/nowhere"]
SCRIPTS = "\n".join(path.read_text() for path in ASSETS.rglob("*.js"))


@pytest.fixture(scope="module")
def client():
    return create_app(library()).server.test_client()


def guarded(**guard):
    return create_app(library(), guard=Guard(**guard)).server.test_client()


@pytest.mark.parametrize("host", ["localhost", "localhost:8050", "127.0.0.1:1", "[::1]:8050", "[::1]", "LOCALHOST:80"])
def test_this_machine_is_answered_under_every_name_of_its_own(client, host):
    assert client.get("/", headers={"Host": host}).status_code == 200


REBOUND = ["example.com", "example.com:8050", "127.0.0.1.example.com", "localhost.example.com", "10.0.0.1"]


@pytest.mark.parametrize("host", [*REBOUND, "", "[::1", "a@localhost"])
def test_a_name_that_was_rebound_to_this_machine_is_refused(client, host):
    for address in ADDRESSES:
        assert client.get(address, headers={"Host": host}).status_code in (400, 403)
    assert client.post("/drop", headers={"Host": host, "X-Songboard": "drop"}).status_code in (400, 403)


def test_elsewhere_it_answers_to_its_address_and_to_the_names_it_was_given():
    client = guarded(names=LOOPBACK | {"music.example.com"}, any_address=True)
    for host in ("music.example.com:8050", "192.168.1.5:8050", "[fe80::1]:8050", "localhost"):
        assert client.get("/", headers={"Host": host}).status_code == 200
    for host in ("example.com", "192.168.1.5.example.com", "evil.music.example.com"):
        refused = client.get("/", headers={"Host": host})
        assert refused.status_code == 403
        assert "--allow-host" in refused.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://example.com"},
        {"Origin": "null"},
        {"Origin": "http://localhost:3000"},
        {"Origin": "http://localhost.example.com"},
        {"Referer": "http://example.com/localhost"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"},
    ],
)
def test_the_page_of_another_site_can_post_nothing(client, headers):
    for address in ("/drop", "/_dash-update-component", "/login", "/logout", "/playlist", "/playlist/read"):
        refused = client.post(address, headers={"X-Songboard": "drop", **headers})
        assert (refused.status_code, refused.mimetype) == (403, "text/plain")


def test_our_own_page_can(client):
    for headers in ({"Origin": "http://localhost"}, {"Referer": "http://localhost/?song=4"}, {}):
        assert client.post("/drop", headers={"X-Songboard": "drop", **headers}).status_code == 503  # without an ear


def test_the_page_of_another_site_can_link_here_and_load_nothing(client):
    elsewhere = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "audio"}
    assert client.get("/audio/4", headers=elsewhere).status_code == 403
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert client.get("/", headers=link).status_code == 200
    frame = link | {"Sec-Fetch-Dest": "iframe"}
    assert client.get("/", headers=frame).status_code == 403


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_carries_the_headers_that_protect_it(client, address):
    headers = client.get(address).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Permissions-Policy"].startswith("microphone=(self)")
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert re.search(r"\b(private|no-store)\b", headers["Cache-Control"])
    assert "public" not in headers["Cache-Control"]


def test_a_refusal_carries_them_too(client):
    headers = client.get("/", headers={"Host": "example.com"}).headers
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


def test_no_other_host_is_allowed_and_nothing_inline(client):
    policy = client.get("/").headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"\*|\w:(?!\s|;)|\w\.\w", re.sub(r"'sha256-[^']+'", "", policy))


def test_titles_never_become_markup_in_the_browser():
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", SCRIPTS)


def test_what_fails_within_is_one_sentence_outside_and_a_traceback_in_the_log(monkeypatch, caplog):
    def broken(*_):
        raise RuntimeError("the secret is 12345")

    monkeypatch.setattr(search, "hits", broken)
    client = create_app(library()).server.test_client()
    with caplog.at_level(logging.ERROR):
        answer = client.get("/find?text=a", headers={"Cookie": "songboard=a-token"})
    assert (answer.status_code, answer.mimetype) == (500, "text/plain")
    assert answer.text == "Something went wrong. The terminal that runs Songboard says what."
    assert "12345" in caplog.text
    assert "Traceback" in caplog.text
    assert "a-token" not in caplog.text


def test_an_unknown_method_is_a_sentence_without_markup(client):
    answer = client.delete("/audio/4")
    assert (answer.status_code, answer.mimetype) == (405, "text/plain")
    assert "<" not in answer.text
    assert "GET" in answer.headers["Allow"]


def test_a_script_stays_in_the_browser_for_as_long_as_it_is_the_same():
    client = create_app(library()).server.test_client()
    script = re.search(r'src="(/assets/ask\.js\?m=[^"]+)"', client.get("/").text)[1]
    assert "immutable" in client.get(script).headers["Cache-Control"]
    assert "immutable" not in client.get("/assets/ask.js").headers["Cache-Control"]
    assert "immutable" not in client.get("/assets/nothing.js?m=1").headers["Cache-Control"]
