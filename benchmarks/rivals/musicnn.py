"""musicnn as it is published, through TensorFlow: networks trained to tag songs (github.com/jordipons/musicnn).

Each vector is the mean over all whole, adjoining 3 s of a song. musicnn's own extractor() is not used: it builds the
network anew for every song, and of a song's penultimate layer it gives the first batch again and again.
"""

from collections.abc import Callable
from pathlib import Path

import musicnn
import numpy as np
import tensorflow as tf
from musicnn import configuration, models
from musicnn.extractor import batch_data

FRAMES = 187  # 3 s
AT_ONCE = 8  # patches
MODELS = {"MTT": configuration.MTT_LABELS, "MSD": configuration.MSD_LABELS}
LAYERS = ("tags", "mean pool", "max pool", "penultimate")


def ear() -> Callable[[Path], dict[str, np.ndarray]]:
    """It decodes to 16 kHz itself (librosa)."""
    networks = {name: _network(name, len(labels)) for name, labels in MODELS.items()}

    def hear(path: Path) -> dict[str, np.ndarray]:
        patches, _ = batch_data(str(path), FRAMES, FRAMES)  # [patches, 187, 96]
        return {
            f"{name} {layer}": vector
            for name, network in networks.items()
            for layer, vector in zip(LAYERS, network(patches), strict=True)
        }

    return hear


def _network(name: str, tags: int) -> Callable[[np.ndarray], list[np.ndarray]]:
    """One network in a session of its own: patches -> the mean of each of the LAYERS."""
    graph = tf.Graph()
    with graph.as_default(), tf.name_scope("model"):
        x = tf.compat.v1.placeholder(tf.float32, [None, FRAMES, configuration.N_MELS])
        training = tf.compat.v1.placeholder(tf.bool)
        logits, *_, mean_pool, max_pool, penultimate = models.define_model(x, training, f"{name}_musicnn", tags)
        layers = [tf.sigmoid(logits), mean_pool, max_pool, penultimate]
        session = tf.compat.v1.Session(graph=graph)
        tf.compat.v1.train.Saver().restore(session, f"{Path(musicnn.__file__).parent}/{name}_musicnn/")

    def run(patches: np.ndarray) -> list[np.ndarray]:
        starts = range(0, len(patches), AT_ONCE)
        parts = [session.run(layers, {x: patches[at : at + AT_ONCE], training: False}) for at in starts]
        return [np.concatenate(part).mean(axis=0) for part in zip(*parts, strict=True)]

    return run
