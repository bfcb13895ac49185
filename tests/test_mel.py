"""Where in the spectrum a sound is found."""

import numpy as np
import pytest
import sounds

from engine.audio import SAMPLE_RATE
from engine.mel import frequencies, magnitudes, mel_bands


@pytest.mark.parametrize("hertz", [133, 1010, 2990])
def test_a_tone_is_strongest_at_its_frequency_and_gone_elsewhere(hertz):
    spectrum = magnitudes(sounds.tone(hertz, 1, rate=SAMPLE_RATE), 512, 80)  # [frames, bins]
    near = np.abs(frequencies(512) - hertz) < 50
    assert frequencies(512)[spectrum.mean(axis=0).argmax()] == pytest.approx(hertz, abs=8)
    assert spectrum[:, ~near].max() < 1e-2 * spectrum.max()  # 40 dB below


def test_frames_are_one_hop_apart_and_many_sounds_are_cut_at_once():
    one, other = sounds.noise(1, rate=SAMPLE_RATE), sounds.noise(1, seed=1, rate=SAMPLE_RATE)
    both = magnitudes(np.stack([one, other]), 512, 256)
    assert both.shape == (2, 1 + (SAMPLE_RATE - 512) // 256, 257)
    np.testing.assert_allclose(both[1, 3:4], magnitudes(other[3 * 256 : 3 * 256 + 512], 512, 256), rtol=1e-5)


def test_bands_hold_the_whole_power():
    spectrum = magnitudes(sounds.noise(1, rate=SAMPLE_RATE), 512, 256)
    np.testing.assert_allclose(mel_bands(spectrum, 40).sum(axis=-1), np.square(spectrum).sum(axis=-1), rtol=1e-5)


def test_bands_stand_in_order_of_pitch_and_are_narrow_below_and_wide_above():
    hertz = np.arange(100, 4000, 100)
    loudest = [
        mel_bands(magnitudes(sounds.tone(each, 0.1, rate=SAMPLE_RATE), 512, 256), 40).sum(axis=0).argmax()
        for each in hertz
    ]
    assert loudest == sorted(loudest)
    assert (loudest[0], loudest[-1]) == (2, 39)
    assert loudest[9] - loudest[0] > 1.5 * (loudest[-1] - loudest[-10])  # the lowest kilohertz, the highest kilohertz
