"""The encoders by name."""

from pathlib import Path

import numpy as np
import pytest
import sounds
import torch

from engine.encoders import EncoderError, open_encoder


def test_a_network_that_has_learned_nothing_is_always_the_same_one_and_not_the_shipped() -> None:
    first, second = open_encoder("random", "cpu"), open_encoder("random", "cpu")
    assert first.name == "random" and first.reference.shape[0] == 0
    assert first.fingerprint == second.fingerprint != open_encoder("songboard", "cpu").fingerprint


def test_its_name_does_not_depend_on_how_many_cores_make_it() -> None:
    threads = torch.get_num_threads()
    try:
        prints = set()
        for some in (1, 2, 4):
            torch.set_num_threads(some)
            prints.add(open_encoder("random", "cpu").fingerprint)
    finally:
        torch.set_num_threads(threads)
    assert len(prints) == 1


def test_it_hears_and_other_than_the_shipped(tmp_path: Path) -> None:
    song = sounds.write(tmp_path / "song.wav", sounds.noise(5))
    (random,) = open_encoder("random", "cpu").embed([song])
    (shipped,) = open_encoder("songboard", "cpu").embed([song])
    assert random.vector.shape == shipped.vector.shape and np.isfinite(random.segments).all()
    assert np.corrcoef(random.vector, shipped.vector)[0, 1] < 0.5


def test_an_unknown_encoder_is_refused_with_those_there_are() -> None:
    with pytest.raises(EncoderError, match="no encoder 'wav2vec'; choose songboard, mfcc, clap, random or"):
        open_encoder("wav2vec")
