"""The manners of a finished product: themes, keys, phones, a server that goes and comes back, a library built anew."""

import threading

import pytest
import waitress
from axe_playwright_python.sync_playwright import Axe
from shelf import write_library
from spectrum import SpectrumEmbedder

from dashboard.app import create_app
from index.build import build_library
from index.library import Library

SMALL = {"width": 1100, "height": 700}
PHONE = {"width": 390, "height": 844}
TOUCHED = "button, a[href], input, select, summary, [role=tab]"
NARROW = """selector => [...document.querySelectorAll(selector)].filter((element) => {
    if (!element.checkVisibility({visibilityProperty: true, opacityProperty: true})) return false;
    if (element.matches(".skip, .only-heard") || element.closest(".slider")) return false;
    const {width, height} = element.getBoundingClientRect();
    return width && height && (width < 39.5 || height < 39.5);
  }).map((element) => `${element.id || element.className} ${element.textContent.slice(0, 30)}`)"""


class Shop:
    """A dashboard that can close, open again at the same address, and have its library built anew."""

    def __init__(self, folder):
        self.folder, self.library = folder, write_library(folder, seconds=12)
        self.port, self.server = 0, None

    def open(self):
        app = create_app(Library.load(self.folder / "library"))
        self.server = waitress.create_server(app.server, host="127.0.0.1", port=self.port, threads=8)
        self.port = self.server.effective_port
        threading.Thread(target=self.server.run, daemon=True).start()
        return f"http://127.0.0.1:{self.port}/"

    def close(self):
        self.server.close()
        self.server.task_dispatcher.shutdown()
        for channel in list(self.server.active_channels.values()):
            channel.handle_close()

    def rebuild(self):
        """The same songs but the first, so that every other has another number."""
        songs = self.folder / "songs"
        next(songs.rglob("*.ogg")).rename(self.folder / "away.ogg")
        build_library(songs, SpectrumEmbedder(), self.folder / "library")
        return Library.load(self.folder / "library")


@pytest.fixture
def shop(tmp_path):
    shop = Shop(tmp_path)
    yield shop
    shop.close()


@pytest.fixture
def page(chromium):
    page = chromium.new_page()
    yield page
    page.close()


def ready(page):
    page.wait_for_selector(".stage[data-ready]", timeout=60_000)


