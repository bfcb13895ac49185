import io
import tempfile
import threading
import time

import numpy as np
import pytest
import sounds
from shelf import library
from spectrum import SpectrumEmbedder

from dashboard import drop
from dashboard.app import create_app
from dashboard.tracks import Track, Tracks

OURS = {"X-Songboard": "drop", "X-File-Name": "My%20Song_one.ogg"}


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    """The folder of temporary files, to see what is left in it."""
    library()  # which writes its own there
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def track(tmp_path):
    return sounds.write(tmp_path / "track.ogg", sounds.chord(233, 350)).read_bytes()


def listen(path, _):
    return next(SpectrumEmbedder().embed([path]))


def client(listening=listen):
    return create_app(library(), listening).server.test_client()


def test_a_dropped_track_gets_a_token_and_its_title(track, temporary):
    answer = client().post("/drop", data=track, headers=OURS)
    assert answer.status_code == 200
    assert answer.json["title"] == "My Song one"
    assert answer.json["token"].startswith("track-")
    assert list(temporary.iterdir()) == []


def test_a_track_stands_among_the_songs_it_resembles(track, tmp_path):
    path = tmp_path / "copy.ogg"
    path.write_bytes(track)
    heard = drop.hear(path, "Copy", library(), listen)
    best = library().similar_to(heard.vector, 1)[0]
    assert library().songs["artist"][best.id] == "The Tones"
    tones = library().songs.query("artist == 'The Tones'")[["x", "y", "z"]].to_numpy()
    assert (abs(library().place(heard.vector) - tones.mean(axis=0)) < 0.5).all()


def test_the_library_stays_as_it_is(track):
    before = {path: path.stat().st_mtime_ns for path in library().folder.rglob("*")}
    client().post("/drop", data=track, headers=OURS)
    assert {path: path.stat().st_mtime_ns for path in library().folder.rglob("*")} == before


def test_another_sites_page_cannot_drop_a_track(track):
    answer = client().post("/drop", data=track)
    assert answer.status_code == 403
    assert "error" in answer.json


@pytest.mark.parametrize("content", [b"A shopping list, and no song." * 50, b"\x00" * 5000])
def test_what_is_no_audio_is_refused_by_name_with_the_reason(content, temporary):
    answer = client().post("/drop", data=content, headers=OURS)
    assert answer.status_code == 422
    assert answer.json == {"error": "It holds no audio that can be decoded."}
    assert list(temporary.iterdir()) == []


def test_an_empty_file_is_refused(temporary):
    answer = client().post("/drop", data=b"", headers=OURS)
    assert (answer.status_code, answer.json["error"]) == (422, "It is empty.")
    assert list(temporary.iterdir()) == []


def test_a_file_that_says_it_is_too_large_is_not_read(track, temporary, monkeypatch):
    monkeypatch.setattr(drop, "LARGEST", len(track) - 1)
    monkeypatch.setattr(drop, "receive", None)
    answer = client().post("/drop", data=track, headers=OURS)
    assert answer.status_code == 413
    assert answer.json["error"].endswith(".")


def test_a_file_is_counted_whatever_it_says(temporary, monkeypatch):
    monkeypatch.setattr(drop, "LARGEST", 1000)
    monkeypatch.setattr(drop, "CHUNK", 100)
    stream = io.BytesIO(b"x" * 100_000)
    with pytest.raises(drop.DropError, match="larger") as refused:
        drop.receive(stream)
    assert refused.value.status == 413
    assert stream.tell() <= 1100
    assert list(temporary.iterdir()) == []


def test_a_listener_that_breaks_leaves_no_file(track, temporary):
    def broken(path, _):
        raise MemoryError

    app = create_app(library(), broken)
    app.server.testing = False
    assert app.server.test_client().post("/drop", data=track, headers=OURS).status_code == 500
    assert list(temporary.iterdir()) == []


def test_without_an_encoder_tracks_are_refused_with_a_sentence(track):
    answer = client(None).post("/drop", data=track, headers=OURS)
    assert answer.status_code == 503
    assert "encoder" in answer.json["error"]


def test_a_reason_of_the_listener_reaches_the_page(track):
    def unwilling(path, _):
        raise drop.DropError("The encoder is gone.", 503)

    answer = client(unwilling).post("/drop", data=track, headers=OURS)
    assert (answer.status_code, answer.json) == (503, {"error": "The encoder is gone."})


def test_more_tracks_than_can_wait_are_told_that_it_is_busy(track):
    begun, go_on = events(2)
    app = create_app(library(), lambda path, shown: (begun.set(), go_on.wait(), listen(path, shown))[-1])
    answers = []

    def send():
        answers.append(app.server.test_client().post("/drop", data=track, headers=OURS))

    posts = [threading.Thread(target=send) for _ in range(drop.WAITING + 1)]
    for post in posts:
        post.start()
    while not answers:
        time.sleep(0.01)
    assert begun.is_set()
    assert (answers[0].status_code, answers[0].headers["Retry-After"]) == (503, str(drop.WAIT))
    assert "busy" in answers[0].json["error"]
    go_on.set()
    for post in posts:
        post.join()
    assert sorted(answer.status_code for answer in answers) == [200] * drop.WAITING + [503]


def test_while_one_track_is_listened_to_the_page_goes_on(track):
    begun, go_on = events(2)
    app = create_app(library(), lambda path, shown: (begun.set(), go_on.wait(), listen(path, shown))[-1])
    post = threading.Thread(target=lambda: app.server.test_client().post("/drop", data=track, headers=OURS))
    post.start()
    begun.wait()
    assert app.server.test_client().get("/status").status_code == 200
    go_on.set()
    post.join()


def test_a_forgotten_track_is_gone_and_only_the_page_can_forget_it(track):
    browser = client()
    token = browser.post("/drop", data=track, headers=OURS).json["token"]
    assert browser.delete(f"/drop/{token}").status_code == 403
    assert browser.delete(f"/drop/{token}", headers=OURS).status_code == 200
    assert browser.delete("/drop/track-of-nobody", headers=OURS).status_code == 200


def test_a_track_that_is_forgotten_is_known_no_more():
    tracks = Tracks()
    track = Track("Mine", np.zeros(4, np.float32), "5bec", 12.0, {})
    token, other = tracks.add(track), tracks.add(track)
    tracks.forget(token)
    assert tracks.get(token) is None
    assert tracks.get(other) is track


def events(count):
    return [threading.Event() for _ in range(count)]


def test_one_track_is_listened_to_at_a_time(track):
    at_once, most = [], []

    def slow(path, shown):
        at_once.append(path)
        most.append(len(at_once))
        time.sleep(0.05)
        at_once.remove(path)
        return listen(path, shown)

    app = create_app(library(), slow)
    posts = [
        threading.Thread(target=lambda: app.server.test_client().post("/drop", data=track, headers=OURS))
        for _ in range(4)
    ]
    for post in posts:
        post.start()
    for post in posts:
        post.join()
    assert most == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("header", "title"),
    [("My%20Song.mp3", "My Song"), ("..%2F..%2Fetc%2Fpasswd", "passwd"), ("C%3A%5Cmusic%5CHit.wav", "Hit"),
     ("", "Untitled track"), ("%00%0A%1B.ogg", "Untitled track"), ("Caf%C3%A9_%E2%99%AB.ogg", "Café ♫"),
     ("x" * 5000, "x" * drop.LONGEST_NAME)],
)  # fmt: skip
def test_a_file_name_is_a_label_and_never_a_path(header, title):
    assert drop.title_of(header) == title
