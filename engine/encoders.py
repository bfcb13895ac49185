"""The encoders by name: the one door through which the command line and the dashboard get something that listens."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.baseline import MfccEmbedder
    from engine.clap import ClapEmbedder
    from engine.embed import Embedder
    from engine.listeners import RayEmbedder


class EncoderError(Exception):
    """An encoder that cannot be had; the message says what to do."""


def open_encoder(name: str, device: str = "auto", workers: int = 0) -> Embedder | MfccEmbedder | ClapEmbedder:
    """'songboard' -> the shipped network, FILE.safetensors -> one trained by `cli.py train`, 'mfcc' -> the baseline.

    'random' -> the shipped network before it has learned anything: what its shape alone hears. 'clap' -> CLAP, which
    understands sentences, fetched at its first use; FOLDER -> a CLAP saved there. It decodes in so many worker
    processes, 0 meaning one a core. The imports are here because only the networks need torch. Raises EncoderError.
    """
    if name == "mfcc":
        from engine.baseline import MfccEmbedder

        return MfccEmbedder(workers=workers)
    if name == "clap" or Path(name).is_dir():
        return _clap(device, None if name == "clap" else Path(name), workers)
    if name not in ("songboard", "random") and not name.endswith(".safetensors"):
        raise EncoderError(f"there is no encoder {name!r}; choose songboard, mfcc, clap, random or a .safetensors file")

    from engine.checkpoint import SHIPPED, CheckpointError
    from engine.device import DeviceError
    from engine.embed import Embedder

    try:
        if name == "random":
            return _untrained(device)
        return Embedder(device, SHIPPED if name == "songboard" else Path(name), workers)
    except (CheckpointError, DeviceError) as error:
        raise EncoderError(str(error)) from error


def first_use(name: str) -> str:
    """What opening an encoder will fetch from the network, a sentence with its size; "" where that is nothing."""
    if name != "clap":
        return ""
    from engine.clap_weights import still_to_fetch

    return still_to_fetch()


def _clap(device: str, folder: Path | None, workers: int) -> ClapEmbedder:
    from engine.clap_weights import ClapError, check_installed

    try:
        check_installed()
        from engine.clap import ClapEmbedder
        from engine.device import DeviceError
    except ClapError as error:
        raise EncoderError(str(error)) from error
    try:
        return ClapEmbedder(device, folder, workers)
    except (ClapError, DeviceError) as error:
        raise EncoderError(str(error)) from error


def open_on(engine: str, name: str, device: str = "auto") -> Embedder | MfccEmbedder | ClapEmbedder | RayEmbedder:
    """The encoder of that name on an engine: local, or ray[:HOST:PORT], whose nodes listen.

    Raises EncoderError and ClusterError.
    """
    from engine.cluster import address_of

    address = address_of(engine)
    if address is None:
        return open_encoder(name, device)

    from engine.listeners import RayEmbedder

    if name.endswith(".safetensors") or Path(name).is_dir():
        name = str(Path(name).resolve())  # the nodes work in other folders
    return RayEmbedder(partial(open_encoder, name), address, device)


def _untrained(device: str) -> Embedder:
    """The shipped network with the weights it would begin training from; like any other it is named by their hash."""
    import torch

    from engine.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
    from engine.embed import Embedder
    from engine.model import SongEncoder

    config = load_checkpoint().encoder.config
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        encoder = SongEncoder(config)
        encoder.segment_basis.normal_()  # the QR behind it rounds by the number of cores, and so would the hash
    with TemporaryDirectory(prefix="songboard-random-") as folder:
        weights = Path(folder) / "random.safetensors"
        save_checkpoint(Checkpoint(encoder, torch.zeros(0, config.vector)), weights)
        embedder = Embedder(device, weights)
    embedder.name = "random"
    return embedder
