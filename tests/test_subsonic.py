"""The protocol that players speak, by hand: who may come in, how answers look and what is refused."""

import hashlib
from xml.etree import ElementTree

import pytest
from shelf import HOSTILE, library, titled
from test_access import PASSWORD, Clock

from dashboard import access, calls
from dashboard.access import Access
from dashboard.app import create_app
from dashboard.catalogue import catalogue
from dashboard.protection import Guard

SALT = "c19b2d"
TOKEN = hashlib.md5(f"{PASSWORD}{SALT}".encode()).hexdigest()
WHO = {"u": "anybody", "v": "1.16.1", "c": "tests"}
KNOWN = WHO | {"t": TOKEN, "s": SALT}
NAMESPACE = "{http://subsonic.org/restapi}"


@pytest.fixture(scope="module")
def client():
    return create_app(library()).server.test_client()


@pytest.fixture
def locked():
    return create_app(library(), guard=Guard(access=Access(PASSWORD, Clock()))).server.test_client()


def key(song):
    return catalogue(library()).keys[song]


def ask(client, call, **given):
    answer = client.get(f"/rest/{call}", query_string={"f": "json"} | given)
    assert answer.status_code == 200
    return answer.json["subsonic-response"]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (KNOWN, None),
        (WHO | {"t": TOKEN.upper(), "s": SALT}, None),
        (WHO | {"p": PASSWORD}, None),
        (WHO | {"p": "enc:" + PASSWORD.encode().hex()}, None),
        ({}, 10),
        (WHO, 10),
        (WHO | {"t": TOKEN}, 10),
        ({"p": PASSWORD}, 10),
        (WHO | {"t": TOKEN, "s": "another"}, 40),
        (WHO | {"t": "é", "s": "\0"}, 40),
        (WHO | {"p": ""}, 40),
        (WHO | {"p": "enc:zz"}, 40),
        (WHO | {"p": "enc:ff"}, 40),
        (KNOWN | {"p": PASSWORD}, 43),
        (WHO | {"apiKey": PASSWORD}, 42),
    ],
)
def test_who_may_come_in(locked, given, code):
    answer = ask(locked, "ping", **given)
    assert answer.get("error", {}).get("code") == code
    assert answer["status"] == ("failed" if code else "ok")
    assert (answer["type"], answer["openSubsonic"], answer["version"]) == ("songboard", True, "1.16.1")


def test_without_the_password_no_call_is_answered_but_the_one_that_must_be(locked):
    for call in calls.CALLS:
        answer = ask(locked, call, id=key(3))
        assert answer.get("error", {}).get("code") == (None if call == "getOpenSubsonicExtensions" else 10), call
    for way_around in ("/rest/../audio/3", "/rest/..%2faudio/3", "/rest//audio/3", "//rest/../audio/3", "/rest"):
        assert locked.get(way_around).data != library().audio_path(3).read_bytes()
        assert b"Dash" not in locked.get(way_around).data


def test_guessing_is_as_slow_as_at_the_door_and_the_sentence_says_so(locked):
    for _ in range(access.WRONG_FROM_ONE):
        assert ask(locked, "ping", **WHO, p="wrong")["error"]["code"] == 40
    told = ask(locked, "ping", **KNOWN)["error"]
    assert (told["code"], told["message"]) == (40, "Too many wrong passwords. Try again in 10 min.")


def test_where_no_password_is_asked_for_any_will_do(client):
    for given in ({}, WHO, WHO | {"p": "anything"}, KNOWN | {"t": "no token"}):
        assert ask(client, "getSong", id=key(3), **given)["song"]["title"] == library().songs["title"][3]


def test_what_is_kept_of_the_password_for_players_does_not_show_it():
    door = Access(PASSWORD)
    assert door.gives_token("10.0.0.1", TOKEN, SALT)
    assert PASSWORD not in repr(vars(door))


@pytest.mark.parametrize(
    ("call", "given", "code"),
    [
        ("getSong", {}, 10),
        ("getSonicSimilarTracks", {}, 10),
        ("findSonicPath", {"startSongId": "so-0"}, 70),
        ("search3", {}, 10),
        ("getAlbum", {"id": "al-0"}, 70),
        ("getArtist", {"id": "../../etc/passwd"}, 70),
        ("getAlbumList2", {}, 10),
        ("getAlbumList2", {"type": "byYear"}, 10),
        ("getSimilarSongs2", {"id": "x" * 9000}, 70),
        ("getRandomSongs", {"size": "-1"}, 0),
        ("getRandomSongs", {"size": "many"}, 0),
        ("getMagic", {}, 0),
        ("stream", {"id": "3"}, 70),
    ],
)
def test_bad_questions_have_the_number_that_the_protocol_gives_them(client, call, given, code):
    answer = ask(client, call, **given)
    assert answer["error"]["code"] == code
    assert answer["error"]["message"].endswith(".")


