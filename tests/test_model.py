"""The ear's shapes, its mask, and that a song's vector depends on nothing but the song."""

import pytest
import torch

from engine.memory import in_chunks
from engine.model import ModelConfig, SongEncoder, masked_mean
from engine.segments import N_SEGMENTS, SEGMENT_SAMPLES

TINY = ModelConfig(bands=32, channels=(8, 16), blocks=1, width=32, layers=2)


@pytest.fixture(scope="module")
def encoder() -> SongEncoder:
    """A small ear whose Transformer does something, as a trained one's does."""
    torch.manual_seed(0)
    encoder = SongEncoder(TINY)
    torch.nn.init.normal_(encoder.transformer.outward.weight, std=0.05)
    return encoder.eval()


def music(count: int, seed: int = 0) -> torch.Tensor:
    return 0.1 * torch.randn(count, SEGMENT_SAMPLES, generator=torch.Generator().manual_seed(seed))


@torch.no_grad()
def test_the_shapes_are_those_of_the_design() -> None:
    encoder = SongEncoder().eval()
    songs = torch.zeros(2, N_SEGMENTS, 1, SEGMENT_SAMPLES)
    mask = torch.zeros(2, N_SEGMENTS, dtype=torch.bool)
    songs[0, :2, 0], songs[1, :3, 0] = music(2), music(3, 1)
    mask[0, :2], mask[1, :3] = True, True
    assert encoder.cnn(songs[mask]).shape == (5, 1024)
    assert encoder.transformer(torch.zeros(2, N_SEGMENTS, 1024), mask).shape == (2, N_SEGMENTS, 1024)
    assert encoder(songs, mask).shape == (2, 1024)
    assert encoder.compact(encoder.cnn(songs[mask])).shape == (5, 128)


@torch.no_grad()
def test_an_untrained_transformer_changes_nothing() -> None:
    encoder = SongEncoder(TINY).eval()
    heard, mask = torch.randn(2, 6, 1024), torch.ones(2, 6, dtype=torch.bool)
    torch.testing.assert_close(encoder.pool(heard, mask), heard.mean(1))


@torch.no_grad()
def test_a_song_does_not_depend_on_its_batch_mates_or_padding(encoder: SongEncoder) -> None:
    heard = torch.randn(3, 1024, generator=torch.Generator().manual_seed(3))
    alone = encoder.pool(heard[None], torch.ones(1, 3, dtype=torch.bool))
    batch = torch.randn(4, 9, 1024)  # what stands in the padding must not matter either
    batch[2, :3] = heard
    mask = torch.ones(4, 9, dtype=torch.bool)
    mask[2, 3:] = False
    torch.testing.assert_close(encoder.pool(batch, mask)[2:3], alone, atol=1e-4, rtol=1e-4)


@torch.no_grad()
def test_a_segment_does_not_depend_on_the_chunk_it_is_heard_in(encoder: SongEncoder) -> None:
    segments = music(7)
    whole = encoder.hear(segments)
    for chunk in (1, 2, 3, 5):
        torch.testing.assert_close(in_chunks(encoder.hear, segments, chunk)[0], whole, atol=1e-4, rtol=1e-4)


@torch.no_grad()
def test_the_transformer_hears_the_order_of_segments(encoder: SongEncoder) -> None:
    heard, mask = torch.randn(1, 6, 1024), torch.ones(1, 6, dtype=torch.bool)
    assert (encoder.pool(heard, mask) - encoder.pool(heard.flip(1), mask)).abs().max() > 1e-3


@torch.no_grad()
def test_loudness_is_not_heard(encoder: SongEncoder) -> None:
    segments = music(2)
    torch.testing.assert_close(encoder.hear(segments * 0.25), encoder.hear(segments), atol=2e-2, rtol=2e-2)


@torch.no_grad()
def test_int16_and_float_are_heard_alike(encoder: SongEncoder) -> None:
    segments = music(2)
    as_int = (segments * 32767).round().to(torch.int16)
    torch.testing.assert_close(encoder.hear(as_int), encoder.hear(segments), atol=2e-2, rtol=2e-2)


@torch.no_grad()
def test_a_tone_is_loudest_in_its_own_band(encoder: SongEncoder) -> None:
    time = torch.arange(SEGMENT_SAMPLES) / 8000
    tones = torch.stack([torch.sin(2 * torch.pi * hertz * time) for hertz in (200.0, 800.0, 3000.0)])
    loudest = encoder.cnn.mel(tones).mean(2).argmax(1)
    assert loudest[0] < loudest[1] < loudest[2]


def test_masked_mean_counts_only_music() -> None:
    x = torch.tensor([[[1.0], [3.0], [100.0]]])
    assert masked_mean(x, torch.tensor([[True, True, False]])).item() == 2.0
