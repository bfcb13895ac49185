"""The figures of an ear, on songs made so that the right answer is known."""

from pathlib import Path

import pytest
import sounds
import torch

from engine.dataset import SongDataset, decode_songs
from engine.model import ModelConfig, SongEncoder
from engine.recall import measure

TINY = ModelConfig(channels=(8, 16), blocks=1, width=32, layers=1)


@pytest.fixture(scope="module")
def encoder() -> SongEncoder:
    torch.manual_seed(0)
    return SongEncoder(TINY).eval()


def songs(folder: Path, hertz: list[list[float]]) -> SongDataset:
    """One album a list, one steady chord a song."""
    paths = [
        sounds.write(folder / str(album) / f"{i}.wav", sounds.chord(note, 3 * note, seconds=16, rate=8000), 8000)
        for album, notes in enumerate(hertz)
        for i, note in enumerate(notes)
    ]
    return decode_songs(paths, folder / "cache")[0]


def test_steady_songs_are_known_again_and_found_beside_their_album(tmp_path: Path, encoder: SongEncoder) -> None:
    figures = measure(encoder, songs(tmp_path, [[110, 112], [330, 335], [900, 910]]))
    assert figures["excerpt_recall"] == 1.0 and figures["album_p1"] == 1.0 and figures["album_map"] == 1.0


def test_albums_that_are_mixed_up_score_low(tmp_path: Path, encoder: SongEncoder) -> None:
    figures = measure(encoder, songs(tmp_path, [[110, 335], [330, 910], [900, 112]]))
    assert figures["excerpt_recall"] == 1.0 and figures["album_p1"] == 0.0 and figures["album_map"] < 0.7


def test_noise_makes_recall_harder(tmp_path: Path, encoder: SongEncoder) -> None:
    figures = measure(encoder, songs(tmp_path, [[100 + 2 * i for i in range(8)], [500, 900]]))
    assert figures["excerpt_recall_noise"] < figures["excerpt_recall"]
