"""Words in the search box: what they find beside titles, and the query they become."""

import pytest
from shelf import library, write_library
from spectrum import WORDS

from dashboard import search
from dashboard.app import create_app
from index.finding import Finder
from index.ranking import Rules


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    return write_library(tmp_path_factory.mktemp("words"), words=WORDS)


@pytest.fixture(scope="module")
def client(shelf):
    return create_app(shelf).server.test_client()


def options(text, shelf):
    (listed,) = search.hits(text, shelf)
    return listed.children


def test_known_words_offer_what_sounds_like_them_before_the_titles(shelf):
    first, *others = options("loud treble, no bass", shelf)
    assert getattr(first, "data-words") == "loud treble, no bass" and others == []
    assert first.children[1].children[1].children == "loud, treble, not bass"
    assert (first.id, first.role) == ("hit-0", "option")


def test_titles_stand_below_and_each_hit_has_an_id_of_its_own(shelf, monkeypatch):
    monkeypatch.setitem(shelf.__dict__, "_finder", Finder(["Loud", "Quiet", "Bass, loud"], [""] * 3))
    hits = options("loud", shelf)
    assert [getattr(hit, "data-song", None) for hit in hits] == [None, "0", "2"]
    assert len({hit.id for hit in hits}) == len(hits)


def test_a_word_that_is_not_known_leaves_the_titles_alone(shelf):
    hits = options("noise 1", shelf)
    assert [int(getattr(hit, "data-song")) for hit in hits] == shelf.find("noise 1", 12) != []


def test_where_nothing_is_found_one_sentence_names_the_word(shelf):
    (sentence,) = search.hits("loud trebel", shelf)
    assert sentence.children == (
        "No song or artist matches “loud trebel”, and there is no sound called “trebel” (did you mean “treble”?)."
    )
    (sentence,) = search.hits("zzz", library())  # that has no words
    assert sentence.children == "No song or artist matches “zzz”."


def test_words_are_asked_with_card_and_list_and_the_rules_hold(client, shelf):
    asked = {"words": "loud treble, no bass"}
    told = client.post("/answer", json=asked).json
    assert told["lit"]["matches"] == [match.id for match in shelf.by_words(asked["words"], 20)]
    assert (told["lit"]["song"], told["lit"]["track"], told["lit"]["path"]) == (None, None, None)
    assert "loud, treble, not bass" in str(told["card"])
    rows = told["listed"]["matches"]["rows"]
    assert rows[0]["alone"] and float(rows[0]["figure"]) == pytest.approx(told["lit"]["similarities"][0], abs=0.005)
    one = client.post("/answer", json=asked | {"rules": {"per_artist": 1}}).json
    assert one["lit"]["matches"] == [match.id for match in shelf.by_words(asked["words"], 20, Rules(per_artist=1))]


@pytest.mark.parametrize("words", [None, 3, ["loud"], "", "lout", "x" * 201, "loud, no loud"])
def test_what_is_not_understood_is_a_sentence(client, words):
    told = client.post("/answer", json={"words": words}).json
    assert told["lit"] is None and "No answer" in str(told["card"])


def test_a_library_without_words_says_so():
    told = create_app(library()).server.test_client().post("/answer", json={"words": "loud"}).json
    assert "has no words" in str(told["card"])


def test_words_hold_no_numbers_that_a_new_build_could_change(client):
    told = client.post("/answer", json={"words": "loud", "built": "generation-of-old"}).json
    assert told["lit"]["moved"] == {} and told["lit"]["matches"]
