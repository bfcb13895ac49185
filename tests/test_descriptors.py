"""What a person can name, on sounds of which we know the answer."""

import math

import numpy as np
import pytest
import sounds

from engine.audio import SAMPLE_RATE
from engine.descriptors import describe

A_MINOR = [(57, 60, 64), (57, 62, 65), (56, 59, 64), (57, 60, 64)]  # i iv V i, in MIDI notes
F_SHARP_MAJOR = [(54, 58, 61), (54, 59, 63), (53, 56, 61), (54, 58, 61)]  # I IV V I


def played(chords: list[tuple[int, ...]]) -> np.ndarray:
    """The chords one after the other, two seconds each."""
    return np.concatenate([sounds.chord(*440 * 2 ** ((np.array(c) - 69) / 12), rate=SAMPLE_RATE) for c in chords])


def drums(bpm: float, seconds: float) -> np.ndarray:
    """A kick on every beat and a quieter hi-hat between any two."""
    beat = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE % (60 / bpm)  # seconds since the last beat
    kick = np.sin(2 * np.pi * 60 * beat) * np.exp(-beat / 0.08)
    hat = sounds.noise(seconds, rate=SAMPLE_RATE) * np.exp(-(beat % (30 / bpm)) / 0.02)
    return (0.5 * kick + hat).astype(np.float32)


@pytest.mark.parametrize("bpm", [80, 96, 123, 150])
def test_click_track_has_its_tempo_and_not_the_half_or_double(bpm):
    assert describe(sounds.clicks(bpm, 20, rate=SAMPLE_RATE))["bpm"] == pytest.approx(bpm, rel=0.02)


def test_tempo_of_drums_is_that_of_the_beat_and_not_of_the_hi_hat():
    assert describe(drums(123, 20))["bpm"] == pytest.approx(123, rel=0.02)


def test_steady_noise_has_neither_tempo_nor_key():
    described = describe(sounds.noise(30, rate=SAMPLE_RATE))
    assert math.isnan(described["bpm"])
    assert described["initial_key"] == ""


@pytest.mark.parametrize(("chords", "key"), [(A_MINOR, "Am"), (F_SHARP_MAJOR, "F#")])
def test_cadence_tells_its_key(chords, key):
    assert describe(played(chords))["initial_key"] == key


def test_cadence_a_semitone_up_is_in_the_key_a_semitone_up():
    assert describe(played([tuple(note + 1 for note in chord) for chord in A_MINOR]))["initial_key"] == "Bbm"


def test_loudness_is_the_rms_in_dbfs():
    tone = sounds.tone(440, 10, rate=SAMPLE_RATE)
    assert describe(tone * 0.1 / np.sqrt(np.mean(tone**2)))["loudness"] == pytest.approx(-20, abs=0.05)


@pytest.mark.parametrize("hertz", [200, 2000])
def test_brightness_of_a_tone_is_its_frequency(hertz):
    assert describe(sounds.tone(hertz, 10, rate=SAMPLE_RATE))["brightness"] == pytest.approx(hertz, rel=0.05)


def test_drums_are_percussive_a_pad_is_not_and_both_together_lie_between():
    beat, pad = drums(100, 16), np.tile(played(A_MINOR), 2)
    shares = [describe(sound)["percussiveness"] for sound in (pad, pad + beat, beat)]
    assert 0 <= shares[0] < 0.1 < shares[1] < 0.4 < shares[2] <= 1


def test_a_long_song_is_described_by_its_middle_minute():
    edge, middle = sounds.tone(200, 30, rate=SAMPLE_RATE), sounds.tone(2000, 60, rate=SAMPLE_RATE)
    assert describe(np.concatenate([edge, middle, edge]))["brightness"] == pytest.approx(2000, rel=0.02)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "sound",
    [np.zeros(80_000), np.ones(80_000), np.zeros(0), np.ones(100), np.full(80_000, np.nan)],
    ids=["silence", "offset", "empty", "short", "nan"],
)
def test_where_there_is_nothing_to_hear_nothing_is_claimed(sound):
    described = describe(sound.astype(np.float32))
    assert described.pop("initial_key") == ""
    assert all(math.isnan(figure) for figure in described.values())


@pytest.mark.filterwarnings("error")
def test_too_short_a_sound_has_loudness_and_brightness_but_neither_tempo_nor_key():
    described = describe(sounds.tone(440, 1, rate=SAMPLE_RATE))
    assert math.isnan(described["bpm"])
    assert described["initial_key"] == ""
    assert described["loudness"] == pytest.approx(-9.03, abs=0.05)
    assert described["brightness"] == pytest.approx(440, rel=0.05)
