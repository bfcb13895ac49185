"""Paths from one song to another in a real browser."""

from dashboard.mixing import ordered


def until_path(visit, stops: list[int]) -> None:
    script = (
        "stops => [...document.querySelectorAll('#path .row-main')].map(e => e.dataset.play).join() === stops.join()"
    )
    visit.page.wait_for_function(script, arg=stops, timeout=10_000)


def test_a_path_from_the_card_ends_at_whatever_song_is_chosen(visit, shown, shot):
    visit.open("?song=5")
    visit.answered(5)
    visit.page.click("[data-path-from]")
    assert visit.page.is_visible("#path-to[data-waiting]")
    visit.page.fill("#search", shown.songs["title"][0])
    visit.page.wait_for_selector('#hits .hit[data-song="0"]')
    visit.page.click('#hits .hit[data-song="0"]')
    until_path(visit, shown.path(5, 0, 8))
    assert visit.page.url.endswith("?path=5,0&steps=8")
    drawn = "stops => String(songboard.answer.path) === String(stops)"  # by the map, after the list
    visit.page.wait_for_function(drawn, arg=shown.path(5, 0, 8))
    assert visit.page.inner_text("#path-from .path-end-title") == shown.songs["title"][5]
    assert visit.page.evaluate("songboard.awaiting") is None
    shot("path")
    assert visit.errors == []


def test_a_path_is_queued_in_dj_order_between_its_ends(visit, shown):
    visit.open("?path=5,0")
    stops = shown.path(5, 0, 8)
    until_path(visit, stops)
    visit.page.click("[data-order]")
    wanted, said = ordered(shown, stops, first=True, last=True)
    visit.page.wait_for_function("said => document.querySelector('#notice-text').textContent === said", arg=said)
    assert visit.page.evaluate("songboard.queue.songs") == wanted
    assert (wanted[0], wanted[-1]) == (5, 0) and visit.errors == []


def test_a_path_from_a_row_leads_to_it(visit, shown):
    visit.open("?song=5")
    visit.answered(5)
    last = shown.similar(5)[-1].id
    visit.page.click(f'[data-open="{last}"]')
    visit.page.click(f'[data-path-to="{last}"]')
    until_path(visit, shown.path(5, last, 8))
    assert f"?path=5,{last}" in visit.page.url


def test_steps_routes_and_ends_can_be_changed(visit, shown):
    visit.open("?path=5,0")
    until_path(visit, shown.path(5, 0, 8))
    visit.page.click("#path-route")
    until_path(visit, shown.path(5, 0, 8, 1))
    visit.page.locator("#path-steps input").focus()
    visit.page.keyboard.press("Home")
    until_path(visit, shown.path(5, 0, 3, 1))
    visit.page.click("#path-swap")
    until_path(visit, shown.path(0, 5, 3, 1))
    assert visit.page.url.endswith("?path=0,5&steps=3&route=1")


def test_a_path_is_played_queued_and_saved(visit, shown):
    stops = shown.path(5, 0, 8)
    visit.open("?path=5,0")
    until_path(visit, stops)
    visit.page.click("#path [data-together]")
    assert f"/audio/{stops[0]}" in visit.plays()
    assert visit.page.evaluate("songboard.queue.songs") == stops[1:]
    with visit.page.expect_download() as saved:
        visit.page.click("#path [data-playlist]")
    assert saved.value.suggested_filename.endswith(".m3u8")


def test_esc_stops_waiting_for_an_end_and_asks_nothing(visit):
    visit.open("?song=5")
    visit.answered(5)
    visit.page.click("[data-path-from]")
    visit.page.keyboard.press("Escape")
    assert visit.page.query_selector("[data-waiting]") is None
    assert visit.page.url.endswith("?song=5")
