import http.client
import socket
import time

import pytest
import sounds
from served import served
from shelf import write_library

from dashboard import bodies, drop, serving
from dashboard.access import COOKIE, Access
from index.library import Library

GONE = (ConnectionError, http.client.RemoteDisconnected)


def speak(port, text, timeout=10):
    """An open connection on which this was said."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=timeout)
    connection.sendall(text.encode())
    return connection


def heard(connection):
    """The status of what comes back, and its headers; None for a connection that was closed without a word."""
    answer = http.client.HTTPResponse(connection)
    try:
        answer.begin()
    except GONE:
        return None, {}
    return answer.status, answer.headers


def get(port, address="/audio/4", **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", address, headers=headers)
    answer = connection.getresponse()
    return answer.status, answer.read()


@pytest.fixture
def quick(monkeypatch):
    """Patience of a second, so that a test need not have more."""
    for name, seconds in {"GRACE": 1, "IDLE": 1, "LOOK_EVERY": 0.2}.items():
        monkeypatch.setattr(serving, name, seconds)


@pytest.fixture(scope="module")
def long_song(tmp_path_factory):
    """The library of a song of 40 MB, more than the server holds for somebody who does not take it."""
    folder = tmp_path_factory.mktemp("long")
    shown = write_library(folder)
    sounds.write(shown.audio_path(4).with_suffix(".wav"), sounds.noise(450, rate=44_100), 44_100)
    shown.audio_path(4).with_suffix(".wav").replace(shown.audio_path(4))
    assert shown.audio_path(4).stat().st_size > 2 * 16 * 2**20
    return Library.load(folder / "library")


@pytest.mark.parametrize("part", ["", "Range: bytes=0-\r\n"])
def test_listeners_who_take_nothing_hold_up_nobody(long_song, part):
    request = f"GET /audio/4 HTTP/1.1\r\nHost: localhost\r\n{part}\r\n"
    with served(long_song) as port:
        stalled = [speak(port, request) for _ in range(2 * serving.THREADS)]
        assert [heard(connection)[0] for connection in stalled] == [206 if part else 200] * len(stalled)
        assert get(port, "/_dash-dependencies")[0] == 200


def test_a_part_of_a_long_song_comes_in_pieces_that_make_the_whole(long_song):
    whole, got = long_song.audio_path(4).read_bytes(), b""
    with served(long_song) as port:
        while len(got) < len(whole):
            status, piece = get(port, Range=f"bytes={len(got)}-")
            assert status == 206
            got += piece
    assert got == whole


@pytest.mark.parametrize(
    "beginning",
    [
        "GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
        "POST /drop HTTP/1.1\r\nHost: localhost\r\nX-Songboard: drop\r\nContent-Length: 90000\r\n\r\n",
        "POST /drop HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n9999\r\n",
        "",
    ],
)
def test_who_speaks_byte_by_byte_is_cut_off(quick, beginning):
    with served() as port:
        connection = speak(port, beginning)
        connection.settimeout(0.1)
        closed = False
        for _ in range(200):
            try:
                closed = connection.recv(1) == b""
                if beginning and not closed:
                    connection.sendall(b"x")
            except TimeoutError:
                if beginning:
                    try:
                        connection.sendall(b"x")
                    except ConnectionError:
                        closed = True
            except ConnectionError:
                closed = True
            if closed:
                break
        assert closed


def test_who_takes_no_answer_is_cut_off(quick, long_song):
    with served(long_song) as port:
        connection = speak(port, "GET /audio/4 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        time.sleep(4)  # of ours, in which we take nothing
        taken = 0
        with pytest.raises((ConnectionError, StopIteration)):
            while True:
                part = connection.recv(2**20)
                if not part:
                    raise StopIteration
                taken += len(part)
        assert taken < long_song.audio_path(4).stat().st_size


@pytest.mark.parametrize(
    ("address", "size", "status"),
    [("/_dash-update-component", bodies.LARGEST + 1, 413), ("/drop", drop.LARGEST + 1, 413), ("/audio/4", 2**40, 413)],
)
def test_a_body_too_large_for_its_route_is_not_waited_for(address, size, status):
    with served() as port:
        connection = speak(port, f"POST {address} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {size}\r\n\r\n")
        assert heard(connection)[0] == status


def test_a_body_of_unknown_size_is_not_taken_beyond_the_limit():
    with served() as port:
        connection = speak(port, "POST /playlist HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
        chunk = b"10000\r\n" + bytes(0x10000) + b"\r\n"
        with pytest.raises((ConnectionError, AssertionError)):
            for _ in range(4 * bodies.LARGEST // 0x10000):
                connection.sendall(chunk)
            assert heard(connection)[0] != 413


def test_headers_without_end_are_not_taken():
    with served() as port:
        assert heard(speak(port, "GET / HTTP/1.1\r\nX: " + "x" * 2 * serving.LARGEST_HEADERS))[0] in (431, None)


def test_who_has_not_given_the_password_can_send_next_to_nothing():
    access = Access("correct horse")
    ask = "POST /drop HTTP/1.1\r\nHost: localhost\r\nContent-Length: 90000\r\nCookie: {}\r\n\r\n"
    with served(access=access) as port:
        assert heard(speak(port, ask.format("")))[0] == 413
        assert heard(speak(port, ask.format(f"{COOKIE}=guessed")))[0] == 413
        known = speak(port, ask.format(f"{COOKIE}={access.admit()}"))
        known.settimeout(0.5)
        with pytest.raises(TimeoutError):  # it waits for the file
            known.recv(1)


def test_too_many_uploads_at_once_are_told_when_to_come_again():
    ask = "POST /drop HTTP/1.1\r\nHost: localhost\r\nX-Songboard: drop\r\nContent-Length: 90000\r\n\r\n"
    with served() as port:
        arriving = [speak(port, ask) for _ in range(serving.UPLOADS)]
        status, headers = None, {}
        while status is None:  # until the server has read them all
            extra = speak(port, ask, timeout=1)
            try:
                status, headers = heard(extra)
            except TimeoutError:
                arriving.append(extra)
        assert (status, headers["Retry-After"]) == (503, str(drop.WAIT))
        assert len(arriving) == serving.UPLOADS
        assert get(port)[0] == 200


def test_what_the_server_says_of_itself_helps_nobody():
    with served() as port:
        assert "Server" not in heard(speak(port, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"))[1]
        status, headers = heard(speak(port, "NONSENSE\r\n\r\n"))
        assert (status, headers["Content-Type"]) == (400, "text/plain; charset=utf-8")
