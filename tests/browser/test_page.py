"""The page in a real browser: what a person does with it, and what comes of it."""

import random

import pytest
import sounds

CARD = "#card .card-title"
DRAG = """(kind) => {
  const data = new DataTransfer();
  data.items.add(new File([new Uint8Array([1, 2, 3])], "dragged.mp3"));
  document.body.dispatchEvent(new DragEvent(kind, {dataTransfer: data, bubbles: true, cancelable: true}));
}"""


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


def test_typing_finds_songs_and_enter_plays_the_first(visit, shown, titles, shot):
    visit.open()
    visit.page.keyboard.press("/")
    visit.page.keyboard.type(titles[6][:9])
    visit.page.wait_for_selector("#hits .hit")
    shot("searched")
    first = int(visit.page.get_attribute("#hits .hit", "data-song"))
    visit.page.keyboard.press("Enter")
    visit.answered(first)
    assert visit.plays().endswith(f"/audio/{first}")
    assert visit.page.input_value("#search") == ""


def test_a_row_is_followed_and_the_address_with_it(visit, shown):
    visit.open()
    visit.click_point(5)
    visit.page.click("#matches .row:nth-child(2) .row-main")
    second = shown.similar(5)[1].id
    visit.answered(second)
    assert visit.plays().endswith(f"/audio/{second}")
    assert visit.page.url.endswith(f"?song={second}")


def test_a_shared_address_opens_with_its_song_ready(visit, titles):
    visit.open("?song=3")
    visit.answered(3)
    visit.page.wait_for_selector("#player audio[src='/audio/3']", state="attached")
    assert visit.page.inner_text("#now-title") == titles[3]
    assert visit.page.evaluate("document.querySelector('audio').paused")


def test_keys_go_through_the_matches_and_the_question_stays(visit, shown):
    visit.open()
    visit.click_point(5)
    first, second = (match.id for match in shown.similar(5)[:2])
    for key, song in (("n", first), ("n", second), ("p", first)):
        visit.page.keyboard.press(key)
        visit.page.wait_for_selector(f"#player audio[src='/audio/{song}']", state="attached")
    assert visit.page.url.endswith("?song=5")
    assert visit.page.get_attribute(".row[data-current] .play", "data-play") == str(first)
    visit.plays()
    visit.page.keyboard.press(" ")
    visit.page.wait_for_function("document.querySelector('audio').paused")
    at = visit.page.evaluate("document.querySelector('audio').currentTime")
    visit.page.keyboard.press("ArrowRight")
    assert visit.page.evaluate("document.querySelector('audio').currentTime") == pytest.approx(at + 5, abs=0.5)


def test_esc_clears_the_question_and_the_lights(visit):
    visit.open()
    visit.click_point(5)
    visit.stands_lit(5)
    visit.page.keyboard.press("Escape")
    visit.stands_lit(None)
    assert visit.page.inner_text(CARD) == "Start with a song"
    assert "song=" not in visit.page.url


def test_a_dropped_track_plays_and_stands_among_its_matches(visit, tmp_path, shot):
    track = sounds.write(tmp_path / "My own song.ogg", sounds.chord(233, 350, seconds=12))
    visit.open()
    visit.page.set_input_files("input[type=file]", track)
    visit.page.wait_for_selector("#matches .row")
    visit.page.wait_for_function("songboard.map.lit.track")
    assert visit.page.inner_text(CARD) == "My own song"
    assert visit.plays().startswith("blob:")
    assert visit.page.is_hidden("#notice")
    shot("dropped")
    assert visit.errors == []


def test_what_is_no_audio_gets_a_sentence_that_can_be_put_away(visit, tmp_path, shot):
    junk = tmp_path / "list.mp3"
    junk.write_text("bread, milk, a song\n" * 50)
    visit.open()
    visit.page.set_input_files("input[type=file]", junk)
    visit.page.wait_for_selector("#notice[data-kind=trouble]")
    assert visit.page.inner_text("#notice-text") == (
        "“list” could not be taken in: it holds no audio that can be decoded."
    )
    shot("refused")
    visit.page.click("#notice-close")
    assert visit.page.is_hidden("#notice")


def test_a_file_dragged_over_the_page_shows_where_it_may_fall(visit):
    visit.open()
    visit.page.evaluate(DRAG, "dragenter")
    assert visit.page.is_visible("#drop-veil")
    visit.page.evaluate(DRAG, "dragleave")
    assert visit.page.is_hidden("#drop-veil")
    visit.page.evaluate(DRAG, "dragenter")
    visit.page.evaluate(DRAG, "drop")
    assert visit.page.is_hidden("#drop-veil")
    visit.page.wait_for_selector("#notice[data-kind=trouble]")
    assert "dragged" in visit.page.inner_text("#notice-text")


def test_a_song_the_browser_cannot_play_is_explained(visit):
    visit.open()
    visit.page.route(
        "**/audio/5", lambda route: route.fulfill(status=200, body="not a sound", content_type="audio/x-ms-wma")
    )
    visit.click_point(5)
    visit.page.wait_for_selector("#player[data-trouble]")
    assert visit.page.inner_text("#now-artist") == "Your browser cannot play this kind of file."


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
