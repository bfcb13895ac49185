"""The recipe of an ear: every number that training depends on, saved with the weights that it made."""

from dataclasses import dataclass, field

from engine.augment import AugmentConfig
from engine.model import ModelConfig
from engine.segments import SEGMENT_SAMPLES


@dataclass(frozen=True)
class TrainConfig:
    """Measured on albums held out from the training songs; see docs/ for what was tried."""

    model: ModelConfig = field(default_factory=ModelConfig)
    augment: AugmentConfig = field(default_factory=AugmentConfig)
    seed: int = 0
    held_out: float = 0.25  # share of the songs, in whole albums, that are only measured on
    temperature: float = 0.1
    segment_steps: int = 2000  # stage A
    segment_songs: int = 32  # songs a step
    segments_per_song: int = 4
    window: int = SEGMENT_SAMPLES * 6 // 5  # samples: room for time-stretch
    song_steps: int = 300  # stage B
    song_songs: int = 48
    song_segments: int = 48  # heard of each song, spread over it
    song_tokens: tuple[int, int] = (6, 24)  # segments in each half
    hide: float = 0.3  # share of segments masked in stage B
    rate: float = 1e-3
    weight_decay: float = 0.05
    chunk: int = 4096  # segments at a time, halved where they do not fit
    save_every: int = 100  # steps
