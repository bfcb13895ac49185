"""The teacher: its weights out of the wheel, its arithmetic against plain convolutions, its lessons on songs."""

import os
from pathlib import Path

import numpy as np
import pytest
import sounds
import torch
from teachers import FRONT, bundle, random_weights, write_wheel
from torch import Tensor
from torch.nn import functional as F

from engine.audio import AudioError
from engine.patches import PATCH_RATE as RATE
from engine.teacher import TeacherError
from engine.teacher.musicnn import Heard, Musicnn
from engine.teacher.teach import Lesson, Teacher, log_mel, teach
from engine.teacher.tensor_bundle import read_bundle
from engine.vocabulary import TAGS, WORDS, merge

WHEEL = os.environ.get("SONGBOARD_MUSICNN", "")
needs_musicnn = pytest.mark.skipif(not WHEEL, reason="SONGBOARD_MUSICNN names no wheel of musicnn 0.1.0")


@pytest.fixture(scope="module")
def teacher(tmp_path_factory: pytest.TempPathFactory) -> Teacher:
    """One with random weights."""
    return Teacher(write_wheel(tmp_path_factory.mktemp("wheel") / "musicnn.whl"))


@pytest.fixture(scope="module")
def musicnn() -> Teacher:
    """The real one."""
    return Teacher(Path(WHEEL))


