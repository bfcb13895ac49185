"""Dropping and recording tracks, in a real browser."""

import threading

import pytest
import soundfile
import sounds
import waitress
from spectrum import SpectrumEmbedder

from dashboard.app import create_app
from engine.audio import SAMPLE_RATE, load_audio

DRAG = """([kind, name]) => {
  const data = new DataTransfer();
  data.items.add(new File([new Uint8Array([1, 2, 3])], name));
  document.body.dispatchEvent(new DragEvent(kind, {dataTransfer: data, bubbles: true, cancelable: true}));
}"""
PICKER = "#drop-files"


@pytest.fixture
def tracks(tmp_path):
    """Two tracks and a shopping list that calls itself one."""
    first = sounds.write(tmp_path / "My own song.ogg", sounds.chord(233, 350, seconds=12))
    second = sounds.write(tmp_path / "Another one.ogg", sounds.noise(12, 5))
    junk = tmp_path / "list.mp3"
    junk.write_text("bread, milk, a song\n" * 50)
    return first, junk, second


def state(visit, number, name):
    """Wait until a track has come so far."""
    visit.page.wait_for_selector(f".dropped:nth-child({number})[data-state={name}]", timeout=60_000)


def test_several_tracks_are_heard_one_after_the_other_and_each_refused_with_its_own_sentence(visit, tracks):
    visit.open()
    visit.page.set_input_files(PICKER, tracks)
    state(visit, 1, "ready")
    state(visit, 2, "refused")
    state(visit, 3, "ready")
    assert visit.page.inner_text(".dropped:nth-child(2)").splitlines()[0] == "list"
    assert "audio" in visit.page.inner_text(".dropped:nth-child(2) [role=alert]")
    assert visit.page.inner_text("#card .card-title") == "My own song"
    assert visit.plays().startswith("blob:")


def test_a_track_in_the_tray_is_asked_again_and_forgotten(visit, tracks):
    visit.open()
    visit.page.set_input_files(PICKER, [tracks[0], tracks[2]])
    state(visit, 2, "ready")
    visit.page.click(".dropped:nth-child(2) .dropped-main")
    visit.page.wait_for_function("document.querySelector('#card .card-title').textContent === 'Another one'")
    with visit.page.expect_request(lambda request: request.method == "DELETE") as forgotten:
        visit.page.click(".dropped:nth-child(2) .icon-button")
    assert forgotten.value.response().status == 200
    visit.page.wait_for_function("document.querySelector('#card .card-title').textContent === 'Start with a song'")
    assert visit.page.locator(".dropped").count() == 1
    visit.page.click(".dropped .icon-button")
    assert visit.page.is_hidden("#tray")


def test_the_tray_outlives_a_reload(visit, tracks):
    visit.open()
    visit.page.set_input_files(PICKER, tracks[0])
    state(visit, 1, "ready")
    visit.open()
    visit.page.click(".dropped .dropped-main")
    visit.page.wait_for_selector("#matches .row")
    assert visit.page.inner_text("#card .card-title") == "My own song"


def test_a_track_that_is_too_large_never_leaves_the_page(visit, tracks):
    visit.open()
    sent = []
    visit.page.on("request", lambda request: request.method == "POST" and sent.append(request.url))
    visit.page.evaluate("document.getElementById('drop').dataset.largest = 2 ** 20 / 1000")
    visit.page.set_input_files(PICKER, tracks[2])
    state(visit, 1, "refused")
    assert "larger than" in visit.page.inner_text(".dropped [role=alert]")
    assert not any("/drop" in url for url in sent)


def test_the_way_of_a_track_is_told_and_can_be_broken_off(visit, tracks):
    visit.open()
    visit.page.route("**/drop?*", lambda route: None)  # the server never answers
    visit.page.set_input_files(PICKER, [tracks[0], tracks[2]])
    visit.page.wait_for_selector(".dropped:nth-child(1)[data-state=sending]")
    assert "Sending" in visit.page.inner_text(".dropped:nth-child(1) [role=status]")
    assert visit.page.inner_text(".dropped:nth-child(2) [role=status]") == "Waiting"
    visit.page.click(".dropped:nth-child(1) .icon-button")
    visit.page.wait_for_selector(".dropped:nth-child(1)[data-state=sending] .dropped-title >> text=Another one")


def test_a_server_that_is_gone_is_told_at_the_track(visit, tracks):
    visit.open()
    visit.page.route("**/drop?*", lambda route: route.abort())
    visit.page.set_input_files(PICKER, tracks[0])
    state(visit, 1, "refused")
    assert visit.page.inner_text(".dropped [role=alert]") == "It did not arrive. Is Songboard still running?"


def test_a_playlist_that_is_dropped_is_opened_and_not_listened_to(visit):
    visit.open()
    visit.page.evaluate("() => { songboard.openPlaylist = (file) => (window.opened = file.name) }")
    visit.page.evaluate(DRAG, ["drop", "evening.m3u8"])
    assert visit.page.evaluate("window.opened") == "evening.m3u8"
    assert visit.page.is_hidden("#tray")


