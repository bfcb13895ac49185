"""POST /order: songs in DJ order, and what is refused."""

import pytest
from shelf import library

from dashboard import mixing
from dashboard.app import create_app

OURS = {"X-Songboard": "order"}


@pytest.fixture(scope="module")
def client():
    return create_app(library()).server.test_client()


def test_songs_come_back_in_an_order_that_mixes_and_a_sentence_says_how_well(client):
    asked = {"songs": [5, 1, 2, 3], "first": True}
    told = client.post("/order", json=asked, headers=OURS).json
    assert told["songs"][0] == 5 and sorted(told["songs"]) == [1, 2, 3, 5]
    assert told["said"].startswith("DJ order: ") and "of 3 steps" in told["said"]
    assert client.post("/order", json=asked | {"last": True}, headers=OURS).json["songs"][-1] == 3


def test_songs_beyond_those_that_are_put_in_order_keep_their_places(monkeypatch):
    monkeypatch.setattr(mixing, "MOST", 3)
    songs, said = mixing.ordered(library(), [5, 1, 2, 3, 4], first=True, last=True)
    assert songs[0] == 5 and sorted(songs[:3]) == [1, 2, 5] and songs[3:] == [3, 4]
    assert said.endswith("The first 3 songs were put in order.")


@pytest.mark.parametrize("asked", [None, [], {}, {"songs": 3}, {"songs": [True]}, {"songs": [12]}, {"songs": ["1"]}])
def test_what_is_no_song_is_refused_in_a_sentence(client, asked):
    refused = client.post("/order", json=asked, headers=OURS)
    assert refused.status_code == 400 and refused.json == {"error": "These are no songs of the library."}


def test_no_song_and_one_song_are_in_order_already(client):
    for songs in ([], [4]):
        assert client.post("/order", json={"songs": songs}, headers=OURS).json["songs"] == songs
    assert client.post("/order", json={"songs": [4]}).status_code == 403
