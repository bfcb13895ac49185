"""The map that is given away, opened from the disk: it shows, finds and tells what is alike, and asks nobody."""

from urllib.parse import quote

import pytest

from dashboard.previews import folder_of, write_previews
from dashboard.share import share
from opening import ten_seconds

LISTED = "[...document.querySelectorAll('#matches [data-song]')].map(({dataset}) => Number(dataset.song))"
HEARD = """[...document.querySelectorAll('.play')].filter((each) => each.checkVisibility({visibilityProperty: true}))
                .map(({dataset}) => Number(dataset.play))"""
FOUND = "[...document.querySelectorAll('#hits [data-song]')].map(({dataset}) => Number(dataset.song))"


@pytest.fixture(scope="module")
def address(shown, tmp_path_factory):
    """Where the file lies: no server listens."""
    path = tmp_path_factory.mktemp("given") / "map.html"
    share(shown, path)
    return path.as_uri()


def test_a_file_from_the_disk_shows_neighbours_and_finds_songs_and_asks_nobody(visit, shown, shot):
    page, titles = visit.open().page, shown.songs["title"].tolist()
    visit.settled()
    at = next(
        (song, x, y)
        for song, (x, y) in ((song, visit.point(song)) for song in range(len(titles)))
        if page.evaluate("([x, y]) => songboard.map.under(x, y)", [x, y]) == song
    )
    page.mouse.click(*at[1:])
    visit.stands_lit(at[0])
    assert page.locator("#card .card-title").inner_text() == titles[at[0]]
    listed = page.evaluate(LISTED)
    assert listed == [match.id for match in shown.similar(at[0], 10)]
    shot("given")

    page.keyboard.press("/")
    page.keyboard.type(titles[listed[0]].upper())
    page.wait_for_selector(f'#hits [data-song="{listed[0]}"]')
    found = shown.find(titles[listed[0]], 12)
    assert page.evaluate(FOUND) == found
    page.keyboard.press("Enter")
    visit.stands_lit(found[0])
    assert visit.errors == []


def test_what_a_filter_dims_stands_in_no_list(visit, shown):
    page = visit.open().page
    page.evaluate("songboard.songs.then(() => songboard.choose(5))")
    visit.stands_lit(5)
    page.click(".legend-row")  # the largest cluster
    kept = shown.songs["cluster"].value_counts().index[0]
    same = [match.id for match in shown.similar(5, 10) if shown.songs["cluster"][match.id] == kept]
    page.wait_for_function("wanted => String(songboard.map.lit.matches) === wanted", arg=",".join(map(str, same)))
    assert page.evaluate(LISTED) == same


@pytest.fixture(scope="module")
def given_with_sound(shown, tmp_path_factory):
    """(The previews, where the file beside them lies): of all songs but one."""
    path, silent = tmp_path_factory.mktemp("given") / "map & more #1.html", shown.songs["path"][7]
    cut = lambda path, start: "none" if path == shown.songs_folder / silent else ten_seconds(path, start)  # noqa: E731
    previews = write_previews(shown, folder_of(path), cut, True, lambda done, total: None)
    share(shown, path, previews=previews)
    return previews, path


def test_ten_seconds_are_heard_of_a_song_beside_the_file_under_its_own_policy(chromium, shown, given_with_sound):
    page = chromium.browser.new_page()  # which is let no more than any other
    complaints = []
    page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
    page.goto(given_with_sound[1].as_uri())
    page.locator(".stage[data-ready]").wait_for(timeout=60_000)
    page.locator("#search").fill(shown.songs["title"][0])
    page.locator('#hits [data-song="0"]').click()
    page.locator("#card .play[data-playing]").wait_for()
    page.locator("#card .play").click()
    page.locator("#card .play:not([data-playing])").wait_for()
    assert complaints == []
    page.close()


def test_a_song_without_a_preview_has_no_button_and_stops_the_one_before(visit, given_with_sound, shot):
    previews, path = given_with_sound
    visit.address = f"{path.parent.as_uri()}/"
    page = visit.open(quote(path.name)).page
    page.evaluate("songboard.songs.then(() => songboard.choose(0))")
    page.wait_for_selector("#card .play[data-playing]")
    shot("given-with-sound")
    assert page.evaluate(HEARD) == [0, *(song for song in page.evaluate(LISTED) if song in previews.licences)]
    page.evaluate("songboard.choose(7)")
    visit.stands_lit(7)
    assert 7 not in page.evaluate(HEARD) and page.locator("[data-playing]").count() == 0
    assert visit.errors == []


def test_without_the_folder_beside_it_the_map_is_silent_and_offers_no_sound(visit, shown, given_with_sound, tmp_path):
    alone = tmp_path / "map.html"
    share(shown, alone, previews=given_with_sound[0])
    visit.address = f"{tmp_path.as_uri()}/"
    page = visit.open(alone.name).page
    page.evaluate("songboard.songs.then(() => songboard.choose(0))")
    visit.stands_lit(0)
    page.wait_for_selector("#card .play:not([data-sounds])", state="attached")
    assert 0 not in page.evaluate(HEARD) and page.locator("[data-playing]").count() == 0
