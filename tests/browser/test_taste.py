"""Teaching the list in a real browser."""

import json

import pytest

from index.taste_file import FILE

ROW = "#matches .row:nth-child({})"


@pytest.fixture
def asked(visit, shown):
    """A visit in which song 5 is asked about, and nothing was ever liked."""
    visit.open("?song=5")
    visit.answered(5)
    yield visit
    (shown.folder / FILE).unlink(missing_ok=True)


def says(visit, text: str) -> None:
    visit.page.wait_for_function("text => document.querySelector('#taste-said').textContent === text", arg=text)


def heading(visit, text: str) -> None:
    visit.page.wait_for_function(
        "text => document.querySelector('#matches .matches-head').firstChild.textContent === text", arg=text
    )


def choices(shown) -> list:
    return json.loads((shown.folder / FILE).read_text())["choices"]


def test_likes_and_not_this_teach_for_you_which_is_turned_on_off_and_forgotten(asked, shown, shot):
    page, hashes = asked.page, shown.contents
    first = [match.id for match in shown.similar(5, 2)]
    page.click("#card [data-like]")
    says(asked, "Off; it has learned from 1 choice.")
    for row, action in ((1, "not"), (2, "like")):
        page.click(f"{ROW.format(row)} [data-open]")
        page.click(f"{ROW.format(row)} [data-{action}]")
        says(asked, f"Off; it has learned from {row + 1} choices.")
    of = hashes[5]
    assert choices(shown) == [["like", of, None], ["not", hashes[first[0]], of], ["like", hashes[first[1]], of]]
    heading(asked, "Most alike")
    page.click("#taste-on")
    heading(asked, "Most alike, for you")
    assert page.get_attribute("#taste-on", "aria-pressed") == "true"
    shot("taste")
    page.click("#notice-act")  # takes the last choice back
    says(asked, "Learned from 2 choices.")
    page.click("#taste-on")
    heading(asked, "Most alike")
    page.click("#taste-forget")
    page.wait_for_selector("#taste-forget", state="hidden")
    assert not (shown.folder / FILE).exists() and asked.errors == []


def test_the_next_song_soon_after_one_from_the_list_or_the_radio_is_a_skip_while_for_you_is_on(asked, shown):
    page, hashes = asked.page, shown.contents
    page.evaluate("songboard.audio.muted = true")
    page.click(f"{ROW.format(1)} .play")
    match = shown.similar(5)[0].id
    asked.plays_song(match)
    page.evaluate("songboard.step(1)")  # off: nothing is learned of it
    page.click("#taste-on")
    page.wait_for_selector("#taste-on[aria-pressed=true]")
    assert choices(shown) == []
    page.click(f"{ROW.format(1)} .play")
    asked.plays_song(match)
    page.evaluate("songboard.step(1)")
    says(asked, "Learned from 1 choice.")
    assert choices(shown) == [["skip", hashes[match], hashes[5]]]
    page.click("#radio")
    passed = []
    for count in (2, 3):
        passed.append(int(page.evaluate("songboard.current.key")))
        page.evaluate("songboard.step(1)")
        says(asked, f"Learned from {count} choices.")
        page.wait_for_function("before => songboard.current.key !== String(before)", arg=passed[-1])
    assert choices(shown)[2] == ["skip", hashes[passed[1]], hashes[passed[0]]]
    assert asked.errors == []
