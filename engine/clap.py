"""CLAP: sound and sentences as vectors of one space, so that a library can be asked in free text; by transformers.

Wu et al. 2023, "Large-scale contrastive language-audio pretraining with feature fusion and keyword-to-caption
augmentation". Only safetensors are read.
"""

import hashlib
import math
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import torch

from engine.clap_weights import WEIGHTS, ClapError, fetched
from engine.device import pick_device
from engine.embedding import Embedding, Skipped
from engine.hearing import HEARING, waveforms
from engine.memory import in_chunks
from engine.wide import RATE, WINDOW_SECONDS, Wide, hear_wide

_WIDE = 1  # raise it when windows or pooling change: then every vector does
_CHUNK = {"cpu": 8, "mps": 32, "cuda": 128}  # windows at a time


class ClapEmbedder:
    """Ten seconds of sound, and a sentence, as unit vectors whose product says how well they go together.

    A song is the mean of its windows. The face is that of every encoder, and say() besides.
    """

    def __init__(self, device: str = "auto", folder: Path | None = None, workers: int = 0) -> None:
        """`folder` holds a CLAP saved by transformers; None is the usual one. Raises ClapError and DeviceError.

        It decodes in so many worker processes, 0 meaning one a core.
        """
        self.name = "clap" if folder is None else str(folder.resolve())
        self.device = pick_device(device)
        folder = fetched() if folder is None else folder
        self._model, self._processor = _load(folder)
        self._model.to(self.device)
        self._chunk = _CHUNK[self.device]
        with (folder / WEIGHTS).open("rb") as file:
            digest = hashlib.file_digest(file, "sha256")
        digest.update(f"hearing {HEARING} wide {_WIDE}".encode())
        self.fingerprint = digest.hexdigest()[:16]
        self.segment_seconds = WINDOW_SECONDS
        self.reference = np.zeros((0, self._model.config.projection_dim), np.float32)
        self.words = None
        self._workers = workers

    def __repr__(self) -> str:
        return f"ClapEmbedder({self.name!r} on {self.device}, fingerprint {self.fingerprint})"

    def embed(self, paths: Iterable[Path | str], longest: float = math.inf) -> Iterator[Embedding | Skipped]:
        """One result a path, as they are ready; a bad file, or one of more than `longest` seconds, is Skipped."""
        for heard in hear_wide(paths, self._workers, longest):
            yield heard if isinstance(heard, Skipped) else self._embed(heard)

    def waveforms(self, paths: Iterable[Path]) -> Iterator[tuple[Path, np.ndarray]]:
        """The peaks of each file, uint8 [<= 1200], decoded and not listened to; none where that fails."""
        return waveforms(paths)

    @torch.inference_mode()
    def say(self, text: str) -> np.ndarray:
        """A sentence in the space of the segments, float32 [d], unit length; what is too long for CLAP is cut off."""
        tokens = self._processor.tokenizer([text], truncation=True, return_tensors="pt").to(self.device)
        return self._model.get_text_features(**tokens).pooler_output[0].float().cpu().numpy()

    @torch.inference_mode()
    def _embed(self, song: Wide) -> Embedding:
        sound = [window.astype(np.float32) / 32767 for window in song.windows]
        features = self._processor.feature_extractor(sound, sampling_rate=RATE, return_tensors="pt")["input_features"]

        def hear(part: torch.Tensor) -> torch.Tensor:
            return self._model.get_audio_features(part.to(self.device)).pooler_output

        moments, self._chunk = in_chunks(hear, features, self._chunk)
        segments = moments.float().cpu().numpy()  # [windows, d], unit length
        heard = song.heard
        return Embedding(
            heard.path,
            segments.mean(0),
            song.starts,
            segments.astype(np.float16),
            heard.length,
            heard.descriptors,
            heard.peaks,
        )


def _load(folder: Path):  # type: ignore[no-untyped-def]
    """The network and what prepares its input, ready to listen; nothing is fetched and no pickle opened."""
    from safetensors import SafetensorError
    from transformers import ClapModel, ClapProcessor
    from transformers.utils import logging

    if not (folder / WEIGHTS).is_file():
        raise ClapError(f"{folder} holds no {WEIGHTS}: name a folder with a CLAP that transformers has saved")
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        model = ClapModel.from_pretrained(folder, use_safetensors=True, local_files_only=True).eval()
        processor = ClapProcessor.from_pretrained(folder, local_files_only=True)
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
        raise ClapError(f"{folder} holds no CLAP that can be read ({str(error).splitlines()[0]})") from error
    if model.config.audio_config.enable_fusion or processor.feature_extractor.sampling_rate != RATE:
        raise ClapError(f"{folder} holds a CLAP of a kind that is not supported: it must be unfused and hear {RATE} Hz")
    return model, processor
