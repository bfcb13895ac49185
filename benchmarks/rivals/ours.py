"""Our own ears on the same terms: MFCC, the network with random weights, and trained, with and without Transformer."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from engine.baseline import MfccEmbedder
from engine.checkpoint import load_checkpoint
from engine.device import half_precision
from engine.embedding import Skipped
from engine.hearing import Heard, hear_one
from engine.model import SongEncoder

AT_ONCE = 32  # segments


def ear(name: str, weights: str = "") -> Callable[[Path], dict[str, np.ndarray]]:
    """`mfcc`, `trained` with a checkpoint, or `random` with a checkpoint that has the shape wanted."""
    listen = _mfcc() if name == "mfcc" else _network(name, Path(weights))

    def hear(path: Path) -> dict[str, np.ndarray]:
        heard = hear_one(path)
        if isinstance(heard, Skipped):
            raise ValueError(heard.reason)
        return listen(heard)

    return hear


def _mfcc() -> Callable[[Heard], dict[str, np.ndarray]]:
    embedder = MfccEmbedder()
    return lambda heard: {"song": embedder._embed(heard).vector}


def _network(name: str, weights: Path) -> Callable[[Heard], dict[str, np.ndarray]]:
    encoder = load_checkpoint(weights).encoder
    if name == "random":
        torch.manual_seed(0)
        encoder = SongEncoder(encoder.config).eval()

    @torch.inference_mode()
    def listen(heard: Heard) -> dict[str, np.ndarray]:
        parts = torch.from_numpy(heard.segments).split(AT_ONCE)
        with half_precision("cpu"):
            segments = torch.cat([encoder.hear(part).float() for part in parts])  # [segments, 1024]
            told = encoder.tell(torch.from_numpy(heard.patches)).float().mean(0) if encoder.banks else None
        mask = torch.ones(1, len(segments), dtype=torch.bool)
        song, mean = encoder.pool(segments[None], mask), segments.mean(0)
        whole = song if told is None else encoder.join(song, told[None])
        return {"song": whole[0].numpy(), "mean of segments": mean.numpy()}

    return listen
