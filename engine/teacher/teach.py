"""A lesson: what the teacher hears in a song's segments, for ours to learn."""

import hashlib
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

import librosa
import numpy as np
import torch

from engine.audio import CLIP_SECONDS, AudioError, clips
from engine.patches import HOP, PATCH_RATE, PATCH_SAMPLES, WINDOW
from engine.segments import SEGMENT_SECONDS
from engine.teacher import TeacherError
from engine.teacher.musicnn import BANDS, Heard, Musicnn
from engine.teacher.tensor_bundle import read_bundle

_SEGMENT_SAMPLES = int(SEGMENT_SECONDS * PATCH_RATE)  # 60,000
NETWORKS = ("MTT", "MSD")  # in the order of their tags: MagnaTagATune's, the Million Song Dataset's
_CHUNK = 4  # patches heard at a time


@dataclass(frozen=True)
class Lesson:
    """What the teacher hears in n segments of a song; the first half of each vector is MTT's, the second MSD's."""

    starts: np.ndarray  # [n] seconds
    tags: np.ndarray  # [n, 100] float16, probabilities in the order of vocabulary.TAGS
    penultimate: np.ndarray  # [n, 400] float16
    pooled: np.ndarray  # [n, 3012] float16: mean, then maximum over time of 753 channels
    mel: np.ndarray  # [n, 187, 96] float16, what was heard: log10(10,000 mel power + 1)

    def save(self, path: Path) -> None:
        """Write it as .npz, whole or not at all."""
        partial = path.with_suffix(".partial.npz")
        np.savez(partial, **asdict(self))
        partial.replace(path)

    @classmethod
    def load(cls, path: Path) -> "Lesson":
        """Read what save() wrote."""
        with np.load(path) as arrays:
            return cls(**arrays)


class Teacher:
    """Both networks of musicnn, read from the wheel that it is published as: pip download --no-deps musicnn==0.1.0.

    Nothing is unpacked, and TensorFlow is not needed. Raises TeacherError, OSError.
    """

    def __init__(self, wheel: Path, device: str = "cpu") -> None:
        self.device = device
        self.networks: list[Musicnn] = []
        self.weights: list[Mapping[str, np.ndarray]] = []  # of each, by their TensorFlow names
        digest = hashlib.sha256()
        try:
            with zipfile.ZipFile(wheel) as files:
                for name in NETWORKS:
                    index = files.read(f"musicnn/{name}_musicnn/.index")
                    data = files.read(f"musicnn/{name}_musicnn/.data-00000-of-00001")
                    digest.update(index + data)
                    self.weights.append(read_bundle(index, data))
                    self.networks.append(Musicnn(self.weights[-1], device))
        except TeacherError as error:
            raise TeacherError(f"{wheel} {error}") from error
        except (zipfile.BadZipFile, KeyError) as error:
            raise TeacherError(f"{wheel} is not the wheel of musicnn 0.1.0") from error
        self.fingerprint = digest.hexdigest()[:16]

    def hear(self, patches: np.ndarray) -> list[Heard]:
        """What each network makes of log-mel patches float32 [n, 187, 96], on the CPU."""
        inputs = torch.from_numpy(patches).to(self.device)
        heard = []
        for network in self.networks:
            parts = [network(chunk) for chunk in inputs.split(_CHUNK)]
            heard.append(Heard(*(torch.cat(part).cpu() for part in zip(*parts, strict=True))))
        return heard


def teach(path: Path, starts: np.ndarray, teacher: Teacher) -> Lesson:
    """A lesson on the segments of a song that begin at starts [n], in seconds. Raises AudioError.

    Of each segment of 3.75 s the teacher hears the 3 s in its middle. A song shorter than a segment is repeated to
    fill it, as for our network: silence behind it would be music to a teacher that knows "quiet" and "ambient".
    """
    sound = _beginning(path, float(starts.max()) + SEGMENT_SECONDS)
    at = np.rint(np.asarray(starts, np.float64) * PATCH_RATE).astype(int) + (_SEGMENT_SAMPLES - PATCH_SAMPLES) // 2
    if at.max() >= len(sound):
        raise AudioError(f"ends at {len(sound) / PATCH_RATE:.1f} s, before the segment at {starts.max():.1f} s")
    at = np.minimum(at, len(sound) - PATCH_SAMPLES)
    mel = log_mel(np.stack([sound[begin : begin + PATCH_SAMPLES] for begin in at]))
    mtt, msd = teacher.hear(mel)
    return Lesson(
        np.asarray(starts, np.float32),
        _half(mtt.tags, msd.tags),
        _half(mtt.penultimate, msd.penultimate),
        _half(mtt.mean_pool, mtt.max_pool, msd.mean_pool, msd.max_pool),
        mel.astype(np.float16),
    )


def log_mel(sound: np.ndarray) -> np.ndarray:
    """Patches of sound [n, 48128] at 16 kHz as musicnn wants them: float32 [n, 187, 96].

    The half precision between is part of what musicnn learned from.
    """
    mel = librosa.feature.melspectrogram(
        y=sound, sr=PATCH_RATE, n_fft=WINDOW, hop_length=HOP, n_mels=BANDS, center=False
    )  # [n, 96, 187]
    rounded = mel.swapaxes(1, 2).astype(np.float16).astype(np.float32)
    return np.log10(10_000 * rounded + 1)


def _beginning(path: Path, seconds: float) -> np.ndarray:
    """So much of a song at 16 kHz, in whole clips, and at least a segment."""
    sound = np.concatenate(list(islice(clips(path, PATCH_RATE), int(seconds / CLIP_SECONDS) + 1)))
    return np.pad(sound, (0, max(0, _SEGMENT_SAMPLES - len(sound))), mode="wrap")


def _half(*parts: torch.Tensor) -> np.ndarray:
    return torch.cat(parts, dim=1).numpy().astype(np.float16)
