"""Addresses that can be shared, gone back to, and be wrong."""

import pytest


def state(visit) -> dict:
    return {name: value for name, value in visit.page.evaluate("songboard.state").items() if name != "rules"}


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("?song=3", {"song": 3}),
        ("?song=3&from=2&to=6.5", {"song": 3, "moment": [2, 6.5]}),
        ("?song=3&more=4,5&less=6", {"song": 3, "more": [4, 5], "less": [6]}),
        ("?path=3,9&steps=5&route=1", {"path": [3, 9], "steps": 5, "route": 1}),
    ],
)
def test_a_shared_address_asks_what_it_says_and_stays_as_it_is(visit, query, asked):
    visit.open(query)
    visit.page.wait_for_selector("#matches .row, #path .row", state="attached")
    assert state(visit) == asked
    assert visit.page.url.endswith(query)
    assert visit.errors == []


def test_back_and_forward_go_through_what_was_asked(visit, shown):
    visit.open()
    visit.page.evaluate("songboard.ask({song: 3})")
    visit.answered(3)
    visit.page.evaluate("songboard.more(4)")
    visit.page.wait_for_selector(".chip-more")
    visit.page.evaluate("songboard.ask({path: [3, 9], steps: 4, route: 0})")
    visit.page.wait_for_selector("#path .row")
    visit.page.go_back()
    visit.page.wait_for_selector(".chip-more")
    visit.page.go_back()
    visit.page.wait_for_selector(".chip-more", state="detached")
    assert state(visit) == {"song": 3}
    visit.page.go_back()
    visit.page.wait_for_selector("#card .keys")
    visit.page.go_forward()
    visit.answered(3)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("?song=4000", "This library has no song 4000."),
        ("?song=first", "was not understood"),
        ("?song=3&from=6&to=2", "no beginning or no end"),
        ("?song=3&more=4000", "This library has no song 4000."),
        ("?less=3", "Less like a song says nothing"),
        ("?path=3", "A path leads from one song to another."),
        ("?path=3,3", "two different songs"),
    ],
)
def test_a_wrong_address_has_a_sentence_of_its_own(visit, query, sentence):
    visit.open(query)
    visit.page.wait_for_selector("[role=alert]", state="attached")
    assert sentence in visit.page.text_content("#card [role=alert]")
    assert visit.errors == []


def test_the_numbers_of_a_build_that_is_forgotten_are_not_taken_for_those_of_this_one(visit):
    visit.open("?song=3")
    visit.answered(3)
    visit.page.evaluate("history.replaceState({songboard: {question: {song: 3}, built: 'generation-gone'}}, '')")
    visit.page.reload()
    visit.page.wait_for_selector("#card [role=alert]")
    assert "built again" in visit.page.text_content("#card [role=alert]")