def test_a_huge_count_is_no_more_than_the_library_holds(client):
    for count in ("9" * 5000, "0" * 400 + "99"):
        found = ask(client, "getSonicSimilarTracks", id=key(3), count=count)["sonicMatch"]
        assert len(found) == len(library()) - 1
    assert len(ask(client, "findSonicPath", startSongId=key(3), endSongId=key(7), count="9" * 99)["sonicMatch"]) <= 12
    assert ask(client, "getSonicSimilarTracks", id=key(3), count="0")["sonicMatch"] == []


def test_xml_says_the_same_as_json(client):
    for call in (
        "getSong.view",
        "getMusicFolders",
        "getSonicSimilarTracks",
        "getOpenSubsonicExtensions",
        "search3",
        "getUser",
    ):
        asked = {"id": key(titled(HOSTILE)), "query": ""}
        answer = client.get(f"/rest/{call}", query_string=asked)
        assert answer.mimetype == "text/xml"
        root = ElementTree.fromstring(answer.data)
        assert root.tag == f"{NAMESPACE}subsonic-response"
        assert plain(root) == strings(ask(client, call, **asked))
    refused = ElementTree.fromstring(client.get("/rest/getSong").data)
    assert refused.find(f"{NAMESPACE}error").attrib["code"] == "10"


def plain(element):
    """What an element holds, lists as they are found."""
    held = dict(element.attrib)
    for child in element:
        held.setdefault(child.tag.removeprefix(NAMESPACE), []).append(plain(child))
    return held or element.text


def strings(value):
    """The same of JSON: what is single as a list of one, numbers as texts."""
    if isinstance(value, dict):
        held = {name: strings(part) for name, part in value.items() if part != []}
        return {name: [part] if isinstance(part, dict) else part for name, part in held.items()}
    if isinstance(value, list):
        return [strings(part) for part in value]
    return str(value).lower() if isinstance(value, bool) else str(value)


def test_a_title_that_xml_cannot_hold_spoils_no_answer():
    from dashboard.subsonic import element

    odd = element("song", {"title": 'a\x00b\x1b\udcff<&>"\U0001f3b5\ufffe'})
    read = ElementTree.fromstring(ElementTree.tostring(odd, "utf-8"))
    assert read.attrib["title"] == 'a\ufffdb\ufffd\ufffd<&>"\U0001f3b5\ufffd'


def test_a_part_that_is_asked_for_reaches_to_the_end(client, monkeypatch):
    from dashboard import audio

    monkeypatch.setattr(audio, "PIECE", 500)
    whole = library().audio_path(3).read_bytes()
    for start, end, sent in ((700, "", whole[700:]), (700, 899, whole[700:900]), (0, "", whole)):
        answer = client.get("/rest/stream", query_string={"id": key(3)}, headers={"Range": f"bytes={start}-{end}"})
        assert (answer.status_code, answer.data) == (206, sent)
        assert answer.headers["Content-Range"] == f"bytes {start}-{start + len(sent) - 1}/{len(whole)}"
    beyond = client.get("/rest/stream", query_string={"id": key(3)}, headers={"Range": f"bytes={len(whole)}-"})
    assert beyond.status_code == 416


def test_a_file_that_is_gone_is_not_found_by_its_title(client, monkeypatch, tmp_path):
    monkeypatch.setattr(library(), "songs_folder", tmp_path)
    told = ask(client, "stream", id=key(3))["error"]
    assert told["code"] == 70
    assert library().songs["title"][3] in told["message"]
    assert str(tmp_path) not in told["message"]


def test_no_answer_says_where_a_file_lies(client):
    for call, given in (("search3", {"query": ""}), ("getSong", {"id": key(3)})):
        text = client.get(f"/rest/{call}", query_string=given | {"f": "json"}).text
        assert str(library().folder.parent) not in text
        assert library().songs["path"][3] not in text


def test_other_sites_and_other_names_are_refused(client):
    for headers in ({"Host": "evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}):
        assert client.get("/rest/ping", headers=headers).status_code == 403
    assert client.post("/rest/ping", headers={"Origin": "http://evil.example"}).status_code == 403
    assert client.get("/rest/ping").headers["Content-Security-Policy"]


def test_script_is_never_an_answer(client):
    answer = client.get("/rest/ping", query_string={"f": "jsonp", "callback": "alert"})
    assert answer.mimetype == "text/xml"
    assert "alert" not in answer.text
