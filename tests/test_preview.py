"""The ten seconds that are cut out of a song."""

import numpy as np
import pytest
import sounds

from engine.audio import AudioError, load_audio
from engine.preview import SECONDS, preview


def loudest(sound: np.ndarray) -> float:
    """Hz."""
    spectrum = np.abs(np.fft.rfft(sound))
    return spectrum.argmax() * 8000 / len(sound)


@pytest.fixture
def song(tmp_path):
    """300 Hz for forty seconds, then 900 Hz for thirty."""
    return sounds.write(tmp_path / "a.ogg", np.concatenate([sounds.tone(300, 40), sounds.tone(900, 30)]))


@pytest.mark.parametrize(("start", "hertz"), [(0.0, 300), (28.0, 300), (41.0, 900), (65.0, 900), (500.0, 900)])
def test_it_is_ten_seconds_from_where_it_is_asked_for_or_the_last_ones(song, tmp_path, start, hertz):
    (tmp_path / "cut.mp3").write_bytes(preview(song, start))
    sound = load_audio(tmp_path / "cut.mp3")
    assert len(sound) / 8000 == pytest.approx(SECONDS, abs=0.1)
    assert loudest(sound) == pytest.approx(hertz, abs=2)


def test_it_fades_in_and_out(song, tmp_path):
    (tmp_path / "cut.mp3").write_bytes(preview(song, 5.0))
    sound = np.abs(load_audio(tmp_path / "cut.mp3"))
    assert max(sound[:400].max(), sound[-400:].max()) < 0.25 * sound[8000:-8000].max()


def test_of_a_shorter_song_it_is_all(tmp_path):
    (tmp_path / "cut.mp3").write_bytes(preview(sounds.write(tmp_path / "a.wav", sounds.tone(seconds=3)), 1.0))
    assert len(load_audio(tmp_path / "cut.mp3")) / 8000 == pytest.approx(3, abs=0.1)


def test_what_is_no_song_is_said_to_be_none(tmp_path):
    (tmp_path / "a.mp3").write_text("no music")
    with pytest.raises(AudioError):
        preview(tmp_path / "a.mp3", 0)
