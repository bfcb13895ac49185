"""Moments on the waveform in a real browser."""

import pytest

CARD = "#card [data-waveform]"


@pytest.fixture
def card(visit):
    """A visit that shows the waveform of song 5."""
    visit.open()
    visit.page.evaluate("songboard.choose(5)")
    visit.plays_song(5)
    visit.answered(5)
    visit.page.wait_for_selector(f"{CARD} .wave", state="attached")
    return visit


def at(visit, share: float, selector: str = CARD) -> tuple[float, float]:
    """The point on the screen at a share of a waveform's width."""
    box = visit.page.locator(selector).bounding_box()
    return box["x"] + share * box["width"], box["y"] + box["height"] / 2


def length(visit) -> float:
    return visit.page.evaluate("songboard.lengthOf('5')")


def drag(visit, start: tuple[float, float], end: tuple[float, float]) -> None:
    visit.page.mouse.move(*start)
    visit.page.mouse.down()
    visit.page.mouse.move(*end, steps=6)
    visit.page.mouse.up()


def test_a_click_plays_from_there_and_a_drag_asks_for_songs_with_a_bit_like_it(card, shot):
    whole = length(card)
    card.page.evaluate("songboard.audio.pause(); songboard.seekTo(0)")
    card.page.mouse.click(*at(card, 0.5))
    assert card.second() == pytest.approx(whole / 2, abs=1)
    card.plays_song(5)
    assert "moment" not in card.page.evaluate("songboard.state")
    drag(card, at(card, 0.25), at(card, 0.75))
    state = card.page.evaluate("songboard.state")
    assert state["song"] == 5
    assert state["moment"] == pytest.approx([whole / 4, min(3 * whole / 4, whole / 4 + 60)], abs=0.3)
    assert f"from={state['moment'][0]:g}" in card.page.url
    card.page.wait_for_function("songboard.answer?.query.moment")
    shot("moment")
    box, mark = (card.page.locator(where).bounding_box() for where in (CARD, f"{CARD} .moment"))
    assert mark["x"] - box["x"] == pytest.approx(state["moment"][0] / whole * box["width"], abs=3)
    assert card.errors == []


def test_a_handle_changes_its_own_end_and_no_moment_is_shorter_than_two_seconds(card):
    card.page.evaluate("songboard.ask({song: 5, moment: [3, 6]})")
    card.page.wait_for_function("songboard.answer?.query.moment")
    whole = length(card)
    drag(card, at(card, 6 / whole), at(card, 9 / whole))
    assert card.page.evaluate("songboard.state.moment") == pytest.approx([3, 9], abs=0.4)
    card.page.wait_for_function("songboard.answer.query.moment[1] > 8")
    drag(card, at(card, 9 / whole), at(card, 3 / whole))
    start, end = card.page.evaluate("songboard.state.moment")
    assert end - start == pytest.approx(2, abs=0.11)


def test_the_keyboard_chooses_a_moment_too(card):
    page = card.page
    page.keyboard.press(" ")
    page.evaluate("songboard.seekTo(2)")
    page.focus(CARD)
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowRight"):
        page.keyboard.press(key)
    assert page.get_attribute(CARD, "aria-valuetext") == "0:03 to 0:10"
    assert "moment" not in page.evaluate("songboard.state")
    page.keyboard.press("Enter")
    assert page.evaluate("songboard.state.moment") == pytest.approx([3, 10], abs=0.3)
    assert card.second() == pytest.approx(2, abs=0.3)  # the arrows were the moment's, not the player's
    page.focus(CARD)
    page.keyboard.press("Escape")
    assert page.evaluate("[songboard.state.song, songboard.state.moment ?? null]") == [5, None]


def test_the_players_waveform_asks_with_alt_and_its_button_about_what_plays_now(card):
    card.page.keyboard.press(" ")
    card.page.wait_for_function("songboard.audio.paused")
    card.page.evaluate("songboard.seekTo(6)")
    card.page.click("#moment")
    start, end = card.page.evaluate("songboard.state.moment")
    assert (start < 6 < end, end - start) == (True, pytest.approx(6, abs=0.11))
    card.page.keyboard.down("Alt")
    drag(card, at(card, 0.7, "#seek"), at(card, 0.95, "#seek"))
    card.page.keyboard.up("Alt")
    assert card.second() == pytest.approx(6, abs=0.1)
    assert card.page.evaluate("songboard.state.moment[0]") == pytest.approx(0.7 * length(card), abs=0.5)
