"""The eight styles: each an arrange(song, rng) that plays a song."""

from collections.abc import Callable

import numpy as np

from engine.demo.score import Song
from engine.demo.styles import ambient, chiptune, drum_and_bass, hand_percussion, organ, rock, strings, waltz

STYLES: dict[str, Callable[[Song, np.random.Generator], np.ndarray]] = {
    "waltz": waltz.arrange,
    "chiptune": chiptune.arrange,
    "ambient": ambient.arrange,
    "drum and bass": drum_and_bass.arrange,
    "strings": strings.arrange,
    "organ": organ.arrange,
    "rock": rock.arrange,
    "hand percussion": hand_percussion.arrange,
}
