"""The page in a real browser: what a person does with it, and what comes of it."""

import random

import pytest

CARD = "#card .card-title"


@pytest.fixture
def titles(shown):
    return shown.songs["title"].tolist()


def test_the_page_opens_without_a_complaint(visit, shot):
    visit.open()
    shot("opened")
    assert visit.page.title() == "Songboard"
    assert visit.page.inner_text(CARD) == "Start with a song"
    assert visit.errors == []


def test_the_page_keeps_to_its_own_content_policy(chromium, address):
    context = chromium.browser.new_context()
    page, complaints = context.new_page(), []
    page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
    page.goto(address)
    page.wait_for_selector(".stage[data-ready]", timeout=60_000)
    page.fill("#search", "a")
    page.wait_for_selector("[data-song]")
    context.close()
    assert complaints == []


def test_a_shared_address_opens_with_its_song_ready(visit, titles):
    visit.open("?song=3")
    visit.answered(3)
    visit.page.wait_for_selector("#player audio[src^='/audio/3?']", state="attached")
    assert visit.page.inner_text("#now-title") == titles[3]
    assert visit.page.evaluate("document.querySelector('audio').paused")


def test_keys_go_through_the_matches_and_the_question_stays(visit, shown):
    visit.open()
    visit.click_point(5)
    first, second = (match.id for match in shown.similar(5)[:2])
    for key, song in (("n", first), ("n", second), ("p", first)):
        visit.page.keyboard.press(key)
        visit.page.wait_for_selector(f"#player audio[src^='/audio/{song}?']", state="attached")
    assert visit.page.url.endswith("?song=5")
    assert visit.page.get_attribute(".row[data-current] .play", "data-play") == str(first)
    visit.plays()
    visit.page.keyboard.press(" ")
    visit.page.wait_for_function("document.querySelector('audio').paused")


def test_esc_clears_the_question_and_the_lights(visit):
    visit.open()
    visit.click_point(5)
    visit.stands_lit(5)
    visit.page.keyboard.press("Escape")
    visit.stands_lit(None)
    assert visit.page.inner_text(CARD) == "Start with a song"
    assert "song=" not in visit.page.url


def test_a_mouse_racing_over_a_changing_map_breaks_nothing(visit):
    visit.open()
    chance = random.Random(1)
    for turn in range(6):
        visit.click_point(turn)
        for _ in range(12):
            visit.page.mouse.move(chance.randint(200, 700), chance.randint(80, 600))
    visit.page.keyboard.press("Escape")
    visit.page.wait_for_function("document.querySelector('.card-title').textContent === 'Start with a song'")
    assert visit.errors == []
