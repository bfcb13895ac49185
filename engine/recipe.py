"""The recipe of an ear: every number that training depends on, saved with the weights that it made."""

from dataclasses import dataclass, field, replace

from engine.augment import GENTLE, AugmentConfig
from engine.model import ModelConfig


@dataclass(frozen=True)
class TrainConfig:
    """Measured on albums held out from the training songs; docs/ear.md says what was tried."""

    model: ModelConfig = field(default_factory=ModelConfig)
    augment: AugmentConfig = field(default_factory=AugmentConfig)
    seed: int = 0
    held_out: float = 0.25  # share of the songs, in whole albums, that are only measured on
    temperature: float = 0.1
    lesson_steps: int = 5000  # of lessons alone, before stage A, where there is a teacher
    lesson_songs: int = 16  # songs a step, and as many remixes: many small steps teach more than few large ones
    lesson_rate: float = 2e-3
    lesson_augment: AugmentConfig = GENTLE
    blend: float = 0.7  # share of segments that are blended with another, and their lessons, too
    forget: float = 0.2  # share of a segment's numbers that a lesson may not use (dropout)
    contrast: float = 0.5  # weight of the contrastive loss in stage A, beside lessons
    anchor: float = 0.0  # weight of staying near to the ear that training began with
    bank_steps: int = 800  # of lessons for the filters that the teacher gives
    bank_patches: int = 32  # a step
    bank_rate: float = 3e-4  # more, and what the filters knew of songs not learned from is lost
    bank_blend: float = 0.5  # share of patches that are blended with another
    bank_noise: float = 0.3  # share of patches with noise in them
    bank_noise_db: tuple[float, float] = (5.0, 25.0)
    bank_dull: float = 0.15  # share of patches without what is high
    bank_ceiling: tuple[float, float] = (2500.0, 6500.0)  # Hz
    bank_share: float = 0.7  # how far over songs the filters spread, for training to watch: libraries weigh parts
    segment_steps: int = 1500  # stage A
    segment_songs: int = 32  # songs a step
    segments_per_song: int = 4
    room: float = 1.2  # segments that are drawn for one: what time-stretch needs
    song_steps: int = 300  # stage B
    song_songs: int = 48
    song_segments: int = 48  # heard of each song, spread over it
    song_tokens: tuple[int, int] = (6, 24)  # segments in each half
    hide: float = 0.3  # share of segments masked in stage B
    rate: float = 1e-3
    weight_decay: float = 0.05
    average: float = 0.99  # of the weights over steps: what is kept is their moving average
    chunk: int = 4096  # segments at a time, halved where they do not fit
    save_every: int = 100  # steps


FEWEST_FOR_CNN = 300  # songs; on fewer the CNN would learn their artists by heart


def for_own_songs(config: TrainConfig, songs: int) -> TrainConfig:
    """The recipe for going on from a trained ear on so many songs of one's own: short, and near to where it was.

    The CNN stays as it is below 300 songs, and the Transformer alone learns.
    """
    steps = 0 if songs < FEWEST_FOR_CNN else min(config.segment_steps, 300)
    return replace(
        config,
        lesson_steps=0,
        segment_steps=steps,
        song_steps=min(config.song_steps, 300),
        rate=config.rate / 10,
        anchor=1.0,
    )
