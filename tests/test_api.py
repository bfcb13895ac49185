import threading
import time

import pytest
import sounds
from served import served
from shelf import HOSTILE, library, titled
from spectrum import SpectrumEmbedder
from test_access import PASSWORD, Clock

from dashboard import access, drop
from dashboard.access import Access
from dashboard.app import create_app
from dashboard.protection import Guard
from index.ranking import Rules

SONGS = "/api/v1/songs"
KIND = {"Content-Type": "audio/ogg"}
BEARER = {"Authorization": f"Bearer {PASSWORD}".encode().decode("latin-1")}
GETS = [SONGS, f"{SONGS}/3", "/api/v1/similar?song=3", "/api/v1/passages?song=3&start=0&end=1",
        "/api/v1/path?from=3&to=7", "/api/v1/openapi.json", "/api/v1/nowhere", "/audio/3"]  # fmt: skip


def listen(path, _):
    return next(SpectrumEmbedder().embed([path]))


@pytest.fixture(scope="module")
def client():
    return create_app(library(), listen).server.test_client()


@pytest.fixture
def locked():
    return create_app(library(), listen, Guard(access=Access(PASSWORD, Clock()))).server.test_client()


@pytest.fixture
def track(tmp_path):
    return sounds.write(tmp_path / "track.ogg", sounds.chord(233, 350)).read_bytes()


def ids(matches):
    return [match["song"]["id"] for match in matches]


def test_pages_of_songs_follow_each_other(client):
    pages = [client.get(SONGS, query_string={"offset": offset, "limit": 5}).json for offset in (0, 5, 10, 15)]
    assert {page["total"] for page in pages} == {len(library())}
    assert [song["id"] for page in pages for song in page["songs"]] == list(range(len(library())))


def test_songs_are_found_as_the_page_finds_them(client):
    found = client.get(SONGS, query_string={"text": "bjork", "limit": 3}).json
    assert found["total"] == 4
    assert [song["id"] for song in found["songs"]] == library().find("bjork", 3)
    assert client.get(SONGS, query_string={"text": "nobody plays this"}).json["songs"] == []


def test_of_a_song_is_told_what_is_known_and_not_where_it_lies(client):
    told = client.get(f"{SONGS}/{titled(HOSTILE)}")
    assert told.json["song"]["title"] == HOSTILE
    assert (told.json["song"]["bpm"], told.json["song"]["initial_key"], told.json["song"]["year"]) == (120, "Am", 2001)
    assert told.json["song"]["track"] is None
    assert client.get(told.json["song"]["audio"]).data == library().audio_path(titled(HOSTILE)).read_bytes()
    for answer in (told, client.get(SONGS), client.get("/api/v1/similar?song=3")):
        assert str(library().folder.parent) not in answer.text
        assert library().songs["path"][titled(HOSTILE)] not in answer.text


def test_similar_songs_are_those_of_the_library_in_its_order(client):
    found = client.get("/api/v1/similar?song=3&song=6&less=1&k=4").json["matches"]
    assert ids(found) == [match.id for match in library().blend([3, 6], [1], 4)]
    rules = {"song": 3, "rules": '{"per_artist": 1}'}
    found = client.get("/api/v1/similar", query_string=rules).json["matches"]
    assert ids(found) == [match.id for match in library().similar(3, 20, Rules(per_artist=1))]


def test_passages_say_where_they_begin(client):
    found = client.get("/api/v1/passages?song=3&start=0&end=1&k=2").json["matches"]
    assert [(each["song"]["id"], each["start"]) for each in found] == [
        (each.id, each.start) for each in library().passages(3, 0, 1, 2)
    ]


def test_a_path_leads_from_one_song_to_the_other(client):
    found = client.get("/api/v1/path?from=3&to=7&steps=5").json["path"]
    assert ids(found) == library().path(3, 7, 5)
    assert found[0]["similarity"] == 1


def test_sound_that_is_sent_in_is_compared_and_forgotten(client, track):
    answer = client.post("/api/v1/query?k=1&name=My%20Song.ogg", data=track, headers=KIND)
    assert answer.json["track"]["title"] == "My Song"
    assert answer.json["matches"][0]["song"]["artist"] == "The Tones"
    assert "track-" not in answer.text


@pytest.mark.parametrize(
    ("question", "status"),
    [
        ("songs/12", 404),
        ("songs/one", 404),
        ("songs/9999999999999999999999", 404),
        ("songs?limit=0", 400),
        ("songs?offset=-1", 400),
        ("songs?text=" + "x" * 201, 400),
        ("similar", 400),
        ("similar?song=99", 404),
        ("similar?song=3&k=501", 400),
        ("similar?song=3&k=" + "9" * 5000, 400),
        ("similar?words=piano", 400),
        ("similar?words=piano&song=3", 400),
        ("similar?" + "&song=3" * 60 + "&less=1" * 60, 400),
        ("similar?song=3&rules={", 400),
        ("similar?song=3&rules=" + "[" * 9000, 400),
        ('similar?song=3&rules={"years":[0,1e999]}', 400),
        ('similar?song=3&rules={"years":[0,' + "9" * 400 + "]}", 400),
        ("passages?song=3", 400),
        ("passages?song=3&start=2&end=1", 400),
        ("passages?song=3&start=0&end=nan", 400),
        ("passages?song=3&start=0&end=1e300", 400),
        ("path?from=3", 400),
        ("path?from=3&to=3", 400),
        ("path?from=3&to=7&steps=21", 400),
        ("songs?g=long-gone", 410),
        ("nowhere", 404),
    ],
)
def test_what_cannot_be_answered_is_refused_in_one_sentence(client, question, status):
    answer = client.get(f"/api/v1/{question}")
    assert answer.status_code == status, answer.text
    assert answer.json.keys() == {"error"}
    assert answer.json["error"].endswith(".")
    assert str(library().folder.parent) not in answer.text