def plain(weights: dict[str, np.ndarray], patches: Tensor) -> Heard:
    """musicnn as its paper draws it: two-dimensional convolutions, then norm, then maximum. [n, 187, 96]."""
    w = {name: torch.tensor(value) for name, value in weights.items()}

    def norm(x: Tensor, i: int) -> Tensor:
        name = f"batch_normalization_{i}" if i else "batch_normalization"
        mean, variance = w[f"{name}/moving_mean"], w[f"{name}/moving_variance"]
        return F.batch_norm(x, mean, variance, w[f"{name}/gamma"], w[f"{name}/beta"], eps=1e-3)

    def convolve(x: Tensor, i: int, frames: int) -> Tensor:  # [n, 1, 187, bands] -> [n, channels, 187, places]
        name = f"conv2d_{i}" if i else "conv2d"
        x = F.pad(x, (0, 0, (frames - 1) // 2, frames - 1 - (frames - 1) // 2))
        return norm(F.relu(F.conv2d(x, w[f"{name}/kernel"].permute(3, 2, 0, 1), w[f"{name}/bias"])), i + 1)

    x = norm(patches[:, None], 0)
    front = torch.cat([convolve(x, i, frames).amax(3) for i, (frames, _, _) in enumerate(FRONT)], 1)
    levels = [front]
    for i in (5, 6, 7):
        heard = convolve(levels[-1].transpose(1, 2)[:, None], i, 7)[..., 0]
        levels.append(heard if i == 5 else heard + levels[-1])
    channels = torch.cat(levels, 1)  # [n, 753, 187]
    most, mean = channels.amax(2), channels.mean(2)
    pooled = norm(torch.stack([most, mean], 2).flatten(1), 9)
    penultimate = norm(F.relu(pooled @ w["dense/kernel"] + w["dense/bias"]), 10)
    return Heard(torch.sigmoid(penultimate @ w["dense_1/kernel"] + w["dense_1/bias"]), penultimate, mean, most)


def test_products_of_matrices_give_what_plain_convolutions_give():
    weights = random_weights(seed=3)
    patches = torch.rand(2, 187, 96, generator=torch.Generator().manual_seed(0)) * 4
    for fast, slow in zip(Musicnn(weights)(patches), plain(weights, patches), strict=True):
        torch.testing.assert_close(fast, slow, atol=1e-4, rtol=1e-4)


def test_a_checkpoint_is_read_as_it_was_written():
    weights = {**random_weights(), "global_step": np.array(400, np.int32), "empty": np.zeros((0, 3), np.float32)}
    read = read_bundle(*bundle(weights))
    assert read.keys() == weights.keys()
    for name, values in weights.items():
        assert read[name].dtype == values.dtype
        np.testing.assert_array_equal(read[name], values)


def test_a_checkpoint_keeps_what_numpy_knows_and_leaves_out_the_rest():
    tensors = {"known": np.ones(3, np.float32), "unknown": np.ones(3, np.float16)}
    assert read_bundle(*bundle(tensors)).keys() == {"known"}


@pytest.mark.parametrize("options, said", [({"compression": 1}, "compressed"), ({"shards": 2}, "several data files")])
def test_a_checkpoint_of_another_kind_is_refused_in_words(options, said):
    with pytest.raises(TeacherError, match=said):
        read_bundle(*bundle({"a": np.ones(3, np.float32)}, **options))


def test_a_damaged_checkpoint_is_refused_whatever_byte_is_wrong():
    index, data = bundle({"a/kernel": np.ones((3, 2), np.float32), "a/bias": np.ones(2, np.float32)})
    with pytest.raises(TeacherError, match="is no TensorFlow"):
        read_bundle(index[:-1], data)
    with pytest.raises(TeacherError, match="damaged"):
        read_bundle(index, data[:-1])
    for at in range(len(index) - 8):
        try:
            read_bundle(index[:at] + bytes([index[at] ^ 255]) + index[at + 1 :], data)
        except TeacherError:
            continue


def test_what_is_not_musicnns_wheel_is_named(tmp_path: Path):
    text = tmp_path / "notes.whl"
    text.write_text("no zip")
    with pytest.raises(TeacherError, match=r"notes\.whl is not the wheel of musicnn"):
        Teacher(text)


def test_a_lesson_has_a_row_a_segment_and_comes_back_from_disk(tmp_path: Path, teacher: Teacher):
    song = sounds.write(tmp_path / "a.flac", sounds.noise(10, rate=22050), 22050)
    lesson = teach(song, np.array([0.0, 3.75, 6.25]), teacher)
    assert lesson.tags.shape == (3, len(TAGS)) and lesson.penultimate.shape == (3, 400)
    assert lesson.pooled.shape == (3, 3012)
    lesson.save(tmp_path / "a.npz")
    again = Lesson.load(tmp_path / "a.npz")
    for name, values in vars(lesson).items():
        np.testing.assert_array_equal(getattr(again, name), values)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.flac", "a.npz"]


def test_of_a_segment_the_middle_three_seconds_are_heard(tmp_path: Path, teacher: Teacher):
    sound = sounds.noise(12, rate=RATE)
    outside, inside = sound.copy(), sound.copy()
    outside[int(4.0 * RATE) : int(4.35 * RATE)] = 0  # the segment begins at 4 s
    outside[int(7.4 * RATE) :] = 0
    inside[int(4.5 * RATE) : int(4.8 * RATE)] = 0
    starts = np.array([4.0])
    whole, same, other = (
        teach(sounds.write(tmp_path / f"{i}.wav", each, RATE), starts, teacher).pooled
        for i, each in enumerate((sound, outside, inside))
    )
    np.testing.assert_array_equal(whole, same)
    assert not np.array_equal(whole, other)


def test_a_song_shorter_than_a_segment_is_repeated_to_fill_it(tmp_path: Path, teacher: Teacher):
    sound = sounds.noise(2, rate=RATE)
    short = teach(sounds.write(tmp_path / "short.wav", sound, RATE), np.zeros(1), teacher)
    repeated = teach(sounds.write(tmp_path / "twice.wav", np.tile(sound, 2), RATE), np.zeros(1), teacher)
    np.testing.assert_array_equal(short.pooled, repeated.pooled)


def test_segments_that_the_song_does_not_have_are_refused(tmp_path: Path, teacher: Teacher):
    song = sounds.write(tmp_path / "a.wav", sounds.noise(5, rate=RATE), RATE)
    with pytest.raises(AudioError, match=r"ends at 5\.0 s"):
        teach(song, np.array([0.0, 37.5]), teacher)


def test_the_spectrum_is_that_of_the_sound_up_to_eight_kilohertz():
    loudest = [log_mel(sounds.tone(hertz, 3.008, rate=RATE)[None])[0].mean(0).argmax() for hertz in (200, 2000, 7600)]
    assert loudest[0] < 10 < loudest[1] < 90 < loudest[2]
    assert log_mel(sounds.silence(3.008, rate=RATE)[None]).max() == 0


@needs_musicnn
def test_musicnns_own_weights_give_the_tags_they_give_elsewhere(musicnn: Teacher):
    """Pinned: what another forward pass, in NumPy, says of a ramp."""
    ramp = np.outer(np.linspace(0, 1, 187), np.linspace(4, 0, 96)).astype(np.float32)
    mtt, msd = (heard.tags[0, :6].numpy() for heard in musicnn.hear(ramp[None]))
    np.testing.assert_allclose(mtt, [0.097826, 0.144885, 0.097428, 0.208566, 0.064303, 0.082321], atol=1e-5)
    np.testing.assert_allclose(msd, [0.040332, 0.021087, 0.030457, 0.034346, 0.323313, 0.025274], atol=1e-5)


@needs_musicnn
def test_musicnn_tells_a_beat_from_a_chord_and_loud_from_quiet(tmp_path: Path, musicnn: Teacher):
    def words(name: str, sound: np.ndarray) -> dict[str, float]:
        lesson = teach(sounds.write(tmp_path / f"{name}.wav", sound, RATE), np.zeros(1), musicnn)
        return dict(zip(WORDS, merge(lesson.tags[0]), strict=True))

    beat = words("beat", drum(140, 4))
    chord = words("chord", 0.3 * sounds.chord(220, 277, 330, 440, seconds=4, rate=RATE))
    loud, quiet = words("loud", sounds.noise(4, rate=RATE)), words("quiet", 1e-3 * sounds.tone(440, 4, rate=RATE))
    assert max(beat, key=lambda word: beat[word]) in ("techno", "beats", "electronic", "drums")
    assert chord["ambient"] > 5 * beat["ambient"] and chord["slow"] > chord["fast"]
    assert loud["loud"] > 5 * quiet["loud"] and quiet["quiet"] > 5 * loud["quiet"]


def drum(bpm: float, seconds: float) -> np.ndarray:
    """A bass drum and a click on every beat."""
    sound = 0.3 * sounds.clicks(bpm, seconds, RATE)
    time = np.arange(int(0.2 * RATE)) / RATE
    for beat in np.arange(0, seconds - 0.3, 60 / bpm):
        start = int(beat * RATE)
        sound[start : start + len(time)] += 0.7 * np.sin(2 * np.pi * 55 * time) * np.exp(-time / 0.075)
    return np.clip(sound, -1, 1)
