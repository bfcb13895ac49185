"""What several test files share: a small folder of songs, and an ear to hear them with."""

from pathlib import Path

import pytest
import sounds
from spectrum import SpectrumEmbedder

NOTES = {"A": 220.0, "C": 261.6, "E": 329.6, "G": 392.0}


@pytest.fixture
def songs(tmp_path: Path) -> Path:
    """Eight tagged songs by two artists on two albums: one plays tones as FLAC, the other noise as MP3."""
    folder = tmp_path / "songs"
    for track, (note, hertz) in enumerate(NOTES.items(), start=1):
        tags = {"artist": "The Tones", "album": "Pure", "genre": "Pop", "date": "2001", "tracknumber": str(track)}
        sound = sounds.chord(hertz, 2 * hertz)
        sounds.write(folder / "Tones" / f"{track:02} {note}.flac", sound, title=f"Note {note}", **tags)
        tags |= {"artist": "Björk Noise", "album": "Rough", "genre": "Rock", "date": "1999-05-02"}
        sound = sounds.noise(seed=track) + 0.1 * sounds.tone(hertz)
        sounds.write(folder / "Noise" / f"{track:02} {note}.mp3", sound, title=f"Rough {note}", **tags)
    return folder


@pytest.fixture
def ear() -> SpectrumEmbedder:
    """A fresh encoder that remembers what it was asked to hear."""
    return SpectrumEmbedder()
