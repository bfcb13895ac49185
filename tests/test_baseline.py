"""The ear without weights: what it gives for a file, and that like sounds lie closer than unlike ones."""

import numpy as np
import pytest
import sounds

from engine.baseline import MfccConfig, MfccEmbedder
from engine.embedding import Embedding, Skipped


def organ(hertz: float, seconds: float = 12.0) -> np.ndarray:
    """A tone whose overtones fade towards the top, with some breath."""
    overtones = sum(sounds.tone(hertz * n, seconds) / n for n in range(1, 30))
    return (0.3 * overtones + 0.02 * sounds.noise(seconds)).astype(np.float32)


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Embedding | Skipped]:
    """Everything the tests listen to, by name, heard in one go."""
    folder = tmp_path_factory.mktemp("songs")
    for name, sound in {
        "organ": organ(110),
        "organ higher": organ(123),
        "noise": sounds.noise(12),
        "same noise": sounds.noise(12),
        "quiet noise": 0.1 * sounds.noise(12),
        "other noise": sounds.noise(12, seed=1),
        "clicks": sounds.clicks(110, 12),
    }.items():
        sounds.write(folder / f"{name}.flac", sound)
    broken = sounds.broken_files(folder / "broken").values()
    paths = [*folder.glob("*.flac"), *broken, folder / "never there.mp3"]
    return {result.path.stem: result for result in MfccEmbedder().embed(paths)}


def test_every_path_gets_one_result_and_the_broken_ones_are_skipped_with_a_reason(heard):
    skipped = {name: result.reason for name, result in heard.items() if isinstance(result, Skipped)}
    assert set(skipped) == {"empty", "random", "text", "header only", "silent", "never there"}
    assert all(skipped.values())
    assert len(heard) == 13


def test_embedding_has_the_promised_shapes_and_types(heard):
    song = heard["organ"]
    assert song.vector.shape == (60,)
    assert song.vector.dtype == np.float32
    assert song.segments.shape == (3, 60)
    assert song.segments.dtype == np.float16
    np.testing.assert_allclose(np.linalg.norm(song.segments.astype(np.float32), axis=1), 1, atol=2e-3)
    np.testing.assert_allclose(song.starts, [0, 3.75, 7.5])
    assert song.length == pytest.approx(12, abs=0.01)
    assert set(song.descriptors) == {"bpm", "initial_key", "loudness", "brightness", "percussiveness"}


@pytest.mark.parametrize(
    ("song", "like", "unlike"), [("organ", "organ higher", "noise"), ("noise", "other noise", "clicks")]
)
def test_like_timbres_lie_closer_than_unlike_ones_as_songs_and_as_moments(heard, song, like, unlike):
    near, far = (np.linalg.norm(heard[song].vector - heard[other].vector) for other in (like, unlike))
    assert near < 0.5 * far
    near, far = (float(heard[song].segments[1] @ heard[other].segments[1]) for other in (like, unlike))
    assert near > far + 0.01


def test_volume_does_not_move_the_vector(heard):
    np.testing.assert_allclose(heard["quiet noise"].vector, heard["noise"].vector, rtol=0.01, atol=0.1)


def test_the_same_sound_gives_the_same_figures(heard):
    np.testing.assert_array_equal(heard["same noise"].vector, heard["noise"].vector)
    np.testing.assert_array_equal(heard["same noise"].segments, heard["noise"].segments)


def test_fingerprint_changes_with_what_changes_a_vector_and_with_nothing_else():
    assert MfccEmbedder().fingerprint == MfccEmbedder().fingerprint
    assert MfccEmbedder().fingerprint != MfccEmbedder(MfccConfig(bands=64)).fingerprint


def test_it_learned_from_no_songs():
    assert MfccEmbedder().reference.shape == (0, 60)
