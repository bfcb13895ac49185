"""The encoders by name: the one door through which the command line and the dashboard get something that listens."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.baseline import MfccEmbedder
    from engine.embed import Embedder


class EncoderError(Exception):
    """An encoder that cannot be had; the message says what to do."""


def open_encoder(name: str, device: str = "auto") -> Embedder | MfccEmbedder:
    """'songboard' -> the shipped network, FILE.safetensors -> one trained by `cli.py train`, 'mfcc' -> the baseline.

    The imports are here because only the network needs torch. Raises EncoderError.
    """
    if name == "mfcc":
        from engine.baseline import MfccEmbedder

        return MfccEmbedder()
    if name != "songboard" and not name.endswith(".safetensors"):
        raise EncoderError(f"there is no encoder {name!r}; choose songboard, mfcc or a .safetensors file")

    from engine.checkpoint import SHIPPED, CheckpointError
    from engine.device import DeviceError
    from engine.embed import Embedder

    try:
        return Embedder(device, SHIPPED if name == "songboard" else Path(name))
    except (CheckpointError, DeviceError) as error:
        raise EncoderError(str(error)) from error
