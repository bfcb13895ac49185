"""Does the ear know a song again? Figures on songs, from an excerpt off the segment grid, and from its album."""

import numpy as np
import torch
from torch import Tensor

from engine.dataset import SongDataset
from engine.device import half_precision
from engine.memory import in_chunks
from engine.model import SongEncoder
from engine.segments import SEGMENT_SAMPLES

_EXCERPT_SEGMENTS = 2  # 7.5 s
_CHUNK = 32


@torch.no_grad()
def measure(encoder: SongEncoder, songs: SongDataset, most_segments: int = 16, seed: int = 0) -> dict[str, float]:
    """Figures between 0 and 1 over the songs of a dataset, by cosine of centred song vectors.

    excerpt_recall: the song nearest to 7.5 s cut from it, off the grid, is that song; _noise: the same with white
    noise 10 dB below the music; album_p1: a song's nearest other song is of its own album; album_map: mean average
    precision of that ranking, over songs that have album mates.
    """
    was_training, rng = encoder.training, np.random.default_rng(seed)
    encoder.eval()
    library = torch.cat([_song_vector(encoder, songs.grid(i, most_segments)) for i in range(len(songs))])
    excerpts = [songs.draw([i], _EXCERPT_SEGMENTS, SEGMENT_SAMPLES, rng) for i in range(len(songs))]
    clean = torch.cat([_song_vector(encoder, excerpt) for excerpt in excerpts])
    noisy = torch.cat([_song_vector(encoder, _with_noise(excerpt, seed)) for excerpt in excerpts])
    encoder.train(was_training)

    middle = library.mean(0)
    library, clean, noisy = (torch.nn.functional.normalize(v - middle, dim=1) for v in (library, clean, noisy))
    truth = torch.arange(len(songs), device=library.device)
    p1, mean_ap = _album_figures(library @ library.T, songs.albums)
    return {
        "excerpt_recall": _share((clean @ library.T).argmax(1) == truth),
        "excerpt_recall_noise": _share((noisy @ library.T).argmax(1) == truth),
        "album_p1": p1,
        "album_map": mean_ap,
    }


def _song_vector(encoder: SongEncoder, segments: Tensor) -> Tensor:
    """[segments, 30000] -> [1, 1024]."""
    with half_precision(segments.device.type):
        heard, _ = in_chunks(encoder.hear, segments, _CHUNK)
    heard = heard.float().unsqueeze(0)
    return encoder.pool(heard, torch.ones(heard.shape[:2], dtype=torch.bool, device=heard.device))


def _with_noise(segments: Tensor, seed: int) -> Tensor:
    generator = torch.Generator(segments.device).manual_seed(seed)
    noise = torch.randn(segments.shape, device=segments.device, generator=generator)
    return segments + noise * segments.square().mean(1, keepdim=True).sqrt() * 10 ** (-10 / 20)


def _album_figures(similarity: Tensor, albums: Tensor) -> tuple[float, float]:
    """(precision at 1, mean average precision) of each song's ranking of the others by album."""
    similarity = similarity.clone().fill_diagonal_(-2.0)
    order = similarity.argsort(dim=1, descending=True)[:, :-1]  # [songs, songs - 1]
    hit = (albums[order] == albums[:, None]).float()
    has_mates = hit.any(1)
    rank = torch.arange(1, hit.shape[1] + 1, device=hit.device)
    precision = (hit * hit.cumsum(1) / rank).sum(1) / hit.sum(1).clamp(min=1)
    return _share(hit[has_mates, 0] > 0), float(precision[has_mates].mean())


def _share(right: Tensor) -> float:
    return float(right.float().mean())
