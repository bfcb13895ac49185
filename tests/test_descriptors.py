"""What a person can name, on sounds of which we know the answer."""

import math
from collections.abc import Sequence

import numpy as np
import pytest
import sounds

from engine.audio import SAMPLE_RATE
from engine.descriptors import KEYS, MINOR_KEYS, describe
from engine.hearing import middle_minute
from engine.segments import SEGMENT_SAMPLES, SEGMENT_SECONDS

MAJOR_CADENCE = [(0, 4, 7), (5, 9, 12), (7, 11, 14), (0, 4, 7)]  # I IV V I, in semitones above the tonic
MINOR_CADENCE = [(0, 3, 7), (5, 8, 12), (7, 11, 14), (0, 3, 7)]  # i iv V i
POP = [(0, 4, 7), (7, 11, 14), (9, 12, 16), (5, 9, 12)]  # I V vi IV
MELODY = [4, 2, 0, 2, 4, 5, 7, 5, 7, 9, 11, 9, 7, 5, 4, 2]  # half a second each, in a major key

# Beats of a bar on which the kick, the snare and the hi-hat are played.
PATTERNS = {
    "rock": (4, [0, 2], [1, 3], [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5]),
    "off-beat kick": (4, [0, 1.5, 2.5], [1, 3], [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5]),
    "house": (4, [0, 1, 2, 3], [1, 3], [0.5, 1.5, 2.5, 3.5]),
    "swing": (4, [0, 2], [1, 3], [0, 1, 5 / 3, 2, 3, 11 / 3]),
    "waltz": (3, [0], [], [1, 2]),
    "drum and bass": (4, [0, 2.5], [1, 3], [0, 1, 2, 3]),
}


def played(chords: list[tuple[int, ...]], tonic: float, melody: Sequence[int] = ()) -> np.ndarray:
    """Chords of eight overtones, two seconds each, and a melody an octave above, the tonic as a MIDI note."""
    chord = [sum(note(tonic + each, 2) for each in semitones) for semitones in chords]
    lead = [note(tonic + 12 + each, 0.5) for each in melody] or [np.float32(0)]
    return (np.concatenate(chord) + np.hstack(lead)).astype(np.float32)


def note(midi: float, seconds: float) -> np.ndarray:
    """A plucked string."""
    time = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    hertz = 440 * 2 ** ((midi - 69) / 12)
    overtones = [k for k in range(1, 9) if k * hertz < SAMPLE_RATE / 2]
    return 0.05 * np.exp(-2 * time) * sum(np.sin(2 * np.pi * k * hertz * time) / k for k in overtones)


def drums(pattern: str, bpm: float, seconds: float) -> np.ndarray:
    """A pattern of kick, snare and hi-hat, bar after bar."""
    time = np.arange(int(0.15 * SAMPLE_RATE)) / SAMPLE_RATE
    noise = sounds.noise(0.15, rate=SAMPLE_RATE)
    kick = 0.5 * np.sin(2 * np.pi * 60 * time) * np.exp(-time / 0.06)
    snare = (2 * noise + 0.2 * np.sin(2 * np.pi * 190 * time)) * np.exp(-time / 0.04)
    hat = 0.5 * np.diff(noise, prepend=0) * np.exp(-time / 0.015)  # nothing but highs
    sound = np.zeros(int((seconds + 1) * SAMPLE_RATE), np.float32)
    length, *beats = PATTERNS[pattern]
    for struck, stroke in zip(beats, (kick, snare, hat), strict=True):
        for bar in np.arange(0, seconds * bpm / 60 / length):
            for beat in struck:
                begin = int((bar * length + beat) * 60 / bpm * SAMPLE_RATE)
                sound[begin : begin + len(stroke)] += stroke[: max(0, len(sound) - begin)]
    return sound[: int(seconds * SAMPLE_RATE)]


@pytest.mark.parametrize("bpm", [62, 80, 96, 110.5, 123, 150, 175])
def test_click_track_has_its_tempo_to_half_a_percent_and_not_the_half_or_double(bpm):
    assert describe(sounds.clicks(bpm, 30, rate=SAMPLE_RATE))["bpm"] == pytest.approx(bpm, rel=0.005)


