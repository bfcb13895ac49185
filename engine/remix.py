"""Music that nobody recorded: the training songs faster, slower and two at once, for the teacher to hear as well.

Where songs are few, what a teacher says of them is soon known by heart; of these there is no end.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import soxr
import torch

from engine.audio import SAMPLE_RATE, AudioError, load_audio
from engine.dataset import FAINTEST, TrainingSong
from engine.model import LogMel, ModelConfig
from engine.patches import PATCH_RATE, PATCH_SAMPLES
from engine.segments import SEGMENT_SECONDS
from engine.teacher.teach import Teacher, log_mel

_SECONDS = SEGMENT_SECONDS * 1.1  # room for stretching and for beginning elsewhere
_SAMPLES = int(_SECONDS * PATCH_RATE)  # 66,000
_SPEED = 0.33  # at most so much faster, or slower by as much
_QUIETER = 8.0  # dB: a second song is at most so much quieter
_LEVEL = 0.1  # RMS of each song, so that neither drowns
_SILENCE = 0.01  # RMS of a piece


@dataclass(frozen=True)
class Remixes:
    """n pieces and what the teacher heard in them."""

    power: np.ndarray  # [n, bands, frames] float16, log mel power
    tags: np.ndarray  # [n, 100] float16
    penultimate: np.ndarray  # [n, 400] float16


def remix(
    songs: Sequence[TrainingSong],
    config: ModelConfig,
    teacher: Teacher,
    cache: Path,
    pieces: int = 8,
    seed: int = 0,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Remixes:
    """Make `pieces` pieces of every song, half of them mixed with another song, and have the teacher hear them.

    Kept in the folder `cache`. Pieces of silence, and songs that are gone or too short, give none.
    """
    named = repr(([(song.path, song.changed) for song in songs], config, teacher.fingerprint, pieces, seed))
    file = cache / f"remixes-{hashlib.sha256(named.encode('utf-8', 'surrogateescape')).hexdigest()[:16]}.npz"
    if not file.exists():
        made, before = [], None
        rng, front = np.random.default_rng(seed), LogMel(config)
        for done, i in enumerate(rng.permutation(len(songs))):
            on_progress(done, len(songs))
            try:
                song = load_audio(Path(songs[i].path), PATCH_RATE)
            except (AudioError, OSError):
                continue
            sounds = [_piece(song, rng, before if number % 2 else None) for number in range(pieces)]
            if heard := [sound for sound in sounds if sound is not None]:
                made.append(_heard(np.stack(heard), front, teacher))
            before = song
        cache.mkdir(parents=True, exist_ok=True)
        arrays = [np.concatenate(part) for part in zip(*made, strict=True)]
        partial = file.with_suffix(".partial.npz")
        np.savez(partial, **asdict(Remixes(*arrays)))
        partial.replace(file)
    with np.load(file) as arrays:
        return Remixes(**arrays)


def _piece(song: np.ndarray, rng: np.random.Generator, other: np.ndarray | None) -> np.ndarray | None:
    """A piece of a song at 16 kHz, at another speed, alone or over another song's: float32 [66000]."""
    sound = _at_some_speed(song, rng)
    if other is not None and sound is not None:
        second = _at_some_speed(other, rng)
        sound = None if second is None else sound + second * 10 ** (-rng.uniform(0, _QUIETER) / 20)
    if sound is None or np.sqrt(np.mean(sound**2)) < _SILENCE:
        return None
    return sound / max(1.0, float(np.abs(sound).max()))


def _at_some_speed(song: np.ndarray, rng: np.random.Generator) -> np.ndarray | None:
    speed = float(np.exp(rng.uniform(-1, 1) * np.log1p(_SPEED)))
    needed = int(_SAMPLES * speed) + 100
    if len(song) < needed:
        return None
    begin = int(rng.integers(len(song) - needed + 1))
    level = np.sqrt(np.mean(song**2)) + 1e-5
    sound = soxr.resample(song[begin : begin + needed], PATCH_RATE * speed, PATCH_RATE)[:_SAMPLES]
    return sound * np.float32(_LEVEL / level)


def _heard(sounds: np.ndarray, front: LogMel, teacher: Teacher) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pieces [n, 66000] as our ear will see them, and what the teacher says of the 3 s in their middle."""
    begin = (_SAMPLES - PATCH_SAMPLES) // 2
    mtt, msd = teacher.hear(log_mel(sounds[:, begin : begin + PATCH_SAMPLES]))
    ours = soxr.resample(sounds.T, PATCH_RATE, SAMPLE_RATE).T  # [n, 33000]
    power = front.power(torch.from_numpy(np.ascontiguousarray(ours, np.float32)))
    tags, penultimate = (
        torch.cat(pair, dim=1).half().numpy() for pair in ((mtt.tags, msd.tags), (mtt.penultimate, msd.penultimate))
    )
    return (power + FAINTEST).log().half().numpy(), tags, penultimate