def theme(page):
    return page.evaluate("document.documentElement.dataset.theme")


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_the_theme_is_the_systems_until_one_is_chosen_and_then_it_stays(chromium, address, scheme):
    context = chromium.browser.new_context(color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    page.goto(address)
    ready(page)
    assert theme(page) == scheme
    other = {"dark": "light", "light": "dark"}[scheme]
    page.click("#theme")
    assert theme(page) == other
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.reload(wait_until="commit")
    page.wait_for_selector("body", state="attached")
    assert theme(page) == other
    ready(page)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == ground
    context.close()


def test_arrow_keys_walk_along_the_tabs(visit):
    visit.open()
    visit.page.focus("#tab-alike")
    for key, name in (("ArrowRight", "path"), ("End", "health"), ("ArrowRight", "alike"), ("ArrowLeft", "health")):
        visit.page.keyboard.press(key)
        assert visit.page.evaluate("document.activeElement.id") == f"tab-{name}"
        assert visit.page.is_visible(f"#panel-{name}")
        assert visit.page.locator("[role=tabpanel]:visible").count() == 1


def test_what_is_asked_brings_its_own_tab(visit):
    visit.open()
    visit.page.click("#tab-health")
    visit.page.evaluate("songboard.ask({path: [1, 5], steps: 4})")
    assert visit.page.is_visible("#panel-path")
    visit.page.evaluate("songboard.ask({song: 3})")
    assert visit.page.is_visible("#panel-alike")


def test_help_opens_on_its_key_keeps_the_focus_and_closes_on_escape(visit):
    visit.open()
    visit.page.keyboard.press("?")
    assert visit.page.is_visible("#guide")
    for _ in range(4):
        visit.page.keyboard.press("Tab")
        inside = "document.activeElement === document.body || Boolean(document.activeElement.closest('#guide'))"
        assert visit.page.evaluate(inside)
    visit.page.keyboard.press("/")
    assert visit.page.evaluate("document.activeElement.id") != "search"
    visit.page.keyboard.press("Escape")
    assert visit.page.is_hidden("#guide")
    visit.page.click("#guide-open")
    assert visit.page.is_visible("#guide")
    visit.page.click("#guide-close")
    assert visit.page.is_hidden("#guide")


def test_the_first_tab_stop_skips_to_the_search(visit):
    visit.open()
    visit.page.keyboard.press("Tab")
    assert visit.page.evaluate("document.activeElement.className") == "skip"
    visit.page.keyboard.press("Enter")
    assert visit.page.evaluate("document.activeElement.id") == "search"


def test_who_asks_for_less_motion_gets_none(chromium, address):
    context = chromium.browser.new_context(reduced_motion="reduce", bypass_csp=True)
    page = context.new_page()
    page.goto(address)
    ready(page)
    assert page.evaluate("getComputedStyle(document.getElementById('drop')).transitionDuration") == "0s"
    context.close()


@pytest.mark.parametrize("tab", ["alike", "path", "queue", "health"])
def test_a_phone_shows_everything_without_sideways_scrolling_and_large_enough_to_touch(visit, tab):
    visit.page.set_viewport_size(PHONE)
    visit.open("?song=5")
    visit.answered(5)
    visit.page.evaluate("songboard.enqueue([3, 4])")
    visit.page.click(f"#tab-{tab}")
    visit.page.wait_for_timeout(500)
    assert visit.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    wide = f"document.querySelector('#panel-{tab}').scrollWidth - document.querySelector('#panel-{tab}').clientWidth"
    assert visit.page.evaluate(wide) == 0
    assert visit.page.evaluate(NARROW, TOUCHED) == []
    player = visit.page.locator("#player").bounding_box()
    assert player["y"] + player["height"] == PHONE["height"]


@pytest.mark.parametrize("width", [320, 360, 390])
def test_on_a_phone_nothing_lies_over_the_legends_head_or_the_tools(visit, width):
    visit.page.set_viewport_size({"width": width, "height": 844})
    visit.open()
    for folded in (True, False):
        if visit.page.locator("#legend[data-folded]").count() != folded:
            visit.page.click("#legend-fold")
        for button in ("legend-fold", "deep", "flat", "lasso", "box", "recentre"):
            box = visit.page.locator(f"#{button}").bounding_box()
            middle = [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]
            found = "([x, y]) => document.elementFromPoint(x, y).closest('button')?.id"
            assert visit.page.evaluate(found, middle) == button
            assert 0 <= box["x"] and box["x"] + box["width"] <= width


def test_a_server_that_is_gone_is_told_and_what_was_asked_is_answered_when_it_is_back(shop, page):
    page.goto(shop.open())
    ready(page)
    shop.close()
    page.evaluate("songboard.choose(5)")
    page.wait_for_selector("#gone:visible", timeout=30_000)
    assert page.inner_text("#gone-text").startswith("Songboard has stopped.")
    shop.open()
    page.wait_for_selector("#gone", state="hidden", timeout=30_000)
    page.wait_for_selector("#card [data-play='5']")


def test_a_new_build_shows_by_itself_with_the_same_song_under_its_new_number(shop, page):
    page.goto(shop.open() + "?song=5")
    ready(page)
    page.wait_for_selector("#card [data-play='5']")
    title = page.inner_text("#card .card-title")
    library = shop.rebuild()
    page.wait_for_function("name => window.songboard?.generation === name", arg=library.generation, timeout=60_000)
    page.wait_for_selector("#notice[data-kind=done]", timeout=60_000)
    assert page.inner_text("#notice-text") == "The library was built again: 11 songs."
    page.wait_for_selector("#card .card-song")
    assert page.inner_text("#card .card-title") == title
    song = int(page.get_attribute("#card [data-play]", "data-play"))
    assert library.songs["title"][song] == title


def test_a_song_that_plays_is_not_cut_off_by_a_new_build(shop, page):
    page.goto(shop.open())
    ready(page)
    page.evaluate("songboard.choose(5)")
    page.wait_for_function("document.querySelector('audio').currentTime > 0.2")
    before, library = page.evaluate("songboard.generation"), shop.rebuild()
    page.wait_for_selector("#notice[data-kind=news]", timeout=30_000)
    assert page.evaluate("songboard.generation") == before
    page.click("#notice-act")
    page.wait_for_function("name => window.songboard?.generation === name", arg=library.generation, timeout=60_000)


# One after the other on one page, each from where the last one left it.
STATES = {
    "start": "() => {}",
    "a song": "() => songboard.choose(5)",
    "why": "() => document.querySelector('#matches .row [aria-expanded]').click()",
    "search": """() => {
      const field = document.getElementById("search");
      field.focus();
      field.value = "a";
      field.dispatchEvent(new Event("input"));
    }""",
    "a path": "() => songboard.ask({path: [1, 5], steps: 4})",
    "the queue": "() => { songboard.enqueue([3, 4, 5]); songboard.tab('queue'); }",
    "health": "() => songboard.tab('health')",
    "trouble": "() => songboard.notice('trouble', 'Something is wrong.')",
    "help": "() => songboard.tell('help')",
}


@pytest.mark.parametrize("size", [SMALL, PHONE], ids=["desk", "phone"])
def test_axe_finds_nothing_to_complain_of_in_either_theme(chromium, address, size):
    context = chromium.browser.new_context(reduced_motion="reduce", viewport=size, bypass_csp=True)
    page, axe, complaints = context.new_page(), Axe(), {}
    page.goto(address)
    ready(page)
    for name, reach in STATES.items():
        page.evaluate(reach)
        page.wait_for_timeout(1000)
        page.wait_for_function("!document.querySelector('.panel [data-waiting], [aria-busy=true]')")
        for theme in ("light", "dark"):
            page.evaluate("theme => void songboard.theme(theme)", theme)
            for found in axe.run(page).response["violations"]:
                nodes = [(node["html"][:160], node["failureSummary"][:300]) for node in found["nodes"]]
                complaints[f"{name}, {theme}: {found['impact']} {found['id']}"] = nodes
    context.close()
    assert complaints == {}