@pytest.mark.parametrize(
    ("pattern", "bpm"),
    [
        ("rock", 90),
        ("rock", 120),
        ("rock", 160),
        ("off-beat kick", 100),
        ("house", 123),
        ("swing", 140),
        ("waltz", 100),
        ("waltz", 150),
    ],
)
def test_tempo_of_drums_is_that_of_the_beat_and_not_of_the_hi_hat_or_the_bar(pattern, bpm):
    assert describe(drums(pattern, bpm, 30))["bpm"] == pytest.approx(bpm, rel=0.01)


@pytest.mark.parametrize("bpm", [165, 174, 180])
def test_drum_and_bass_is_counted_whole_or_by_halves_and_in_no_other_way(bpm):
    heard = describe(drums("drum and bass", bpm, 30))["bpm"]
    assert heard == pytest.approx(bpm, rel=0.01) or heard == pytest.approx(bpm / 2, rel=0.01)


@pytest.mark.parametrize("hertz", [60, 800, 3500])
def test_tempo_is_heard_in_the_lows_and_in_the_highs(hertz):
    tone = sounds.tone(hertz, 30, rate=SAMPLE_RATE)
    pulse = np.exp(-(np.arange(len(tone)) / SAMPLE_RATE % (60 / 123)) / 0.05)
    assert describe((tone * pulse).astype(np.float32))["bpm"] == pytest.approx(123, rel=0.01)


def test_tempo_is_heard_under_chords_and_a_melody():
    music = np.tile(played(POP, 60, MELODY), 4)[: 30 * SAMPLE_RATE]
    assert describe(music + drums("rock", 120, 30))["bpm"] == pytest.approx(120, rel=0.01)


@pytest.mark.parametrize("gap", [0, np.nan], ids=["silence", "passages nobody heard"])
def test_gaps_change_neither_tempo_nor_key(gap):
    music = np.tile(played(MINOR_CADENCE, 57), 4) + drums("rock", 123, 32)
    for begin in (5, 14.2, 21.9):
        music[int(begin * SAMPLE_RATE) : int((begin + 3.3) * SAMPLE_RATE)] = gap
    described = describe(music)
    assert described["bpm"] == pytest.approx(123, rel=0.01)
    assert described["initial_key"] == "Am"


def test_passages_nobody_heard_change_neither_loudness_nor_brightness():
    tone = sounds.tone(440, 20, rate=SAMPLE_RATE)
    gappy = tone.copy()
    gappy[7 * SAMPLE_RATE : 12 * SAMPLE_RATE] = np.nan
    whole, parts = describe(tone), describe(gappy)
    assert parts["loudness"] == pytest.approx(whole["loudness"], abs=0.01)
    assert parts["brightness"] == pytest.approx(whole["brightness"], rel=0.001)


@pytest.mark.parametrize(("pattern", "bpm"), [("off-beat kick", 93), ("swing", 104), ("waltz", 104)])
def test_a_song_of_which_every_other_segment_is_kept_keeps_its_tempo(pattern, bpm):
    starts = np.arange(0, 120, 2 * SEGMENT_SECONDS, dtype=np.float32)
    begins = (starts * SAMPLE_RATE).astype(int)[:, None]
    segments = drums(pattern, bpm, 120)[begins + np.arange(SEGMENT_SAMPLES)]
    sound = middle_minute((segments * 32767).astype(np.int16), starts)
    assert describe(sound)["bpm"] == pytest.approx(bpm, rel=0.01)


@pytest.mark.parametrize("seconds", [4, 8, 30, 60])
def test_steady_noise_has_neither_tempo_nor_key(seconds):
    described = describe(sounds.noise(seconds, rate=SAMPLE_RATE))
    assert math.isnan(described["bpm"])
    assert described["initial_key"] == ""


@pytest.mark.parametrize("tonic", range(12))
def test_cadence_tells_each_of_the_24_keys(tonic):
    assert describe(played(MAJOR_CADENCE, 48 + tonic))["initial_key"] == KEYS[tonic]
    assert describe(played(MINOR_CADENCE, 48 + tonic))["initial_key"] == MINOR_KEYS[tonic]


