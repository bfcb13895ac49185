"""The queue and its playlists in a real browser."""

import pytest

from dashboard.mixing import ordered


def queued(visit) -> list[int]:
    return visit.page.evaluate("songboard.queue.songs")


@pytest.fixture
def queue(visit):
    """A visit in which song 5 plays and three songs wait."""
    visit.open()
    visit.page.evaluate("songboard.choose(5)")
    visit.plays_song(5)
    visit.answered(5)
    visit.page.evaluate("songboard.enqueue([1, 2, 3])")
    visit.page.click("#queue-open")
    return visit


def test_songs_play_in_the_order_they_were_dragged_to(queue, shown):
    first, third = queue.page.locator(".queue-row").nth(0), queue.page.locator(".queue-row").nth(2)
    third.locator(".queue-grip").hover()
    queue.page.mouse.down()
    box = first.bounding_box()
    queue.page.mouse.move(box["x"] + 20, box["y"] + 2, steps=6)
    queue.page.mouse.up()
    assert queued(queue) == [3, 1, 2]
    titles = queue.page.locator(".queue-row .queue-title").all_inner_texts()
    assert titles == [shown.songs["title"][song] for song in (3, 1, 2)]
    for song in (3, 1, 2, shown.similar(5)[0].id):
        queue.page.evaluate("songboard.step(1)")
        queue.plays_song(song)
    assert queue.page.inner_text("#queue-count") == ""
    assert queue.errors == []


def test_the_queue_comes_into_dj_order_after_the_song_that_plays(queue, shown):
    page, table = queue.page, shown.songs
    page.evaluate("songboard.queue.set([1, 2, 3, 4, 6, 7, 8])")
    order, said = ordered(shown, [5, 1, 2, 3, 4, 6, 7, 8], first=True, last=False)
    assert order[1:] != [1, 2, 3, 4, 6, 7, 8]
    page.click("#queue-order")
    page.wait_for_function("wanted => String(songboard.queue.songs) === wanted", arg=",".join(map(str, order[1:])))
    page.wait_for_function("said => document.querySelector('#notice-text').textContent === said", arg=said)
    tempos = page.locator(".queue-mix").all_inner_texts()
    for song, says in zip(order[1:], tempos, strict=True):
        bpm, key = table["bpm"][song], table["initial_key"][song]
        assert says == " · ".join([*([f"{bpm:.0f}"] if bpm > 0 else []), *([key.replace("#", "♯")] if key else [])])
    assert any(tempos) and queue.errors == []


def test_the_keyboard_moves_removes_and_plays_and_songs_can_be_put_before_the_others(queue):
    page = queue.page
    page.locator(".queue-grip").first.focus()
    page.keyboard.press("Alt+ArrowDown")
    assert queued(queue) == [2, 1, 3]
    assert page.evaluate("document.activeElement.matches('.queue-row:nth-child(2) .queue-grip')")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Delete")
    assert queued(queue) == [2, 1]
    page.locator(".queue-row:nth-child(2) .queue-main").focus()
    page.keyboard.press("Enter")
    queue.plays_song(1)
    assert queued(queue) == [2]
    page.evaluate("songboard.enqueue([9], {next: true})")
    page.evaluate("songboard.enqueue([7, 8], {play: true})")
    queue.plays_song(7)
    assert queued(queue) == [8, 9, 2]


def test_a_queue_saved_as_a_playlist_opens_as_it_was(queue, shown, tmp_path):
    page = queue.page
    with page.expect_download() as download:
        page.click("#queue-save")
    file = tmp_path / "Straße – 夜.m3u8"
    download.value.save_as(file)
    paths = [line for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert paths == [shown.songs["path"][song] for song in (5, 1, 2, 3)]
    file.write_text(file.read_text(encoding="utf-8") + "elsewhere/Lost song.mp3\n", encoding="utf-8")
    page.click("#queue-clear")
    with page.expect_file_chooser() as chooser:
        page.click("#playlist-open")
    chooser.value.set_files(file)
    page.wait_for_function("songboard.queue.songs.length")
    assert queued(queue) == [5, 1, 2, 3]
    assert page.inner_text("#notice-text") == (
        "“Straße – 夜.m3u8” is in the queue: 4 songs. Not in this library: “Lost song.mp3”."
    )
    (tmp_path / "other.m3u").write_text("/music/unknown.mp3\n")
    page.locator("input[accept*=m3u8]").set_input_files(tmp_path / "other.m3u")
    page.wait_for_selector("#notice[data-kind=trouble]")
    assert page.inner_text("#notice-text").startswith("“other.m3u” names no song of this library.")
    assert queued(queue) == [5, 1, 2, 3]
