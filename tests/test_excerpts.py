"""Excerpts as sound: where they are cut, and what each condition does to them."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import sounds

from engine.audio import load_audio
from engine.excerpts import CONDITIONS, cut_excerpts
from engine.segments import SEGMENT_SECONDS

RATE = 16_000
SEGMENT = int(SEGMENT_SECONDS * RATE)


def noise(folder: Path, seconds: float = 40) -> Path:
    return sounds.write(folder / "noise.wav", sounds.noise(seconds, rate=RATE), RATE)


def cut(song: Path, folder: Path, number: int = 0) -> dict[str, np.ndarray]:
    return {condition: load_audio(file, RATE) for condition, file in cut_excerpts(song, folder, number).items()}


def power(sound: np.ndarray, low: float, high: float) -> float:
    """Between two frequencies, dB."""
    spectrum = np.abs(np.fft.rfft(sound)) ** 2 / len(sound)
    hertz = np.fft.rfftfreq(len(sound), 1 / RATE)
    return float(10 * np.log10(spectrum[(hertz >= low) & (hertz < high)].mean()))


def pitch(sound: np.ndarray) -> float:
    return float(np.abs(np.fft.rfft(sound)).argmax() * RATE / len(sound))


def test_the_clean_excerpt_is_eight_seconds_of_the_song_off_its_segment_grid(tmp_path: Path) -> None:
    song = noise(tmp_path, 70)
    whole = load_audio(song, RATE)
    places = set()
    for number in range(12):
        excerpt = cut(song, tmp_path, number)["clean"]
        assert len(excerpt) == 8 * RATE
        windows = np.lib.stride_tricks.sliding_window_view(whole, 16)
        (start,) = np.flatnonzero(np.abs(windows - excerpt[:16]).max(axis=1) < 1e-3)
        np.testing.assert_allclose(whole[start : start + len(excerpt)], excerpt, atol=1e-3)
        assert SEGMENT / 4 <= start % SEGMENT <= 3 * SEGMENT / 4
        places.add(int(start))
    assert len(places) > 8 and max(places) > 30 * RATE  # anywhere, and not in the first clip alone


def test_every_condition_changes_the_sound_and_none_clips_it(tmp_path: Path) -> None:
    heard = cut(noise(tmp_path), tmp_path)
    assert list(heard) == list(CONDITIONS)
    for condition, sound in heard.items():
        assert np.abs(sound).max() < 1
        assert condition == "clean" or not np.array_equal(sound, heard["clean"])


def test_the_mp3_loses_what_is_above_3_khz_and_keeps_the_rest(tmp_path: Path) -> None:
    heard = cut(noise(tmp_path), tmp_path)
    assert power(heard["mp3"], 3300, 4000) < power(heard["clean"], 3300, 4000) - 30
    assert power(heard["mp3"], 500, 2000) == pytest.approx(power(heard["clean"], 500, 2000), abs=2)


def test_the_noise_lies_10_db_below_the_music(tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "tone.wav", sounds.tone(1000, 40, RATE) / 2, RATE)
    heard = cut(song, tmp_path)
    added = heard["noise"] - heard["clean"]
    difference = 10 * np.log10(np.mean(heard["clean"] ** 2) / np.mean(added**2))
    assert difference == pytest.approx(10, abs=0.1)
    assert power(added, 100, 500) == pytest.approx(power(added, 3000, 3900), abs=0.5)


def test_the_equaliser_moves_octaves_apart_by_no_more_than_9_db(tmp_path: Path) -> None:
    heard = cut(noise(tmp_path), tmp_path)
    edges = 62.5 * 2 ** np.arange(0, 7.5, 0.5)
    bands = list(pairwise(edges))
    gains = [power(heard["equaliser"], *band) - power(heard["clean"], *band) for band in bands]
    assert max(np.abs(gains)) < 9.5 and np.ptp(gains) > 5


@pytest.mark.parametrize(("condition", "speed"), [("faster", 1.03), ("slower", 0.97)])
def test_another_speed_moves_pitch_and_tempo_together(tmp_path: Path, condition: str, speed: float) -> None:
    heard = cut(sounds.write(tmp_path / "tone.wav", sounds.tone(1000, 40, RATE), RATE), tmp_path)
    assert pitch(heard[condition]) == pytest.approx(1000 * speed, abs=1)
    assert len(heard[condition]) == pytest.approx(8 * RATE / speed, abs=2)


def test_silence_is_never_cut_out(tmp_path: Path) -> None:
    sound = np.concatenate([sounds.silence(60, RATE), sounds.noise(30, rate=RATE), sounds.silence(60, RATE)])
    song = sounds.write(tmp_path / "late.wav", sound, RATE)
    for number in range(10):
        assert np.std(cut(song, tmp_path, number)["clean"]) == pytest.approx(0.1, rel=0.05)


def test_the_same_number_gives_the_same_files_and_another_number_others(tmp_path: Path) -> None:
    song = noise(tmp_path)
    (tmp_path / "again").mkdir()
    files = [cut_excerpts(song, tmp_path / folder, number) for folder, number in [("", 3), ("again", 3), ("again", 4)]]
    for condition in CONDITIONS:
        first, again, other = (file[condition].read_bytes() for file in files)
        assert first == again and first != other
    assert len({path for each in files for path in each.values()}) == 3 * len(CONDITIONS)


def test_what_holds_no_eight_seconds_of_sound_gives_none(tmp_path: Path) -> None:
    short = sounds.write(tmp_path / "short.wav", sounds.noise(8.5, rate=RATE), RATE)
    broken = sounds.broken_files(tmp_path / "broken")
    for song in [short, *broken.values()]:
        assert cut_excerpts(song, tmp_path, 0) == {}
    assert cut_excerpts(noise(tmp_path, 11), tmp_path, 0)
