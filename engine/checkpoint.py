"""Weights on disk: NAME.safetensors in half precision, and NAME.json: what they learned from and were measured at."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from engine.hearing import HEARING
from engine.model import ModelConfig, SongEncoder
from engine.words import Words

SHIPPED = Path(__file__).parent / "weights" / "songboard.safetensors"


class CheckpointError(Exception):
    """Weights that cannot be used; the message names the file and says what to do."""


@dataclass(frozen=True)
class Checkpoint:
    """An ear and what is known of it; reference [songs, dim] are the vectors of the songs it learned from."""

    encoder: SongEncoder
    reference: Tensor
    trained_on: dict[str, Any] = field(default_factory=dict)
    measured: dict[str, Any] = field(default_factory=dict)
    words: Words | None = None  # None: this ear was taught none


def save_checkpoint(checkpoint: Checkpoint, path: Path) -> None:
    """Write weights in half precision and their description, each under a temporary name first."""
    tensors = {name: tensor.half().contiguous() for name, tensor in checkpoint.encoder.state_dict().items()}
    tensors["reference"] = checkpoint.reference.half().contiguous()
    words = checkpoint.words
    if words:
        tensors["words_weight"] = torch.from_numpy(words.weights).half().contiguous()
        tensors["words_bias"] = torch.from_numpy(words.bias).half().contiguous()
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(tensors, f"{path}.partial")
    Path(f"{path}.partial").replace(path)
    description = {
        "config": asdict(checkpoint.encoder.config),
        "trained_on": checkpoint.trained_on,
        "measured": checkpoint.measured,
        "words": list(words.names) if words else [],
    }
    partial = path.with_suffix(".json.partial")
    partial.write_text(json.dumps(description, indent=2) + "\n")
    partial.replace(path.with_suffix(".json"))


def load_checkpoint(path: Path = SHIPPED, device: str = "cpu") -> Checkpoint:
    """Read weights back, ready to listen (eval mode, float32). Raises CheckpointError."""
    try:
        description = json.loads(path.with_suffix(".json").read_text())
        tensors = {name: tensor.float() for name, tensor in load_file(path).items()}
        reference = tensors.pop("reference")
        words = None
        if names := description.get("words"):
            words = Words(tuple(names), tensors.pop("words_weight").numpy(), tensors.pop("words_bias").numpy())
        config = description["config"]
        encoder = SongEncoder(ModelConfig(**{**config, "channels": tuple(config["channels"])}))
        encoder.load_state_dict(tensors)
    except FileNotFoundError as error:
        raise CheckpointError(f"{error.filename} is missing; make weights with: python cli.py train SONGS") from error
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
        raise CheckpointError(f"{path} or its .json is damaged or of another version; train it anew") from error
    encoder = encoder.to(device).eval()
    return Checkpoint(encoder, reference, description["trained_on"], description["measured"], words)


def fingerprint(path: Path = SHIPPED) -> str:
    """Names the weights and the way of listening, 16 hex digits: equal fingerprints mean comparable vectors."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CheckpointError(f"{path} cannot be read ({error.strerror})") from error
    return hashlib.sha256(content + f"hearing {HEARING}".encode()).hexdigest()[:16]


def fit_compact(encoder: SongEncoder, heard: Tensor) -> None:
    """Fit the projection of segments to `segment_dim`: PCA, half-whitened, on heard segments [n, 1024]."""
    heard = heard.float()
    mean = heard.mean(0)
    _, singular, axes = torch.linalg.svd(heard - mean, full_matrices=False)
    dims = encoder.config.segment_dim
    scale = (singular[:dims] / len(heard) ** 0.5).clamp(min=1e-6) ** -0.5
    encoder.segment_mean.copy_(mean)
    encoder.segment_basis.zero_()
    encoder.segment_basis[:, : len(scale)] = axes[:dims].T * scale
