"""The map that is given away, opened from the disk: it shows, finds and tells what is alike, and asks nobody."""

import pytest

from dashboard.share import share

LISTED = "[...document.querySelectorAll('#matches [data-song]')].map(({dataset}) => Number(dataset.song))"
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
