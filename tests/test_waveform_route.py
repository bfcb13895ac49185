import numpy as np
import pytest
from shelf import library
from spectrum import SpectrumEmbedder

from dashboard.app import create_app
from index.library import Library


@pytest.fixture(scope="module")
def client():
    return create_app(library()).server.test_client()


def test_a_waveform_is_one_byte_a_step_and_may_be_kept(client):
    answer = client.get(f"/waveform/4?g={library().generation}")
    assert len(answer.data) > 0
    assert np.array_equal(np.frombuffer(answer.data, np.uint8), library().peaks(4))
    assert "max-age" in answer.headers["Cache-Control"]


def test_a_song_heard_before_there_were_peaks_has_none(client, monkeypatch):
    monkeypatch.setattr(Library, "peaks", lambda self, song: np.empty(0, np.uint8))
    answer = client.get("/waveform/4")
    assert (answer.status_code, answer.data) == (204, b"")


@pytest.mark.parametrize("song", ["12", "-1", "x", "../4"])
def test_an_unknown_song_is_refused_with_a_sentence(client, song):
    answer = client.get(f"/waveform/{song}")
    assert answer.status_code == 404
    assert answer.text.startswith("This library has no song")


def test_another_builds_number_is_refused(client):
    assert client.get("/waveform/4?g=generation-gone").status_code == 410


def test_a_dropped_track_has_a_waveform_too():
    app = create_app(library(), lambda path, _: next(SpectrumEmbedder().embed([path])))
    browser, path = app.server.test_client(), library().audio_path(4)
    token = browser.post("/drop", data=path.read_bytes(), headers={"X-Songboard": "drop"}).json["token"]
    assert np.array_equal(np.frombuffer(browser.get(f"/waveform/{token}").data, np.uint8), library().peaks(4))
