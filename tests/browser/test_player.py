"""The player in a real browser: every claim is checked at the audio element."""

import pytest

HANDLERS = """() => {
  window.handlers = {};
  const set = MediaSession.prototype.setActionHandler;
  MediaSession.prototype.setActionHandler = function (name, act) {
    handlers[name] = act;
    return set.call(this, name, act);
  };
}"""


def to_the_end(visit) -> None:
    visit.page.evaluate("songboard.seekTo(songboard.audio.duration - 0.2)")


@pytest.fixture
def playing(visit):
    """A visit in which song 5 plays and its matches are shown."""
    visit.open()
    visit.page.evaluate("songboard.choose(5)")
    visit.plays_song(5)
    visit.answered(5)
    return visit


def test_a_song_plays_from_the_second_it_is_asked_for(playing):
    playing.page.evaluate("songboard.play({key: '3'}, 7)")
    playing.plays_song(3)
    assert 7 <= playing.second() < 9
    assert playing.page.evaluate("new URL(songboard.audio.src).pathname") == "/audio/3"
    playing.page.evaluate("songboard.play({key: '3'}, 2)")
    assert 2 <= playing.second() < 4
    assert playing.errors == []


def test_a_song_that_ends_is_followed_by_the_best_match(playing, shown):
    to_the_end(playing)
    playing.plays_song(shown.similar(5)[0].id)
    assert playing.errors == []


def test_previous_goes_back_over_what_was_heard_and_next_comes_again(playing, shown):
    best = shown.similar(5)[0].id
    for key, song in (("n", best), ("p", 5), ("n", best)):
        playing.page.keyboard.press(key)
        playing.plays_song(song)
    playing.page.evaluate("songboard.seekTo(5)")
    playing.page.keyboard.press("p")
    playing.page.wait_for_function("songboard.audio.currentTime < 2")
    assert playing.page.evaluate("songboard.current.key") == str(best)


def test_the_radio_goes_on_with_the_nearest_song_not_heard(playing, shown):
    playing.page.click("#radio")
    playing.page.click("#tab-queue")
    best = shown.similar(5)[0].id
    playing.page.wait_for_function(
        "title => document.querySelector('#queue-next').textContent.includes(title)", arg=shown.songs["title"][best]
    )
    to_the_end(playing)
    playing.plays_song(best)
    answer = playing.page.request.get(f"{playing.address}next?song={best}&heard=5,{best}").json()
    to_the_end(playing)
    playing.plays_song(answer["song"])
    assert answer["song"] not in (5, best)


def test_a_reload_finds_song_second_queue_volume_and_radio_again(playing, shot):
    page = playing.page
    page.evaluate("songboard.enqueue([2, 8])")
    page.click("#radio")
    page.click("#mute")
    page.click("#toggle")
    page.evaluate("songboard.seekTo(6)")
    page.wait_for_function("localStorage['songboard.sound']?.includes('EXTINF')")
    page.reload()
    page.wait_for_function("songboard.current && songboard.audio.currentTime > 5.9")
    assert page.evaluate("[songboard.current.key, songboard.audio.paused, songboard.audio.muted]") == ["5", True, True]
    assert page.evaluate("[songboard.queue.songs, songboard.radio.on]") == [[2, 8], True]
    page.click("#tab-queue")
    shot("queue")
    page.click("#toggle")
    playing.plays_song(5)
    assert 6 <= playing.second() < 8


def test_after_a_new_build_the_queue_is_found_by_its_files(playing):
    page = playing.page
    page.evaluate("songboard.enqueue([2, 8])")
    page.wait_for_function("localStorage['songboard.sound']?.includes('EXTINF')")
    page.keyboard.press(" ")
    page.add_init_script("""if (!sessionStorage.rebuilt) {
        const kept = JSON.parse(localStorage["songboard.sound"]);
        Object.assign(kept, {generation: "generation-before", queue: [0, 1]});
        kept.song.key = "11";
        localStorage["songboard.sound"] = JSON.stringify(kept);
        sessionStorage.rebuilt = "yes";
    }""")
    page.goto(playing.address)
    page.wait_for_function("songboard.current && songboard.queue.songs.length")
    assert page.evaluate("[songboard.current.key, songboard.queue.songs]") == ["5", [2, 8]]


def test_media_keys_know_the_song_and_move_the_player(visit, shown):
    visit.page.add_init_script(f"({HANDLERS})()")
    visit.open()
    visit.page.evaluate("songboard.choose(5)")
    visit.plays_song(5)
    assert visit.page.evaluate("navigator.mediaSession.metadata.title") == shown.songs["title"][5]
    visit.page.evaluate("handlers.seekto({seekTime: 8})")
    visit.page.wait_for_function("songboard.audio.currentTime >= 8")
    visit.page.evaluate("handlers.pause()")
    assert visit.page.evaluate("[songboard.audio.paused, navigator.mediaSession.playbackState]") == [True, "paused"]
    visit.answered(5)
    visit.page.evaluate("handlers.nexttrack()")
    visit.plays_song(shown.similar(5)[0].id)
    visit.page.evaluate("handlers.previoustrack()")
    visit.plays_song(5)


def test_files_that_cannot_be_played_are_passed_over_but_not_for_ever(playing, shown):
    page, (first, second_best) = playing.page, (match.id for match in shown.similar(5)[:2])
    page.route(f"**/audio/{first}?*", lambda route: route.fulfill(status=404, body="The file is gone."))
    page.keyboard.press("n")
    playing.plays_song(second_best)
    assert "was passed over. The file is gone." in page.inner_text("#notice-text")
    page.route("**/audio/*", lambda route: route.fulfill(status=404, body="The file is gone."))
    page.keyboard.press("n")
    page.wait_for_function("document.querySelector('#notice-text').textContent.startsWith('Stopped at')")
    assert page.evaluate("songboard.current.key === String(songboard.answer.matches[5])")


def test_silence_is_explained(visit):
    page = visit.open().page
    for song, answer, sentence in (
        (5, {"body": "no sound", "content_type": "audio/x"}, "Your browser cannot play this kind of file."),
        (6, {"status": 404, "body": "The file of “Song” is gone."}, "The file of “Song” is gone."),
        (7, None, "Songboard has stopped. Start it again to go on listening."),
    ):
        page.route(f"**/audio/{song}?*", lambda route: route.fulfill(**answer) if answer else route.abort())  # noqa: B023
        page.evaluate("song => songboard.play({key: String(song)})", song)
        page.wait_for_selector("#player[data-trouble]")
        assert page.inner_text("#now-artist") == sentence
    page.evaluate("songboard.play({key: '8'})")
    visit.plays_song(8)
    assert page.get_attribute("#player", "data-trouble") is None


def test_seek_bar_and_volume_obey_mouse_and_keys(playing):
    page = playing.page
    page.keyboard.press(" ")
    page.wait_for_function("songboard.audio.paused")
    page.click("#seek", position={"x": page.locator("#seek").bounding_box()["width"] / 2, "y": 20})
    page.wait_for_function("Math.abs(songboard.audio.currentTime - songboard.audio.duration / 2) < 0.5")
    at = playing.second()
    page.focus("#seek input")
    page.keyboard.press("ArrowLeft")
    assert playing.second() == pytest.approx(at - 5, abs=0.6)
    page.fill("#volume input", "0.25")
    assert page.evaluate("songboard.audio.volume") == 0.25
    page.click("#mute")
    assert page.evaluate("[songboard.audio.muted, document.querySelector('#volume input').value]") == [True, "0"]
