"""Asking by words in a real browser: from the search box to the list, the map and the address."""

import threading

import pytest
import waitress
from shelf import write_library
from spectrum import WORDS

from dashboard.app import create_app

LISTED = "[...document.querySelectorAll('#matches .row-main')].map(({dataset}) => Number(dataset.song))"


@pytest.fixture(scope="module")
def heard(tmp_path_factory):
    return write_library(tmp_path_factory.mktemp("heard"), words=WORDS)


@pytest.fixture(scope="module")
def address(heard):
    """Where a dashboard of songs with words listens."""
    server = waitress.create_server(create_app(heard).server, host="127.0.0.1", port=0, threads=8)
    threading.Thread(target=server.run, daemon=True).start()
    yield f"http://127.0.0.1:{server.effective_port}/"
    server.close()


def test_words_typed_are_asked_shown_kept_in_the_address_and_left_again(visit, heard, shot):
    page, text = visit.open().page, "loud treble, no bass"
    page.keyboard.press("/")
    page.keyboard.type(text)
    page.wait_for_selector(f'#hits [data-words="{text}"]')
    shot("words-hit")
    page.keyboard.press("Enter")
    page.wait_for_function("songboard.map.lit.matches.length > 0")
    wanted = [match.id for match in heard.by_words(text, 20)]
    assert page.evaluate(LISTED) == visit.lit()["matches"] == wanted
    assert page.locator("#card .card-title").inner_text() == "loud, treble, not bass"
    assert page.url.endswith("?words=loud+treble,+no+bass")
    assert page.is_visible("#rules")
    shot("words")
    page.reload()
    page.wait_for_selector("#matches .row")
    assert page.evaluate(LISTED) == wanted
    page.click("#matches .row:first-child .row-main")
    visit.answered(wanted[0])
    page.go_back()
    page.wait_for_function("songboard.state.words === 'loud treble, no bass'")
    page.wait_for_selector("text=Songs that sound like")
    assert visit.errors == []
