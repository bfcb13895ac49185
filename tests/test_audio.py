"""Decoding: every format, the right rate, and whatever is broken named."""

from pathlib import Path

import numpy as np
import pytest
import sounds

from engine.audio import CLIP_SAMPLES, SAMPLE_RATE, AudioError, clips, load_audio


def level(sound: np.ndarray) -> float:
    """RMS in dBFS, without the edges where a filter rings."""
    middle = sound[len(sound) // 10 : -len(sound) // 10]
    return 20 * np.log10(np.sqrt(np.mean(middle**2)) + 1e-12)


def peak_hertz(sound: np.ndarray) -> float:
    return float(np.argmax(np.abs(np.fft.rfft(sound))) * SAMPLE_RATE / len(sound))


@pytest.mark.parametrize("suffix", ["wav", "flac", "ogg", "mp3", "aiff"])
def test_a_tone_keeps_its_pitch_length_and_level_in_every_format(tmp_path: Path, suffix: str) -> None:
    sound = load_audio(sounds.write(tmp_path / f"a.{suffix}", sounds.tone(440, 4)))
    assert sound.dtype == np.float32
    assert peak_hertz(sound) == pytest.approx(440, abs=1)
    assert len(sound) / SAMPLE_RATE == pytest.approx(4, abs=0.1)
    assert level(sound) == pytest.approx(-9.03, abs=0.3)  # a sine at half of full scale


@pytest.mark.parametrize(("suffix", "codec"), [("m4a", "aac"), ("wma", "wmav2")])
def test_formats_that_only_ffmpeg_knows_are_decoded(tmp_path: Path, suffix: str, codec: str) -> None:
    sound = load_audio(sounds.encode(tmp_path / f"a.{suffix}", sounds.tone(440, 4), codec))
    assert peak_hertz(sound) == pytest.approx(440, abs=1)


def test_a_tone_above_4_khz_is_gone_after_resampling(tmp_path: Path) -> None:
    kept = load_audio(sounds.write(tmp_path / "kept.wav", sounds.tone(3000, 4, 44100), 44100))
    gone = load_audio(sounds.write(tmp_path / "gone.wav", sounds.tone(4300, 4, 44100), 44100))
    assert level(gone) < level(kept) - 80


def test_stereo_becomes_the_mean_of_its_channels(tmp_path: Path) -> None:
    tone = sounds.tone(440, 2)
    one_sided = load_audio(sounds.write(tmp_path / "one.wav", np.stack([tone, 0 * tone], axis=1)))
    assert level(one_sided) == pytest.approx(-9.03 - 6.02, abs=0.1)


def test_channels_that_cancel_each_other_are_heard_all_the_same(tmp_path: Path) -> None:
    tone = sounds.tone(440, 2)
    opposite = load_audio(sounds.write(tmp_path / "opposite.wav", np.stack([tone, -0.95 * tone], axis=1)))
    assert level(opposite) == pytest.approx(-9.03, abs=0.1) and peak_hertz(opposite) == pytest.approx(440, abs=1)


def test_clips_are_30_seconds_and_together_the_whole_song(tmp_path: Path) -> None:
    path = sounds.write(tmp_path / "long.wav", sounds.noise(70, rate=8000), 8000)
    parts = list(clips(path))
    assert [len(part) for part in parts] == [CLIP_SAMPLES, CLIP_SAMPLES, 10 * SAMPLE_RATE]
    np.testing.assert_array_equal(np.concatenate(parts), load_audio(path))


def test_at_twice_the_rate_clips_are_as_long_and_hold_twice_the_spectrum(tmp_path: Path) -> None:
    path = sounds.write(tmp_path / "high.wav", sounds.tone(6000, 35, 44100), 44100)
    parts = list(clips(path, 2 * SAMPLE_RATE))
    assert [len(part) for part in parts] == [2 * CLIP_SAMPLES, 10 * SAMPLE_RATE]
    assert level(np.concatenate(parts)) == pytest.approx(-9.03, abs=0.1)
    assert level(load_audio(path)) < -80


def test_a_truncated_song_gives_what_is_left_of_it(tmp_path: Path) -> None:
    path = sounds.truncated(sounds.write(tmp_path / "cut.mp3", sounds.tone(440, 8)), 0.5)
    assert 2 < len(load_audio(path)) / SAMPLE_RATE < 6


@pytest.mark.parametrize("suffix", ["flac", "mp3", "ogg"])
def test_damage_in_the_middle_costs_only_the_damaged_part(tmp_path: Path, suffix: str) -> None:
    path = sounds.write(tmp_path / f"hurt.{suffix}", sounds.noise(20))
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 3000] = np.random.default_rng(0).bytes(3000)
    path.write_bytes(data)
    sound = load_audio(path)
    assert len(sound) / SAMPLE_RATE > 18
    assert np.isfinite(sound).all() and np.abs(sound).max() <= 1


@pytest.mark.parametrize("kind", ["empty", "random", "text", "header only"])
def test_what_is_not_sound_is_refused_with_a_reason(tmp_path: Path, kind: str) -> None:
    with pytest.raises(AudioError, match=r"is empty|not a sound file|nothing that can be decoded|no audio stream"):
        load_audio(sounds.broken_files(tmp_path)[kind])


def test_a_missing_file_is_refused_with_a_reason(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="is not there"):
        load_audio(tmp_path / "nowhere.mp3")


@pytest.mark.parametrize("name", ["pipe:0.wav", "http:x.wav", "concat:a.wav|b.wav", "-.wav"])
def test_a_name_is_never_taken_for_an_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    sounds.write(tmp_path / name, sounds.tone())
    monkeypatch.chdir(tmp_path)
    assert len(load_audio(Path(name))) == 2 * SAMPLE_RATE


def test_a_list_of_other_files_is_no_song(tmp_path: Path) -> None:
    sounds.write(tmp_path / "other.wav", sounds.tone())
    for content in (
        "ffconcat version 1.0\nfile 'other.wav'\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nother.wav\n",
    ):
        for name in ("list.mp3", "list.m3u8"):
            (tmp_path / name).write_text(content)
            with pytest.raises(AudioError, match="not a sound file"):
                load_audio(tmp_path / name)


def test_a_format_without_a_decoder_is_refused_with_a_reason(tmp_path: Path) -> None:
    content = bytearray(sounds.write(tmp_path / "a.wav", sounds.tone()).read_bytes())
    content[20:22] = b"\x99\x99"  # the number of the codec
    (tmp_path / "a.wav").write_bytes(content)
    with pytest.raises(AudioError, match="FFmpeg has no decoder for"):
        load_audio(tmp_path / "a.wav")
