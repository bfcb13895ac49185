"""What the page looks like, for people to look at: kept in the folder that SONGBOARD_SCREENSHOTS names."""

import os
import shutil
import threading
from pathlib import Path

import pytest
import waitress

from dashboard.app import create_app
from index.library import Library

FOLDER = os.environ.get("SONGBOARD_SCREENSHOTS")
SONGS = os.environ.get("SONGBOARD_DEV_SONGS")
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
SETTLED = 2500  # milliseconds that the map glides and colours fade

pytestmark = pytest.mark.skipif(not FOLDER, reason="SONGBOARD_SCREENSHOTS names no folder for them")


@pytest.fixture(scope="module")
def gallery(tmp_path_factory, request):
    """Where the songs of SONGBOARD_DEV_SONGS are shown as the shipped ear hears them; generated ones without it."""
    if not SONGS:
        yield request.getfixturevalue("address")
        return
    heard = request.getfixturevalue("real_library").folder
    folder = shutil.copytree(heard, tmp_path_factory.mktemp("gallery") / "library")
    server = waitress.create_server(create_app(Library.load(folder)).server, host="127.0.0.1", port=0, threads=8)
    threading.Thread(target=server.run, daemon=True).start()
    yield f"http://127.0.0.1:{server.effective_port}/"
    server.close()


@pytest.fixture
def look(chromium, gallery):
    """Opens the page at an address in a theme and a size, does something there, and keeps what it looks like then.

    It gives what the page complained of.
    """

    def look(name, where="?song=5", *, does="() => {}", theme="dark", size=DESK):
        context = chromium.browser.new_context(color_scheme=theme, viewport=size, bypass_csp=True)
        page, errors = context.new_page(), []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: message.type == "error" and errors.append(message.text))
        page.goto(gallery + where)
        page.wait_for_selector(".stage[data-ready]", timeout=60_000)
        page.wait_for_timeout(SETTLED)
        page.evaluate(does)
        page.wait_for_timeout(SETTLED)
        Path(FOLDER).mkdir(parents=True, exist_ok=True)
        kept = Path(FOLDER) / name
        page.screenshot(path=kept.with_suffix(kept.suffix or ".png"), **({"quality": 88} if kept.suffix else {}))
        context.close()
        return errors

    return look


VIEWS = {
    "light": {"theme": "light"},
    "phone": {"size": PHONE},
    "map-3d": {"does": "() => songboard.ask(null)"},
    "map-2d": {"does": "() => document.getElementById('flat').click()"},
    "why": {"does": "() => document.querySelector('#matches .row [aria-expanded]').click()"},
    "queue": {"does": "() => { songboard.enqueue([3, 4, 7]); songboard.tab('queue'); }"},
    "health": {"does": "() => songboard.tab('health')", "theme": "light"},
    "help": {"does": "() => songboard.tell('help')"},
}

# What the README shows, made by `make pictures`; .jpg, for a picture of points is large as a .png.
STORY = {"map": "", "song": "?song=5", "words": "?words=slow+piano", "path": "?path=5,9&steps=6"}


@pytest.mark.parametrize("name", VIEWS)
def test_no_view_makes_the_page_complain(look, name):
    assert look(name, **VIEWS[name]) == []


@pytest.mark.parametrize("name", STORY)
def test_the_story_is_told_without_a_complaint(look, name):
    assert look(f"story-{name}.jpg", STORY[name], size={"width": 1280, "height": 800}) == []
