"""Encoders that a Ray node opens for the tests, fit and unfit."""

import os
from pathlib import Path

from spectrum import Heard, SpectrumEmbedder, Unheard


class Deadly(SpectrumEmbedder):
    """One song kills the process that hears it."""

    def hear(self, path: Path) -> Heard | Unheard:
        if path.stem == "deadly":
            os._exit(1)
        return super().hear(path)


def deadly(device: str, workers: int) -> Deadly:
    return Deadly()


def another_version(device: str, workers: int) -> SpectrumEmbedder:
    """Each process has a version of its own."""
    return SpectrumEmbedder(fingerprint=f"{os.getpid():x}")
