"""What a song's patches hold, and that they change nothing of what else is heard."""

from pathlib import Path

import numpy as np
import pytest
import sounds

from engine.hearing import Heard, hear_one
from engine.patches import N_PATCHES, PATCH_RATE, PATCH_SAMPLES, halved, patches
from engine.segments import SEGMENT_SAMPLES


def heard(path: Path, sound: np.ndarray, rate: int = PATCH_RATE) -> Heard:
    song = hear_one(sounds.write(path, sound, rate))
    assert isinstance(song, Heard)
    return song


def loudest(sound: np.ndarray, rate: int = PATCH_RATE) -> float:
    """The frequency, in Hz, of which there is most."""
    return float(np.abs(np.fft.rfft(sound * np.hanning(len(sound)))).argmax() * rate / len(sound))


def test_a_patch_holds_what_lies_above_4_khz_and_a_segment_does_not(tmp_path: Path) -> None:
    sound = 0.2 * sounds.tone(6000, 11.25, PATCH_RATE) + 0.02 * sounds.tone(500, 11.25, PATCH_RATE)
    song = heard(tmp_path / "high.wav", sound)
    assert [loudest(patch) for patch in song.patches] == pytest.approx([6000] * 3, abs=1)
    assert [loudest(segment, 8000) for segment in song.segments] == pytest.approx([500] * 3, abs=1)


def test_at_most_six_patches_are_spread_over_the_song(tmp_path: Path) -> None:
    hertz = 200 + 10 * np.arange(40)  # another tone in every segment
    sound = np.concatenate([0.3 * sounds.tone(each, 3.75, PATCH_RATE) for each in hertz])
    song = heard(tmp_path / "long.wav", sound)
    assert song.patches.shape == (N_PATCHES, PATCH_SAMPLES) and len(song.segments) == 40
    chosen = [round((loudest(patch) - 200) / 10) for patch in song.patches]
    assert chosen[0] == 0 and chosen[-1] == 39 and set(np.diff(chosen)) == {7, 8}


def test_a_patch_is_the_middle_of_its_segment() -> None:
    ramp = (np.arange(60_000) // 2).astype(np.int16)
    (patch,) = patches(ramp[None])
    assert patch[0] - ramp[0] == ramp[-1] - patch[-1] > 0


def test_segments_are_at_8_khz_what_they_were_at_16(tmp_path: Path) -> None:
    sound = sounds.chord(220, 440, 1000, seconds=7.5, rate=PATCH_RATE) / 4
    at_16 = np.round(sound.reshape(2, -1) * 32767).astype(np.int16)
    at_8 = sounds.chord(220, 440, 1000, seconds=7.5, rate=8000) / 4
    told = halved(at_16)
    assert told.dtype == np.int16 and told.shape == (2, SEGMENT_SAMPLES)
    inner = slice(200, -200)  # the very ends of the sound ring
    np.testing.assert_allclose(told.ravel()[inner] / 32767, at_8[inner], atol=2e-3)
