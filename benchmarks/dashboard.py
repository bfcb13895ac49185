"""How fast the page is, measured in Chromium: python -m benchmarks.dashboard --out DIR"""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any
from urllib.request import urlopen

import click

from benchmarks.made_up import make_library

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = "/usr/bin/chromium"
QUIET = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
VIEW = {"width": 1100, "height": 700}
# What is measured, with its limits in milliseconds by the number of songs.
LIMITS = {
    "program until it listens": {10_000: 2000, 100_000: 2000},
    "page until the map is drawn": {10_000: 2000, 100_000: 5000},
    "the same, cached": {10_000: 2000, 100_000: 5000},
    "click until the list": {10_000: 100, 100_000: 150},
    "letter until the hits": {10_000: 100, 100_000: 100},
}
# A click as a hand gives it, timed in the page from the gesture until the new rows stand there.
CLICK = """song => new Promise((resolve) => {
  const began = performance.now();
  const watch = new MutationObserver(() => {
    if (!document.querySelector(`#card [data-play="${song}"]`)) return;
    watch.disconnect();
    resolve(performance.now() - began);
  });
  watch.observe(document.querySelector(".side"), {childList: true, subtree: true});
  songboard.choose(song);
})"""
TYPE = """text => new Promise((resolve) => {
  const began = performance.now();
  const watch = new MutationObserver(() => {
    watch.disconnect();
    resolve(performance.now() - began);
  });
  watch.observe(document.querySelector("#hits"), {childList: true, subtree: true, characterData: true});
  const field = document.querySelector("#search");
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(field, text);
  field.dispatchEvent(new Event("input", {bubbles: true}));
})"""
# The pointer moves by so many pixels a picture, from x, y on.
MOVE = """([x, y, right, down]) => {
  const map = document.getElementById("map");
  let step = 0;
  const move = () => {
    const [clientX, clientY] = [x + right * step, y + down * step];
    map.dispatchEvent(new PointerEvent("pointermove", {pointerId: 1, pointerType: "mouse", clientX, clientY}));
    if (step++ < 80) requestAnimationFrame(move);
  };
  move();
}"""
FRAMES = """async (number) => {
  const waits = [];
  let last = performance.now();
  for (let frame = 0; frame < number; frame++) {
    await new Promise((resolve) => requestAnimationFrame(resolve));
    waits.push(performance.now() - last);
    last = performance.now();
  }
  return waits;
}"""


@contextmanager
def dashboard(library: Path) -> Iterator[tuple[str, float]]:
    """The address of a dashboard of its own, and the milliseconds until its first answer."""
    command = [sys.executable, "-m", "dashboard", "--library", str(library), "--port", "0"]
    began = time.perf_counter()
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            found = re.search(r"http://\S+/", server.stdout.readline())
            assert found, "the dashboard did not start"
            urlopen(found[0], timeout=60).read()
            yield found[0], 1000 * (time.perf_counter() - began)
        finally:
            server.terminate()


def opened(page: Any, address: str) -> float:
    """Milliseconds from the address to a map that is drawn."""
    began = time.perf_counter()
    page.goto(address)
    page.wait_for_selector(".stage[data-ready]", timeout=120_000)
    return 1000 * (time.perf_counter() - began)


def measure(songs: int, library: Path, clicks: int) -> dict[str, float]:
    """Every figure of a library of so many songs: milliseconds, and megabytes carried."""
    from playwright.sync_api import sync_playwright

    with dashboard(library) as (address, started), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = browser.new_context(viewport=VIEW, bypass_csp=True).new_page()
        carried: list[int] = []
        page.on("response", lambda response: carried.append(int(response.headers.get("content-length", 0))))
        figures = {"program until it listens": started, "page until the map is drawn": opened(page, address)}
        page.evaluate("songboard.songs")
        figures["megabytes carried"] = sum(carried) / 1e6
        figures["the same, cached"] = opened(page, address)
        page.evaluate("songboard.songs")
        chosen = [(7919 * number + 17) % songs for number in range(clicks + 3)]
        figures["click until the list"] = median([page.evaluate(CLICK, song) for song in chosen][3:])
        texts = [text[:length] for text in ("amber river", "midnight rain", "copper") for length in (1, 2, 4, 6)]
        figures["letter until the hits"] = median(page.evaluate(TYPE, text) for text in texts)
        page.evaluate("songboard.ask(null)")
        page.click("#recentre")
        page.wait_for_timeout(1500)
        figures["picture while it turns"] = median(turned(page))
        figures["picture under the pointer"] = median(pointed(page))
        browser.close()
    return figures


def turned(page: Any, frames: int = 60) -> list[float]:
    """Milliseconds between the pictures while a hand turns the map; the first are for it to find its pace."""
    page.mouse.move(500, 300)
    page.mouse.down()
    page.evaluate(MOVE, [500, 300, 3, 0])
    waits = page.evaluate(FRAMES, frames)
    page.mouse.up()
    page.wait_for_timeout(1500)
    return waits[frames // 3 :]


def pointed(page: Any, frames: int = 60) -> list[float]:
    """Milliseconds between the pictures while the pointer runs over the points."""
    page.evaluate(MOVE, [320, 150, 6, 4])
    return page.evaluate(FRAMES, frames)


def waiting(seconds: float = 1.0) -> float:
    """How long a second of work takes here now: 1 on an idle machine, more where others work on it too."""
    began, worked = time.perf_counter(), time.process_time()
    while time.process_time() - worked < seconds:
        pass
    return (time.perf_counter() - began) / seconds


def row(name: str, measured: dict[int, dict[str, float]]) -> str:
    """One line of the table: each figure, and its share of the limit."""
    cells = []
    for songs, figures in measured.items():
        limit = LIMITS.get(name, {}).get(songs)
        value = f"{figures[name]:.1f} MB" if name.startswith("megabytes") else f"{figures[name]:,.0f} ms"
        cells.append(value + (f" ({figures[name] / limit:.2f} × the limit of {limit:,} ms)" if limit else ""))
    return f"| {name} | {' | '.join(cells)} |"


@click.command(help=__doc__)
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Where the made-up libraries are kept.")
@click.option("--songs", multiple=True, default=[10_000, 100_000], show_default=True, help="Sizes of libraries.")
@click.option("--clicks", default=30, show_default=True, help="Songs that are chosen.")
def main(out: Path, songs: tuple[int, ...], clicks: int) -> None:
    """Make what is missing, measure, print."""
    for size in songs:
        make_library(size, out / f"songs-{size}")
    before = waiting()
    measured = {size: measure(size, out / f"songs-{size}", clicks) for size in songs}
    click.echo("| | " + " | ".join(f"{size:,} songs" for size in songs) + " |")
    click.echo("| --- |" + " --- |" * len(songs))
    for name in next(iter(measured.values())):
        click.echo(row(name, measured))
    slowest = max(before, waiting())
    click.echo(f"A second of work took {slowest:.1f} s. Above 1.1 others were at work, and the figures say little.")


if __name__ == "__main__":
    main()
