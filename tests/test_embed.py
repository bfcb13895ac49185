"""The network as an encoder: real files in, vectors out, the same whatever else is in the batch."""

import time
from pathlib import Path

import numpy as np
import pytest
import sounds
import torch

from engine.checkpoint import SHIPPED
from engine.embed import Embedder
from engine.embedding import Embedding, Skipped
from engine.encoders import EncoderError, open_encoder


@pytest.fixture(scope="module")
def ear() -> Embedder:
    return Embedder("cpu")


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("songs")
    loops = [
        np.tile(sounds.chord(*notes, seconds=0.5), 20 + 10 * i)
        for i, notes in enumerate([(220, 277), (261, 330), (98, 147)])
    ]
    return [sounds.write(folder / f"{i}.flac", loop + sounds.noise(len(loop) / sounds.RATE, i)[: len(loop)])
            for i, loop in enumerate(loops)]  # fmt: skip


@pytest.fixture(scope="module")
def heard(ear: Embedder, songs: list[Path]) -> dict[Path, Embedding | Skipped]:
    broken = songs[0].with_name("broken.mp3")
    broken.write_bytes(b"no music here" * 99)
    return {result.path: result for result in ear.embed([songs[0], broken, *songs[1:]])}


def test_a_song_becomes_1424_numbers_and_its_segments_128_each(heard: dict, songs: list[Path]) -> None:
    result = heard[songs[1]]  # 15 s
    assert result.vector.shape == (1424,) and result.vector.dtype == np.float32
    assert result.segments.shape == (4, 128) and result.segments.dtype == np.float16
    np.testing.assert_allclose(np.linalg.norm(result.segments.astype(float), axis=1), 1, atol=1e-2)
    assert result.starts.tolist() == [0, 3.75, 7.5, 11.25] and result.length == pytest.approx(15, abs=0.01)
    assert set(result.descriptors) == {"bpm", "initial_key", "loudness", "brightness", "percussiveness"}


def test_segments_come_in_the_order_of_the_song(ear: Embedder, tmp_path: Path) -> None:
    noise = sounds.noise(7.5)
    only_noise = sounds.write(tmp_path / "noise.wav", noise)
    then_chord = sounds.write(tmp_path / "both.wav", np.concatenate([noise, sounds.chord(220, 330, seconds=7.5)]))
    results = {result.path: result for result in ear.embed([only_noise, then_chord])}
    expected, segments = (results[path].segments.astype(float) for path in (only_noise, then_chord))
    np.testing.assert_allclose(segments[:2], expected, atol=5e-3)
    assert (segments[2:] @ expected.T).max() < 0.9


def test_half_of_the_threads_listen_while_others_decode_and_all_of_them_in_the_end(
    ear: Embedder, tmp_path: Path
) -> None:
    long = [sounds.write(tmp_path / f"{i}.wav", sounds.noise(64, i, 8000), 8000) for i in range(2)]
    short = sounds.write(tmp_path / "short.wav", sounds.noise(8, 3, 8000), 8000)
    threads: list[int] = []
    watched = ear._encoder.cnn.register_forward_hook(lambda *_: threads.append(torch.get_num_threads()))
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(4)
        assert len(list(ear.embed(long))) == 2 and set(threads) == {2}
        threads.clear()
        assert len(list(ear.embed([short]))) == 1 and set(threads) == {4}
        assert torch.get_num_threads() == 4
    finally:
        torch.set_num_threads(before)
        watched.remove()


def test_a_bad_file_is_skipped_and_the_others_are_heard(heard: dict) -> None:
    assert [path.name for path, result in heard.items() if isinstance(result, Skipped)] == ["broken.mp3"]
    assert len(heard) == 4


def test_a_song_alone_has_the_vector_it_has_in_company(ear: Embedder, heard: dict, songs: list[Path]) -> None:
    (alone,) = ear.embed([songs[2]])
    np.testing.assert_allclose(alone.vector, heard[songs[2]].vector, atol=2e-3)


def test_the_same_ear_has_the_same_fingerprint(ear: Embedder) -> None:
    assert ear.name == "songboard" and ear.fingerprint == Embedder("cpu").fingerprint
    assert ear.reference.ndim == 2 and ear.reference.shape[1] == 1424
    assert [part.dimensions for part in ear.parts] == [1024, 400]


def test_the_shipped_weights_are_small() -> None:
    assert SHIPPED.stat().st_size < 25e6


def test_encoders_are_opened_by_name_and_unknown_ones_named(tmp_path: Path) -> None:
    assert open_encoder("songboard", "cpu").name == "songboard"
    with pytest.raises(EncoderError, match="no encoder 'wav2vec'"):
        open_encoder("wav2vec")
    with pytest.raises(EncoderError, match=r"mine\.json is missing"):
        open_encoder(str(tmp_path / "mine.safetensors"), "cpu")


def test_it_knows_how_long_it_waited_for_the_decoders_and_counts_nothing_else(ear: Embedder, songs: list[Path]) -> None:
    began = time.monotonic()
    stream = ear.embed(songs)
    next(stream)
    time.sleep(1)  # whoever takes the songs is slow
    waited = ear.idle * (time.monotonic() - began)
    assert 0 < waited < time.monotonic() - began - 1
    assert len(list(stream)) == len(songs) - 1
