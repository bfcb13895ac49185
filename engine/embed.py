"""Songs to vectors with the network: files in, a stream of Embedding | Skipped out."""

import math
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import torch

from engine.checkpoint import SHIPPED, fingerprint, load_checkpoint
from engine.device import half_precision, pick_device
from engine.embedding import Embedding, Skipped
from engine.hearing import Heard, hear, waveforms
from engine.memory import in_chunks, keep_freed
from engine.segments import SEGMENT_SECONDS, pad

_CHUNK = {"cpu": 16, "mps": 128, "cuda": 1024}  # segments at a time: more is slower on a CPU (cache), better on a GPU
_PATCHES = {"cpu": 4, "mps": 32, "cuda": 256}  # the same of patches, each of which is more work


@contextmanager
def _beside_decoders() -> Iterator[None]:
    """Half of the threads: decoding is half of the work, and threads that wait for each other's share cost a tenth."""
    threads = torch.get_num_threads()
    torch.set_num_threads(max(1, threads // 2))
    try:
        yield
    finally:
        torch.set_num_threads(threads)


class Embedder:
    """The shipped ear, or one trained by `cli.py train`; the same face as every encoder has."""

    def __init__(self, device: str = "auto", weights: Path = SHIPPED, workers: int = 0) -> None:
        """Decode in so many processes, 0 meaning one a core. Raises DeviceError and CheckpointError."""
        self.name = "songboard" if weights == SHIPPED else str(weights.resolve())
        self.device = pick_device(device)
        if self.device == "cpu":
            keep_freed()
        checkpoint = load_checkpoint(weights, self.device)
        self.fingerprint = fingerprint(weights)
        self.segment_seconds = SEGMENT_SECONDS
        self.reference = checkpoint.reference.numpy()  # [songs, dim]
        self.parts = checkpoint.encoder.config.parts
        self.words = checkpoint.words
        self._encoder = checkpoint.encoder
        self._chunk = _CHUNK[self.device]
        self._patches = _PATCHES[self.device]
        self._workers = workers
        self._began = self._waited = 0.0  # seconds

    def __repr__(self) -> str:
        words = f", {len(self.words.names)} words" if self.words else ""
        return f"Embedder({self.name!r} on {self.device}, fingerprint {self.fingerprint}{words})"

    def embed(self, paths: Iterable[Path | str], longest: float = math.inf) -> Iterator[Embedding | Skipped]:
        """One result a path, in the order in which they are ready; a bad file is Skipped, never raised.

        So is one of more than `longest` seconds, as soon as that is known. Songs are heard together until their
        segments fill one batch of the device. A song's vector depends neither on its batch mates nor on the size of
        the batch.
        """
        waiting: list[Heard] = []
        self._began, self._waited = time.monotonic(), 0.0
        for heard in self._awaited(paths, longest):
            if isinstance(heard, Skipped):
                yield heard
                continue
            waiting.append(heard)
            if sum(len(song.segments) for song in waiting) >= self._chunk:
                with _beside_decoders():
                    embedded = list(self._embed(waiting))
                yield from embedded
                waiting = []
        if waiting:
            yield from self._embed(waiting)

    @property
    def idle(self) -> float:
        """The share of the time since embed() began in which the network waited for songs to be decoded, 0 to 1."""
        return self._waited / max(time.monotonic() - self._began, 1e-9)

    def _awaited(self, paths: Iterable[Path | str], longest: float) -> Iterator[Heard | Skipped]:
        with closing(hear(paths, self._workers, longest)) as songs:
            while True:
                asked = time.monotonic()
                song = next(songs, None)
                self._waited += time.monotonic() - asked
                if song is None:
                    return
                yield song

    def waveforms(self, paths: Iterable[Path]) -> Iterator[tuple[Path, np.ndarray]]:
        """The peaks of each file, uint8 [<= 1200], decoded and not listened to; none where that fails."""
        return waveforms(paths)

    @torch.inference_mode()
    def _embed(self, songs: list[Heard]) -> Iterator[Embedding]:
        sound = torch.from_numpy(np.concatenate([song.segments for song in songs]))  # int16 [segments, 30000]
        if self.device == "cuda":
            sound = sound.pin_memory()  # it is copied by the device, while the network hears the chunk before
        with half_precision(self.device):
            heard, self._chunk = in_chunks(
                lambda part: self._encoder.hear(part.to(self.device, non_blocking=True)), sound, self._chunk
            )
        heard = heard.float()  # [segments of all songs, 1024]
        moments = self._encoder.compact(heard).cpu().numpy().astype(np.float16)
        ends = np.cumsum([len(song.segments) for song in songs])
        padded, mask = pad(np.split(heard.cpu().numpy(), ends[:-1]))  # [songs, most, 1024], [songs, most]
        vectors = self._encoder.pool(torch.from_numpy(padded).to(self.device), torch.from_numpy(mask).to(self.device))
        if self._encoder.banks:
            vectors = self._encoder.join(vectors, self._told(songs))
        for song, vector, segments in zip(songs, vectors.cpu().numpy(), np.split(moments, ends[:-1]), strict=True):
            yield Embedding(song.path, vector, song.starts, segments, song.length, song.descriptors, song.peaks)

    def _told(self, songs: list[Heard]) -> torch.Tensor:
        """What the filters of the teacher say of each song, the mean over its patches: [songs, 400]."""
        patches = torch.from_numpy(np.concatenate([song.patches for song in songs]))  # int16 [patches, 48128]
        with half_precision(self.device):
            told, self._patches = in_chunks(
                lambda part: self._encoder.tell(part.to(self.device, non_blocking=True)), patches, self._patches
            )
        return torch.stack([song.mean(0) for song in told.float().split([len(song.patches) for song in songs])])
