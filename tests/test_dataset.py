"""Training songs: decoded once, split by album, cut where there is music."""

from pathlib import Path

import numpy as np
import pytest
import sounds
import torch

from engine.audio import load_audio
from engine.dataset import DatasetError, decode_songs
from engine.model import LogMel, ModelConfig
from engine.segments import SEGMENT_SAMPLES


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    """Four albums of two songs, 16 s each."""
    return [
        sounds.write(tmp_path / f"album {album}" / f"{song}.flac", sounds.noise(16, 10 * album + song, 8000), 8000)
        for album in range(4)
        for song in range(2)
    ]  # fmt: skip


def test_songs_are_decoded_once_and_again_when_they_change(tmp_path: Path, paths: list[Path]) -> None:
    decoded: list[int] = []
    cache = tmp_path / "cache"
    dataset, skipped = decode_songs(paths, cache, on_progress=lambda done, total: decoded.append(done))
    assert len(dataset) == 8 and skipped == [] and decoded == [*range(8), 8]
    decode_songs(paths, cache, on_progress=lambda done, total: decoded.append(done))
    assert decoded[9:] == [8]
    sounds.write(paths[0], sounds.noise(20, rate=8000), 8000)
    changed, _ = decode_songs(paths, cache)
    assert changed.songs[0].seconds == 20


def test_a_broken_song_is_skipped_and_named(tmp_path: Path, paths: list[Path]) -> None:
    broken = sounds.broken_files(tmp_path / "broken")["random"]
    dataset, skipped = decode_songs([*paths, broken], tmp_path / "cache")
    assert len(dataset) == 8 and [path for path, _ in skipped] == [broken]


def test_nothing_to_train_on_is_a_sentence(tmp_path: Path) -> None:
    broken = sounds.broken_files(tmp_path / "broken")["random"]
    with pytest.raises(DatasetError, match="none of the songs could be decoded"):
        decode_songs([broken], tmp_path / "cache")


def test_the_split_keeps_albums_whole_and_apart(tmp_path: Path, paths: list[Path]) -> None:
    dataset, _ = decode_songs(paths, tmp_path / "cache")
    learn, held = (dataset.subset(ids) for ids in dataset.split(0.25, seed=0))
    assert len(learn) == 6 and len(held) == 2
    assert not {song.album for song in learn.songs} & {song.album for song in held.songs}


def test_songs_in_no_album_folder_are_albums_by_themselves(tmp_path: Path) -> None:
    flat = [sounds.write(tmp_path / f"{i}.wav", sounds.noise(16, i, 8000), 8000) for i in range(3)]
    dataset, _ = decode_songs(flat, tmp_path / "cache")
    assert len(set(dataset.albums.tolist())) == 3


def test_moments_are_cut_from_music_and_differ_each_time(tmp_path: Path) -> None:
    music, pause = sounds.noise(16, rate=8000), sounds.silence(30, 8000)
    path = sounds.write(tmp_path / "paused.wav", np.concatenate([pause, music]), 8000)
    dataset, _ = decode_songs([path], tmp_path / "cache")
    moments, cells = dataset.draw([0], 4, 150, np.random.default_rng(0))
    assert moments.shape == (4, 96, 150) and len(set(cells.tolist())) == 4
    assert (moments.mean((1, 2)) > 0.01).all()
    assert not torch.equal(moments, dataset.draw([0], 4, 150, np.random.default_rng(1))[0])


def test_a_cached_segment_is_what_the_ear_hears(tmp_path: Path) -> None:
    path = sounds.write(tmp_path / "noise.wav", sounds.noise(16, rate=8000), 8000)
    dataset, _ = decode_songs([path], tmp_path / "cache")
    sound = torch.from_numpy(load_audio(path))[: 4 * SEGMENT_SAMPLES].reshape(4, SEGMENT_SAMPLES)
    heard = LogMel(ModelConfig())(sound)
    inner = slice(3, -3)  # a segment's edges are heard with its neighbours in the cache, and mirrored by the ear
    torch.testing.assert_close(LogMel.log(dataset.segments(0))[..., inner], heard[..., inner], atol=0.02, rtol=0.02)


def test_a_thinned_song_keeps_segments_from_its_beginning_to_its_end(tmp_path: Path) -> None:
    path = sounds.write(tmp_path / "noise.wav", sounds.noise(40, rate=8000), 8000)
    dataset, _ = decode_songs([path], tmp_path / "cache")
    assert len(dataset.songs[0].cells) == 10
    assert dataset.thinned(4).songs[0].cells == [0, 450, 900, 1350]