def test_a_broken_upload_is_refused_in_one_sentence(client, track, monkeypatch):
    form = "application/x-www-form-urlencoded"
    for sent, kind, status in [(b"", "audio/ogg", 422), (b"A list" * 99, "audio/ogg", 422), (track, form, 415)]:
        answer = client.post("/api/v1/query", data=sent, headers={"Content-Type": kind})
        assert answer.status_code == status
        assert answer.json["error"].endswith(".")
    assert client.post("/api/v1/query?k=0", data=track, headers=KIND).status_code == 400
    monkeypatch.setattr(drop, "LARGEST", len(track) - 1)
    assert client.post("/api/v1/query", data=track, headers=KIND).status_code == 413


def test_the_page_and_programs_share_one_ear(track):
    go_on = threading.Event()
    app = create_app(library(), lambda path, shown: (go_on.wait(), listen(path, shown))[-1])
    answers = []

    def send(address):
        answers.append(app.server.test_client().post(address, data=track, headers=KIND | {"X-Songboard": "drop"}))

    addresses = (["/drop", "/api/v1/query"] * drop.WAITING)[: drop.WAITING + 1]
    posts = [threading.Thread(target=send, args=[address]) for address in addresses]
    for post in posts:
        post.start()
    while not answers:
        time.sleep(0.01)
    go_on.set()
    for post in posts:
        post.join()
    assert (answers[0].status_code, answers[0].headers["Retry-After"]) == (503, str(drop.WAIT))
    assert "busy" in answers[0].json["error"]
    assert [answer.status_code for answer in answers[1:]] == [200] * drop.WAITING


@pytest.mark.parametrize("route", GETS)
def test_a_program_without_the_password_is_told_so_and_sent_nowhere(locked, route):
    for accept in ("application/json", "text/html,*/*;q=0.8"):
        if route.startswith("/api/"):
            answer = locked.get(route, headers={"Accept": accept})
            assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
            assert "Sign in" in answer.json["error"]
    assert locked.get(route, headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert locked.get(route, headers=BEARER).status_code in (200, 404)


@pytest.mark.parametrize(
    "given", ["Bearer", "Bearer ", "Basic Og==", PASSWORD, "Bearer \udcff", "Bearer " + "x" * 9999]
)
def test_what_is_no_bearer_of_the_password_opens_nothing(locked, given):
    answer = locked.get(SONGS, headers={"Authorization": given.encode("utf-8", "surrogatepass").decode("latin-1")})
    assert answer.status_code == 401


def test_guessing_is_as_slow_as_at_the_door(locked):
    for _ in range(access.WRONG_FROM_ONE):
        assert locked.get(SONGS, headers={"Authorization": "Bearer wrong"}).status_code == 401
    answer = locked.get(SONGS, headers=BEARER)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, str(access.WINDOW))
    assert "Try again in 10 min" in answer.json["error"]
    assert locked.post("/login", data={"password": PASSWORD}).status_code == 429


def test_many_requests_at_once_with_the_password_keep_nobody_out():
    door = Access(PASSWORD, Clock())
    for _ in range(10 * access.WRONG_FROM_ALL):
        assert door.gives("10.0.0.1", PASSWORD)
    assert len(door.tries) == 0


def test_only_who_has_the_password_sends_more_than_a_little(track):
    import requests

    sound = track + bytes(20_000)
    with served(library(), listen, Access(PASSWORD)) as port:
        address = f"http://127.0.0.1:{port}/api/v1/query?k=1"
        sent = {"right": BEARER, "wrong": {"Authorization": "Bearer wrong"}, "none": {}}
        for headers in ({}, {"Expect": "100-continue"}):
            told = {
                name: requests.post(address, sound, headers=KIND | given | headers, timeout=20)
                for name, given in sent.items()
            }
            assert {name: each.status_code for name, each in told.items()} == {"right": 200, "wrong": 401, "none": 401}
            assert "Sign in" in told["none"].json()["error"]
        pieces = (sound[at : at + 5000] for at in range(0, len(sound), 5000))
        assert requests.post(address, pieces, headers=KIND | BEARER, timeout=20).status_code == 200


def test_another_site_and_another_name_are_refused_in_json(client):
    for headers in ({"Host": "evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = client.get(SONGS, headers=headers)
        assert answer.status_code == 403
        assert answer.json["error"].endswith(".")
    assert client.post("/api/v1/query", headers=KIND | {"Origin": "http://evil.example"}).status_code == 403
    assert client.delete(SONGS).status_code == 405
    assert "error" in client.delete(SONGS).json
