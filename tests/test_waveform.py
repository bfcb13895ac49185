"""The waveform: every slice as high as the loudest moment in it, however long the song."""

import numpy as np
import pytest
import sounds

from engine.hearing import hear_one
from engine.waveform import PEAKS, Waveform

SECOND = 16_000  # samples


def peaks_of(*clips):
    waveform = Waveform()
    given = [np.asarray(clip, np.float32) for clip in clips]
    for clip, handed_on in zip(given, waveform.watch(given), strict=True):
        assert handed_on is clip
    return waveform.peaks()


def clips(sound, size=30 * SECOND):
    return [sound[start : start + size] for start in range(0, len(sound), size)]


def test_heights_are_the_square_root_of_the_amplitude():
    loud = [peaks_of(np.full(60 * SECOND, amplitude))[600] for amplitude in (1, 0.25, 0.01, 0)]
    assert loud == [255, 128, 26, 0]
    assert (peaks_of(np.full(60 * SECOND, -0.25)) == 128).all()


@pytest.mark.parametrize("seconds", [12, 100, 1000, 7000])
def test_a_song_of_any_length_has_as_many_slices_and_its_loud_part_where_it_is(seconds):
    sound = np.full(seconds * SECOND, 0.04, np.float32)
    sound[len(sound) // 4 : len(sound) // 2] = 1
    peaks = peaks_of(*clips(sound))
    assert len(peaks) == PEAKS
    assert (peaks[302:598] == 255).all()
    assert (peaks[:298] == 51).all()
    assert (peaks[602:] == 51).all()


def test_one_loud_sample_is_seen_wherever_it_is():
    for at in (0, 12345, 1_999_999):
        sound = np.zeros(2_000_000, np.float32)
        sound[at] = -1
        peaks = peaks_of(*clips(sound))
        assert abs(int(peaks.argmax()) - at * PEAKS // len(sound)) <= 1
        assert peaks.max() == 255
        assert (peaks > 0).sum() <= 2


def test_it_does_not_depend_on_how_the_song_is_cut_into_clips():
    sound = np.random.default_rng(0).uniform(-1, 1, 100_000).astype(np.float32)
    assert (peaks_of(*clips(sound, 7777)) == peaks_of(sound)).all()


def test_memory_does_not_grow_with_the_song():
    waveform = Waveform()
    for _ in waveform.watch(np.full(30 * SECOND, 0.5, np.float32) for _ in range(600)):  # five hours
        assert len(waveform._peaks) < 40_000
        assert len(waveform._tail) < 2 * waveform._grain


def test_little_or_nothing_has_few_peaks_or_none():
    assert peaks_of().tolist() == []
    assert peaks_of([0.25]).tolist() == [128]


def test_a_song_that_is_heard_has_its_waveform(tmp_path):
    sound = np.concatenate([sounds.tone(440, 5.0), 0 * sounds.tone(440, 5.0)])
    peaks = hear_one(sounds.write(tmp_path / "half.flac", sound)).peaks
    assert peaks.dtype == np.uint8
    half = len(peaks) // 2
    assert peaks[: half - 5].min() > 100
    assert peaks[half + 5 :].max() < 20
