"""The health of the library in a real browser."""

import csv
import threading

import pytest
import sounds
import waitress
from shelf import write_songs
from spectrum import SpectrumEmbedder

from dashboard.app import create_app
from index.build import build_library
from index.library import Library


@pytest.fixture(scope="module")
def ailing(tmp_path_factory):
    """Where a library is shown of which one file is silent and one is no audio."""
    folder = tmp_path_factory.mktemp("ailing")
    songs = write_songs(folder / "songs")
    sounds.write(songs / "silence.ogg", 0 * sounds.noise(12, 0))
    (songs / "list.mp3").write_text("bread, milk, a song")
    build_library(songs, SpectrumEmbedder(), folder / "library")
    server = waitress.create_server(create_app(Library.load(folder / "library")).server, host="127.0.0.1", port=0)
    threading.Thread(target=server.run, daemon=True).start()
    yield f"http://127.0.0.1:{server.effective_port}/"
    server.close()


@pytest.fixture
def health(chromium, ailing):
    """The page with the panel open."""
    page = chromium.new_page()
    page.goto(ailing)
    page.wait_for_selector(".stage[data-ready]", timeout=60_000)
    page.click("#tab-health")
    page.wait_for_selector(".health-table", timeout=60_000)
    yield page
    page.close()


def files(page):
    return [name.split("\n")[0] for name in page.locator(".health-table tbody td:first-child").all_inner_texts()]


def test_the_panel_tells_what_the_library_holds_and_which_files_are_ill(health):
    assert "12" in health.inner_text(".health-figures")
    assert {"silence.ogg", "list.mp3"} <= set(files(health))


def test_one_kind_is_looked_at_alone(health):
    health.click("[data-kind=skipped]")
    health.wait_for_selector("[data-kind=skipped][aria-pressed=true]")
    assert files(health) == ["list.mp3"]
    health.click("[data-kind='']")
    health.wait_for_selector("[data-kind=''][aria-pressed=true]")
    assert len(files(health)) > 1


def test_the_report_downloads_as_a_table(health, tmp_path):
    with health.expect_download() as download:
        health.click(".health-csv")
    download.value.save_as(tmp_path / "health.csv")
    with (tmp_path / "health.csv").open(encoding="utf-8", newline="") as file:
        assert {"silence.ogg", "list.mp3"} <= {row["path"] for row in csv.DictReader(file)}