@pytest.mark.parametrize("octave", [36, 48, 60])
def test_key_is_the_same_in_any_octave_and_under_a_melody_and_drums(octave):
    music = np.tile(played(POP, octave + 7, MELODY), 2)
    assert describe(music)["initial_key"] == "G"
    assert describe(music + 0.3 * drums("rock", 120, 16))["initial_key"] == "G"


@pytest.mark.parametrize("cents", [-45, -30, -15, 15, 30, 45])
def test_key_of_music_out_of_tune_is_that_of_the_nearest_semitone(cents):
    assert describe(played(MINOR_CADENCE, 50 + cents / 100))["initial_key"] == "Dm"
    assert describe(played(POP, 53 + cents / 100, MELODY))["initial_key"] == "F"


@pytest.mark.parametrize("decibels", [-50, -20, -9])
def test_loudness_is_the_rms_in_dbfs(decibels):
    for sound in (sounds.tone(440, 5, rate=SAMPLE_RATE), sounds.noise(5, rate=SAMPLE_RATE)):
        level = 10 ** (decibels / 20) / np.sqrt(np.mean(sound**2))
        assert describe(sound * np.float32(level))["loudness"] == pytest.approx(decibels, abs=0.05)


@pytest.mark.parametrize("hertz", [200, 1000, 2000, 3500])
def test_brightness_of_a_tone_is_its_frequency(hertz):
    assert describe(sounds.tone(hertz, 5, rate=SAMPLE_RATE))["brightness"] == pytest.approx(hertz, rel=0.05)


def test_brightness_of_a_mixture_is_its_centre_of_gravity_by_magnitude_at_any_level():
    low, high = sounds.tone(500, 5, rate=SAMPLE_RATE), sounds.tone(2500, 5, rate=SAMPLE_RATE)
    for gain in (1, 0.01):
        assert describe((low + high) * np.float32(gain))["brightness"] == pytest.approx(1500, rel=0.01)
        assert describe((3 * low + high) * np.float32(gain))["brightness"] == pytest.approx(1000, rel=0.01)


def test_brightness_of_white_noise_is_half_of_the_highest_frequency():
    assert describe(sounds.noise(5, rate=SAMPLE_RATE))["brightness"] == pytest.approx(SAMPLE_RATE / 4, rel=0.01)


def test_drums_are_percussive_a_pad_is_not_and_both_together_lie_between():
    pad = sum(sounds.tone(hertz, 16, rate=SAMPLE_RATE) for hertz in (220, 261.6, 329.6)) / 3
    beat = drums("rock", 100, 16)
    shares = [describe(sound)["percussiveness"] for sound in (pad, pad + beat, beat)]
    assert 0 <= shares[0] < 0.1 < shares[1] < shares[2] - 0.1
    assert 0.5 < shares[2] <= 1


def test_a_constant_offset_changes_nothing():
    music = played(POP, 60, MELODY)
    plain, shifted = describe(music), describe(music + np.float32(0.3))
    assert plain.pop("initial_key") == shifted.pop("initial_key")
    assert shifted == pytest.approx(plain, rel=0.01, nan_ok=True)


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
@pytest.mark.parametrize("every", [2, 300, 3000])
def test_sound_in_tatters_is_no_error(every):
    sound = played(POP, 60)
    sound[::every] = np.nan
    assert set(describe(sound)) == {"bpm", "initial_key", "loudness", "brightness", "percussiveness"}


@pytest.mark.filterwarnings("error")
def test_passages_too_short_for_two_slow_beats_have_no_tempo():
    sound = np.full(60 * SAMPLE_RATE, np.nan, np.float32)
    for begin in (0, 11, 23, 37, 52):
        sound[begin * SAMPLE_RATE : (begin + 1) * SAMPLE_RATE] = sounds.clicks(123, 1, rate=SAMPLE_RATE)
    assert math.isnan(describe(sound)["bpm"])


@pytest.mark.filterwarnings("error")
def test_too_short_a_sound_has_loudness_and_brightness_but_neither_tempo_nor_key():
    described = describe(sounds.tone(440, 1, rate=SAMPLE_RATE))
    assert math.isnan(described["bpm"])
    assert described["initial_key"] == ""
    assert described["loudness"] == pytest.approx(-9.03, abs=0.05)
    assert described["brightness"] == pytest.approx(440, rel=0.05)
