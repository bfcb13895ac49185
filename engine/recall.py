"""Does the ear know a song again? Figures on songs, from an excerpt off the segment grid, and from its album."""

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from engine.dataset import SongDataset
from engine.device import half_precision
from engine.memory import in_chunks
from engine.model import LogMel, SongEncoder

_EXCERPT_SEGMENTS = 2  # 7.5 s
_NOISE = 0.1  # of the mean mel power: -10 dB
_CHUNK = 32


@torch.no_grad()
def measure(encoder: SongEncoder, songs: SongDataset, most_segments: int = 16, seed: int = 0) -> dict[str, float]:
    """Figures between 0 and 1 over the songs of a dataset, by cosine of centred song vectors: what training watches.

    excerpt_recall: the song nearest to 7.5 s cut from it, off the grid, is that song; _noise: the same with noise of
    equal power in every mel band, 10 dB below the music; album_p1: a song's nearest other song is of its own album;
    album_map: mean average precision of that ranking, over songs with album mates; both only where there are any.
    """
    was_training, rng, songs = encoder.training, np.random.default_rng(seed), songs.thinned(most_segments)
    encoder.eval()
    library = torch.cat([_song_vector(encoder, songs.segments(i)) for i in range(len(songs))])
    excerpts = [songs.draw([i], _EXCERPT_SEGMENTS, songs.segment_frames, rng)[0] for i in range(len(songs))]
    clean = torch.cat([_song_vector(encoder, excerpt) for excerpt in excerpts])
    noisy = torch.cat([_song_vector(encoder, _with_noise(excerpt, seed)) for excerpt in excerpts])
    encoder.train(was_training)

    neighbours = album_figures(library, songs.albums)
    middle = library.mean(0)
    library, clean, noisy = (F.normalize(v - middle, dim=1) for v in (library, clean, noisy))
    truth = torch.arange(len(songs), device=library.device)
    figures = {
        "excerpt_recall": _share((clean @ library.T).argmax(1) == truth),
        "excerpt_recall_noise": _share((noisy @ library.T).argmax(1) == truth),
    }
    return figures | neighbours


def album_figures(vectors: Tensor, albums: Tensor) -> dict[str, float]:
    """album_p1 and album_map of song vectors [songs, dim]; nothing where no song has an album mate."""
    if len(albums.unique()) == len(albums):
        return {}
    vectors = F.normalize(vectors - vectors.mean(0), dim=1)
    p1, mean_ap = _album_figures(vectors @ vectors.T, albums)
    return {"album_p1": p1, "album_map": mean_ap}


@torch.no_grad()
def hear_power(encoder: SongEncoder, power: Tensor, chunk: int = _CHUNK) -> Tensor:
    """Segments given as mel power through the CNN: [segments, bands, frames] -> float32 [segments, 1024]."""
    with half_precision(power.device.type):
        heard, _ = in_chunks(encoder.cnn.features, LogMel.log(power), chunk)
    return heard.float()


def _song_vector(encoder: SongEncoder, power: Tensor) -> Tensor:
    """[segments, bands, frames] -> [1, 1024]."""
    heard = hear_power(encoder, power).unsqueeze(0)
    return encoder.pool(heard, torch.ones(heard.shape[:2], dtype=torch.bool, device=heard.device))


def _with_noise(power: Tensor, seed: int) -> Tensor:
    generator = torch.Generator(power.device).manual_seed(seed)
    noise = torch.empty_like(power).exponential_(generator=generator)
    return power + _NOISE * power.mean(dim=(1, 2), keepdim=True) * noise


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
