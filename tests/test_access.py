import re

import pytest
from shelf import library

from dashboard import access
from dashboard.access import COOKIE, Access, AccessError, TooManyError, Tries, read_password
from dashboard.app import create_app
from dashboard.gate import STYLE
from dashboard.protection import Guard

PASSWORD = "correct horse – battery"
ROUTES = ["/", "/?song=4", "/audio/4", "/map/x", "/songs/x", "/waveform/4", "/status", "/_dash-layout",
          "/_dash-dependencies", "/_dash-component-suites/dash/x.js", "/assets/style.css", "/_reload-hash",
          "/nowhere", "/login/x", "/assets/../audio/4"]  # fmt: skip


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def client(clock):
    guard = Guard(access=Access(PASSWORD, clock))
    return create_app(library(), guard=guard).server.test_client()


def sign_in(client, password=PASSWORD, address="/login", **options):
    return client.post(address, data={"password": password}, **options)


@pytest.mark.parametrize("route", ROUTES)
def test_without_the_password_nothing_is_served(client, route):
    assert client.get(route).status_code == 401
    page = client.get(route, headers={"Accept": "text/html,*/*;q=0.8"})
    assert page.status_code == 303
    assert page.headers["Location"].startswith("/login")
    assert library().songs["title"][4] not in page.text
    for address in ("/drop", "/_dash-update-component", "/playlist", "/logout"):
        assert client.post(address, headers={"X-Songboard": "drop"}).status_code == 401


def test_with_it_everything_is(client):
    assert sign_in(client).status_code == 303
    assert client.get("/audio/4").data == library().audio_path(4).read_bytes()
    assert "The Tones" not in client.get("/login").text
    assert client.get("/").status_code == client.get("/_dash-layout").status_code == 200


def test_the_cookie_is_out_of_the_reach_of_scripts_and_of_other_sites(client):
    cookie = sign_in(client).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert len(cookie.split("=")[1].split(";")[0]) >= 43  # 256 bits


def test_only_behind_a_password_is_there_a_way_to_sign_out(client):
    sign_in(client)
    assert "sign-out" in client.get("/_dash-layout").text
    assert "sign-out" not in create_app(library()).server.test_client().get("/_dash-layout").text


@pytest.mark.parametrize("given", ["", "correct", PASSWORD + " ", PASSWORD.upper(), "\udcff", "x" * 100_000])
def test_another_password_is_refused(client, given):
    answer = sign_in(client, given.encode("utf-8", "surrogatepass"))
    assert answer.status_code in (403, 413)
    assert "Set-Cookie" not in answer.headers
    assert client.get("/audio/4").status_code == 401


@pytest.mark.parametrize("token", ["", "x", "songboard", "A" * 43, "é"])
def test_a_cookie_that_was_not_given_out_here_opens_nothing(client, token):
    client.set_cookie(COOKIE, token)
    assert client.get("/audio/4").status_code == 401


def test_no_cookie_outlives_the_program(client):
    sign_in(client)
    token = client.get_cookie(COOKIE).value
    assert not Access(PASSWORD).knows(token)


def test_somebody_who_stays_away_has_to_sign_in_again(client, clock):
    sign_in(client)
    for _ in range(3):
        clock.now += access.SESSION - 1
        assert client.get("/audio/4").status_code == 200
    clock.now += access.SESSION + 1
    assert client.get("/audio/4").status_code == 401


def test_who_signs_out_is_known_no_more_even_with_the_old_cookie(client):
    sign_in(client)
    token = client.get_cookie(COOKIE).value
    assert client.post("/logout").headers["Location"] == "/login"
    assert client.get_cookie(COOKIE) is None
    client.set_cookie(COOKIE, token)
    assert client.get("/audio/4").status_code == 401


def test_what_was_asked_for_is_shown_after_signing_in(client):
    asked = client.get("/?song=4&more=3,9", headers={"Accept": "text/html"}).headers["Location"]
    assert asked == "/login?song=4&more=3,9"
    assert 'action="/login?song=4&amp;more=3,9"' in client.get(asked).text
    assert sign_in(client, address=asked).headers["Location"] == "/?song=4&more=3,9"


@pytest.mark.parametrize(
    "question", ["//example.com", "next=//example.com", "@example.com/", "%0d%0aSet-Cookie:%20a=b"]
)
def test_signing_in_leads_to_no_other_site(client, question):
    answer = sign_in(client, address=f"/login?{question}")
    assert answer.headers["Location"].startswith("/?")
    assert all(value.startswith(COOKIE) for value in answer.headers.getlist("Set-Cookie"))


