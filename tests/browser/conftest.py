"""A dashboard that listens, a browser that looks at it, and how to point at a song on the map."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import waitress
from once import once
from shelf import write_library
from spectrum import SpectrumEmbedder

from dashboard.app import create_app
from index.build import build_library
from index.library import Library

CHROMIUM = Path("/usr/bin/chromium")
QUIET = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",  # a microphone that beeps, for pages that may use it
]
SCREENSHOTS = "SONGBOARD_SCREENSHOTS"  # the environment variable that names the folder they are kept in
LARGE, SMALL = {"width": 1440, "height": 900}, {"width": 1100, "height": 700}  # small is quicker to draw


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    """One headless browser for all tests."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        pytest.skip("playwright is not installed (pip install playwright)")
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is missing (apt install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        # Playwright evaluates text in the page, which the page's own content policy forbids.
        # Flights are long where a processor draws them; what moves is watched where a test asks for it.
        yield browser.new_context(viewport=SMALL, bypass_csp=True, reduced_motion="reduce")
        browser.close()


@pytest.fixture(scope="session")
def shown(chromium, tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The library that is looked at: twelve generated songs, or the folder that SONGBOARD_DEV_SONGS names."""
    if not (real := os.environ.get("SONGBOARD_DEV_SONGS")):
        return write_library(tmp_path_factory.mktemp("shown"), seconds=12)
    heard = once(tmp_path_factory, "heard", lambda folder: build_library(Path(real), SpectrumEmbedder(), folder))
    return Library.load(shutil.copytree(heard, tmp_path_factory.mktemp("shown") / "library"))  # pages write beside it


@pytest.fixture(scope="session")
def address(shown: Library) -> Iterator[str]:
    """Where the dashboard of that library listens."""
    app = create_app(shown, lambda path, _: next(SpectrumEmbedder().embed([path])))
    server = waitress.create_server(app.server, host="127.0.0.1", port=0, threads=8)
    threading.Thread(target=server.run, daemon=True).start()
    yield f"http://127.0.0.1:{server.effective_port}/"
    server.close()


class Visit:
    """A page of the dashboard, and everything it complained of."""

    def __init__(self, page, address: str) -> None:
        self.page, self.address = page, address
        self.errors: list[str] = []
        self.elsewhere: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda message: message.type == "error" and self.errors.append(message.text))
        page.on("request", self._asked)

    def _asked(self, request) -> None:
        if not request.url.startswith((self.address, f"blob:{self.address}", "data:")):
            self.elsewhere.append(request.url)

    def open(self, path: str = "") -> "Visit":
        self.page.goto(self.address + path)
        self.page.wait_for_selector(".stage[data-ready]", timeout=60_000)
        return self

    def settled(self) -> "Visit":
        """Wait until nothing on the map moves."""
        self.page.wait_for_function("songboard.map && !songboard.map.moving", timeout=20_000)
        return self

    def point(self, song: int) -> tuple[float, float]:
        """Where a song's point stands on the screen, in CSS pixels."""
        x, y = self.settled().page.evaluate("song => songboard.map.project(song)", song)
        return x, y

    def hover(self, song: int) -> tuple[float, float]:
        """Move the mouse over a song's point until its label shows, as a hand would; where the mouse is then."""
        x, y = self.point(song)
        self.page.mouse.move(x + 3, y, steps=2)
        self.page.mouse.move(x, y)
        self.page.wait_for_function("songboard.map.hovered !== null")
        return x, y

    def click_point(self, song: int) -> None:
        """Choose a song with a real mouse where its point is in front, as the map itself would where it is not."""
        x, y = self.point(song)
        if self.page.evaluate("([x, y]) => songboard.map.under(x, y)", [x, y]) == song:
            self.page.mouse.click(x, y)
        else:
            self.page.evaluate("song => songboard.choose(song)", song)
        self.answered(song)

    def answered(self, song: int) -> None:
        """Wait until the panel shows the answer to a song."""
        self.page.wait_for_selector(f'#card [data-play="{song}"]')

    def plays(self) -> str:
        """Wait until the sound really moves on; what plays, as an address."""
        self.page.wait_for_function("document.querySelector('audio').currentTime > 0.2")
        return self.page.evaluate("document.querySelector('audio').src")

    def plays_song(self, song: int) -> None:
        """Wait until this song is the one that sounds."""
        self.page.wait_for_function(
            """song => songboard.current?.key === String(song) && !songboard.audio.paused
                       && songboard.audio.currentTime > 0.1""",
            arg=song,
        )

    def second(self) -> float:
        """Where in its song the player is."""
        return self.page.evaluate("songboard.audio.currentTime")

    def lit(self) -> dict:
        """What the map lights now: {"song", "track", "matches", "path"}."""
        return self.page.evaluate("songboard.map.lit")

    def stands_lit(self, song: int | None) -> None:
        """Wait until the map lights the answer to a song, or to nothing."""
        self.page.wait_for_function("song => songboard.map.lit.song === song", arg=song)


@pytest.fixture
def visit(chromium, address: str) -> Iterator[Visit]:
    page = chromium.new_page()
    page.add_init_script("sessionStorage.visit ??= localStorage.clear() ?? 'begun'")  # remembered within a visit alone
    visit = Visit(page, address)
    yield visit
    page.close()
    assert visit.elsewhere == []


@pytest.fixture
def shot(visit: Visit, tmp_path: Path) -> Callable[[str], None]:
    """Saves what the page looks like into the folder SONGBOARD_SCREENSHOTS names, or the test's own."""
    folder = Path(os.environ.get(SCREENSHOTS) or tmp_path)

    def shoot(name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        size = visit.page.viewport_size
        visit.page.set_viewport_size(LARGE if size == SMALL else size)
        visit.page.wait_for_timeout(700)  # for colours to settle
        visit.page.screenshot(path=folder / f"{name}.png")
        visit.page.set_viewport_size(size)

    return shoot
