"""The taste as the page teaches it: what the routes take, what the list makes of it, and what they refuse."""

import shutil

import pytest
import shelf

from dashboard.app import create_app
from index.library import Library
from index.taste_file import FILE

OWN = {"X-Songboard": "test"}


@pytest.fixture
def library(tmp_path):
    return Library.load(shutil.copytree(shelf.library().folder, tmp_path / "library"))


@pytest.fixture
def client(library):
    return create_app(library).server.test_client()


def listed(client, **asked):
    told = client.post("/answer", json={"song": 4, **asked}).json
    return told["listed"]["matches"]["heading"], told["lit"]["matches"], told["lit"]["similarities"]


def teach(client, **change):
    answer = client.post("/taste", json=change, headers=OWN)
    assert answer.status_code == 200, answer.text
    return answer.json


def test_choices_count_once_for_you_is_on_and_no_more_when_it_is_off_or_forgotten(client, library):
    plain = listed(client)
    assert client.get("/taste").json["choices"] == 0 and plain[0] == "Most alike"
    last = plain[1][-1]
    assert teach(client, choice="like", song=last, of=4)["said"] == "Off; it has learned from 1 choice."
    teach(client, choice="not", song=plain[1][0], of=4)
    assert listed(client) == plain
    assert teach(client, on=True)["said"] == "Learned from 2 choices."
    heading, songs, _ = listed(client)
    assert heading == "Most alike, for you" and songs != plain[1] and songs.index(last) < len(songs) - 1
    assert client.get("/next", query_string={"song": 4}).json["song"] == songs[0]
    teach(client, on=False)
    assert listed(client) == plain
    teach(client, on=True)
    assert teach(client, forget=True) == {"on": False, "choices": 0, "said": client.get("/taste").json["said"]}
    assert listed(client) == plain and not (library.folder / FILE).exists()


def test_moments_words_and_paths_and_other_doors_stay_as_they_are(client):
    def others():
        answers = [
            client.post("/answer", json=asked).json for asked in ({"path": [1, 5]}, {"song": 4, "moment": [0, 1]})
        ]
        return answers, client.get("/api/v1/similar", query_string={"id": 4}).json

    plain = others()
    teach(client, choice="like", song=7, of=4)
    teach(client, on=True)
    assert others() == plain


def test_a_choice_can_be_taken_back(client):
    teach(client, choice="like", song=3, of=4)
    assert teach(client, choice="not", song=3, of=4)["choices"] == 1
    assert teach(client, choice=None, song=3, of=4)["choices"] == 0


@pytest.mark.parametrize(
    "change",
    [
        None,
        [],
        {},
        {"on": 1},
        {"forget": "yes"},
        {"choice": "love", "song": 1},
        {"choice": [], "song": 1},
        {"choice": "like"},
        {"choice": "like", "song": 99},
        {"choice": "like", "song": True},
        {"choice": "like", "song": "1"},
        {"choice": "like", "song": 1, "of": -1},
    ],
)
def test_what_is_no_choice_is_refused_in_a_sentence_and_nothing_is_written(client, library, change):
    answer = client.post("/taste", json=change, headers=OWN)
    assert answer.status_code == 400 and answer.json["error"].endswith(".")
    assert not (library.folder / FILE).exists()


def test_another_page_and_an_older_build_teach_nothing(client, library):
    assert client.post("/taste", json={"on": True}).status_code == 403
    assert client.post("/taste?g=older", json={"on": True}, headers=OWN).status_code == 410
    assert not (library.folder / FILE).exists()


def test_a_taste_that_is_refused_is_told_left_and_changes_nothing(client, library):
    plain = listed(client)
    (library.folder / FILE).write_text("{")
    for answer in (client.get("/taste"), client.post("/taste", json={"forget": True}, headers=OWN)):
        assert answer.status_code == 409 and "is damaged" in answer.json["error"]
    assert listed(client) == plain and (library.folder / FILE).read_text() == "{"
