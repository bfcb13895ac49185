"""Songs cut into segments of 3.75 s, at most 100, silence left out."""

import tracemalloc

import numpy as np
import pytest
import sounds

from engine.audio import AudioError
from engine.segments import N_SEGMENTS, SEGMENT_SAMPLES, SEGMENT_SECONDS, pad, segment


def song(seconds: float) -> np.ndarray:
    return sounds.noise(seconds, rate=8000)


def in_clips(sound: np.ndarray) -> list[np.ndarray]:
    return np.split(sound, range(240_000, len(sound), 240_000))


def test_a_song_becomes_consecutive_segments_of_30000_samples() -> None:
    sound = song(15)
    segments, starts, length = segment(in_clips(sound))
    assert segments.shape == (4, SEGMENT_SAMPLES) and segments.dtype == np.int16
    np.testing.assert_allclose(starts, [0, 3.75, 7.5, 11.25])
    np.testing.assert_allclose(segments.reshape(-1) / 32767, sound, atol=1e-4)
    assert length == 15


def test_clip_borders_do_not_show() -> None:
    sound = song(70)
    whole, _, _ = segment([sound])
    np.testing.assert_array_equal(segment(in_clips(sound))[0], whole)


def test_an_ending_of_half_a_segment_is_heard_and_a_shorter_one_is_not() -> None:
    segments, starts, _ = segment([song(3.75 + 2)])
    assert starts.tolist() == [0, 2] and len(segments) == 2
    assert len(segment([song(3.75 + 1)])[0]) == 1


def test_a_song_shorter_than_a_segment_is_repeated_to_fill_it() -> None:
    segments, starts, length = segment([song(2)])
    assert segments.shape == (1, SEGMENT_SAMPLES) and starts.tolist() == [0] and length == 2
    np.testing.assert_array_equal(segments[0, -16_000:], np.round(song(2) * 32767).astype(np.int16))


def test_a_long_song_gives_100_segments_spread_over_all_of_it() -> None:
    _, starts, length = segment(in_clips(song(2000)))
    assert len(starts) == N_SEGMENTS
    assert starts[0] == 0 and starts[-1] > length - 8 * SEGMENT_SECONDS
    assert np.diff(starts).max() <= 2 * length / N_SEGMENTS


def test_ten_hours_take_no_more_memory_than_ten_minutes() -> None:
    clip = song(30)
    tracemalloc.start()
    _, starts, length = segment(clip for _ in range(1200))  # generated as they are asked for
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert length == 36_000 and len(starts) == N_SEGMENTS and starts[-1] > 35_000
    assert peak < 30e6  # 200 segments are 12 MB


def test_silent_segments_are_left_out() -> None:
    sound = np.concatenate([song(3.75), sounds.silence(7.5, 8000), song(3.75)])
    assert segment([sound])[1].tolist() == [0, 11.25]


def test_silence_and_too_short_a_sound_are_refused_with_a_reason() -> None:
    with pytest.raises(AudioError, match="silent"):
        segment([sounds.silence(10, 8000)])
    with pytest.raises(AudioError, match=r"only 1\.0 s long"):
        segment([song(1)])


def test_padding_is_zero_and_masked() -> None:
    padded, mask = pad([np.ones((2, 4)), np.ones((3, 4))])
    assert padded.shape == (2, 3, 4) and padded[0, 2].tolist() == [0] * 4
    assert mask.tolist() == [[True, True, False], [True, True, True]]