def test_after_ten_wrong_passwords_one_waits_and_is_told_how_long(client, clock):
    for _ in range(access.WRONG_FROM_ONE):
        assert sign_in(client, "wrong").status_code == 403
    locked = sign_in(client)  # the right one, but too late
    assert (locked.status_code, locked.headers["Retry-After"]) == (429, "600")
    assert "Try again in 10 min." in locked.text
    clock.now += 600
    assert sign_in(client).status_code == 303


def test_another_address_does_not_wait_for_the_first(client):
    for _ in range(access.WRONG_FROM_ONE + 1):
        sign_in(client, "wrong", environ_overrides={"REMOTE_ADDR": "10.0.0.1"})
    assert sign_in(client, environ_overrides={"REMOTE_ADDR": "10.0.0.2"}).status_code == 303


def test_a_header_that_names_another_address_helps_nobody(client):
    answers = [
        sign_in(client, "wrong", headers={"X-Forwarded-For": f"10.0.0.{number}"}).status_code
        for number in range(access.WRONG_FROM_ONE + 1)
    ]
    assert answers[-1] == 429


def test_who_is_in_stays_in_while_others_guess(client):
    sign_in(client)
    for number in range(access.WRONG_FROM_ALL + 1):
        sign_in(client, "wrong", environ_overrides={"REMOTE_ADDR": f"10.0.0.{number}"})
    assert client.get("/audio/4").status_code == 200


def test_many_addresses_together_wait_too_and_what_is_remembered_is_bounded(clock):
    tries = Tries(clock)
    waits = [waited(tries, f"2001:db8::{number:x}") for number in range(10_000)]
    assert waits == [False] * access.WRONG_FROM_ALL + [True] * (10_000 - access.WRONG_FROM_ALL)
    assert len(tries) == access.WRONG_FROM_ALL


def waited(tries, address):
    try:
        tries.judge(address, False)
    except TooManyError as error:
        return error.seconds > 0
    return False


def test_right_passwords_are_not_counted(clock):
    tries = Tries(clock)
    for _ in range(1000):
        tries.judge("10.0.0.1", True)
    assert len(tries) == 0


def test_no_more_than_a_thousand_are_known_at_once():
    door = Access(PASSWORD)
    first, *_, last = (door.admit() for _ in range(access.SESSIONS + 1))
    assert (door.knows(first), door.knows(last)) == (False, True)


def test_what_is_kept_tells_neither_the_password_nor_a_cookie():
    door = Access(PASSWORD)
    token = door.admit()
    assert PASSWORD not in repr(vars(door))
    assert token not in repr(vars(door))


def test_the_login_page_runs_no_script_and_can_be_framed_by_nobody(client):
    page = client.get("/login")
    assert "<script" not in page.text
    assert "style=" not in page.text
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert client.get("/login.css").mimetype == "text/css"


def test_the_login_page_can_be_read_in_the_dark_and_in_the_light():
    dark, light = (dict(re.findall(r"--([\w-]+): (#\w{6})", part)) for part in STYLE.split("@media")[:2])
    for colours in (dark, dark | light):
        for front, back in (("text", "panel"), ("text", "field"), ("trouble", "panel"), ("accent-ink", "accent")):
            assert contrast(colours[front], colours[back]) >= 4.5, (front, back)
        for edge in ("edge", "focus"):
            assert contrast(colours[edge], colours["panel"]) >= 3, edge


def contrast(front, back):
    """WCAG 2.2: the ratio of two colours' relative luminances."""

    def luminance(colour):
        parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(front), luminance(back)))
    return (high + 0.05) / (low + 0.05)


def password_file(tmp_path, content, mode=0o600):
    path = tmp_path / "password"
    path.write_bytes(content)
    path.chmod(mode)
    return path


@pytest.mark.parametrize("content", [b"correct horse", b"correct horse\n", b"correct horse\r\n"])
def test_the_password_is_the_one_line_of_its_file(tmp_path, content):
    assert read_password(password_file(tmp_path, content)) == "correct horse"


@pytest.mark.parametrize("content", [b"", b"\n", b"  \n", b"one line\nand another", b"short", b"x" * 5000, b"\xff" * 9])
def test_a_file_without_a_password_is_refused_by_name(tmp_path, content):
    with pytest.raises(AccessError, match=re.escape(str(tmp_path / "password"))) as refused:
        read_password(password_file(tmp_path, content))
    assert "x" * 100 not in str(refused.value)
    assert ("is empty" in str(refused.value)) == (not content.strip())


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620])
def test_a_file_that_others_can_use_is_refused(tmp_path, mode):
    with pytest.raises(AccessError, match="chmod 600"):
        read_password(password_file(tmp_path, b"correct horse", mode))


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(AccessError, match="cannot be read"):
        read_password(tmp_path / "none")