def test_a_file_dragged_over_the_page_shows_where_it_may_fall(visit):
    visit.open()
    visit.page.evaluate(DRAG, ["dragenter", "a.mp3"])
    assert visit.page.is_visible("#drop-veil")
    visit.page.evaluate(DRAG, ["dragleave", "a.mp3"])
    assert visit.page.is_hidden("#drop-veil")
    visit.page.evaluate(DRAG, ["dragenter", "a.mp3"])
    visit.page.evaluate(DRAG, ["drop", "dragged.mp3"])
    assert visit.page.is_hidden("#drop-veil")
    state(visit, 1, "refused")
    assert visit.page.inner_text(".dropped-title") == "dragged"


def decoded(path, _):
    """What the test's own encoder hears in a file that only FFmpeg can read, as the browser's recordings are."""
    sound = path.with_suffix(".wav")
    soundfile.write(sound, load_audio(path), SAMPLE_RATE)
    try:
        return next(SpectrumEmbedder().embed([sound]))
    finally:
        sound.unlink()


@pytest.fixture
def heard(chromium, shown):
    """A page that may hear the browser's own false microphone, which beeps."""
    server = waitress.create_server(create_app(shown, decoded).server, host="127.0.0.1", port=0, threads=8)
    threading.Thread(target=server.run, daemon=True).start()
    context = chromium.browser.new_context(permissions=["microphone"], bypass_csp=True)
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{server.effective_port}/")
    page.wait_for_selector(".stage[data-ready]", timeout=60_000)
    yield page
    context.close()
    server.close()


def test_what_the_microphone_hears_is_counted_down_and_finds_its_matches(heard):
    heard.click("#record")
    heard.wait_for_selector("#record[data-recording]")
    heard.wait_for_function("document.querySelector('#record').textContent === '8 s'")
    assert heard.get_attribute("#record", "aria-label") == "Stop recording"
    heard.wait_for_selector(".dropped[data-state=ready]", timeout=60_000)
    heard.wait_for_selector("#matches .row")
    assert heard.inner_text("#card .card-title").startswith("Recording")
    assert heard.get_attribute("#record", "data-recording") is None


def test_a_recording_is_ended_early_by_the_same_button(heard):
    heard.click("#record")
    heard.wait_for_function("document.querySelector('#record').textContent === '7 s'")
    heard.click("#record")
    heard.wait_for_selector(".dropped[data-state=ready]", timeout=60_000)
    assert heard.get_attribute("#record", "data-recording") is None


@pytest.mark.parametrize(
    ("trouble", "sentence"),
    [("NotAllowedError", "The microphone was refused."), ("NotFoundError", "There is no microphone on this machine."),
     ("NotReadableError", "Another program holds the microphone.")],
)  # fmt: skip
def test_a_microphone_that_gives_nothing_is_explained(visit, trouble, sentence):
    visit.open()
    visit.page.evaluate(
        "name => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', name)); }", trouble
    )
    visit.page.click("#record")
    visit.page.wait_for_selector("#notice[data-kind=trouble]")
    assert visit.page.inner_text("#notice-text").startswith(sentence)
    visit.page.keyboard.press("Escape")
    assert visit.page.is_hidden("#notice")


def test_a_track_has_a_waveform_a_place_on_the_flat_map_and_a_turn_in_the_queue(visit, tracks, shown):
    visit.open()
    visit.page.click("#flat")
    visit.page.set_input_files(PICKER, tracks[0])
    state(visit, 1, "ready")
    token = visit.page.get_attribute(".dropped", "data-token")
    visit.page.wait_for_function("token => songboard.map.lit.track === token", arg=token)
    visit.page.wait_for_selector("#seek:not([data-plain])")
    visit.page.click("#card [data-queue]")
    visit.page.click("#tab-queue")
    assert visit.page.inner_text("#queue-list .queue-title") == "My own song"
    visit.page.evaluate("songboard.choose(3)")
    visit.plays_song(3)
    visit.page.keyboard.press("n")
    visit.page.wait_for_function("token => songboard.current.key === token", arg=token)
    assert visit.plays().startswith("blob:")
    assert visit.errors == []


def test_after_a_reload_it_is_said_that_the_sound_of_a_track_is_gone(visit, tracks):
    visit.open()
    visit.page.set_input_files(PICKER, tracks[0])
    state(visit, 1, "ready")
    visit.page.wait_for_selector("#card [data-queue]")
    visit.page.click("#card [data-queue]")
    visit.page.reload()
    visit.page.wait_for_selector("#notice[data-kind=trouble]")
    assert "left the queue" in visit.page.inner_text("#notice-text")
    assert "Sound is gone" in visit.page.inner_text(".dropped .dropped-state")
    visit.page.keyboard.press("Escape")
    visit.page.click(".dropped .dropped-main")
    visit.page.wait_for_selector("#player[data-trouble]")
    assert "Drop the file again" in visit.page.inner_text("#now-artist")
    visit.page.wait_for_selector("#matches .row")
