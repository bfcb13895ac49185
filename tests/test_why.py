import numpy as np
import pytest
import sounds
from shelf import library, titled
from spectrum import SpectrumEmbedder

from dashboard.app import create_app
from dashboard.tracks import Track
from dashboard.why import why
from index.build import build_library
from index.library import Library


@pytest.fixture(scope="module")
def client():
    return create_app(library()).server.test_client()


def test_the_moments_are_those_that_sound_alike(tmp_path):
    quiet, loud = sounds.noise(8, 1), sounds.tone(440, 4)
    sounds.write(tmp_path / "songs" / "a.wav", np.concatenate([quiet, loud]), title="A")
    sounds.write(tmp_path / "songs" / "b.wav", np.concatenate([loud, sounds.chord(900, 2000, seconds=8)]), title="B")
    build_library(tmp_path / "songs", SpectrumEmbedder(), tmp_path / "library")
    shown = Library.load(tmp_path / "library")
    moments = why(0, 1, shown)["moments"]
    assert 8 <= moments[0]["here"] < 12
    assert 0 <= moments[0]["there"] < 4
    heard = SpectrumEmbedder().hear(shown.audio_path(0))
    track = Track("A", heard.vector, shown.fingerprint, 12.0, heard.descriptors, heard.segments, heard.starts)
    assert why(track, 1, shown)["moments"] == moments


def test_what_two_songs_share_is_said_in_words(client):
    one, other = titled("The Tones 1"), titled("The Tones 2")
    answer = client.get(f"/why?of={one}&with={other}&g={library().generation}").json
    assert (answer["here"], answer["there"]) == ("The Tones 1", "The Tones 2")
    assert answer["shared"][:2] == ["both about 120 bpm", "both in A minor"]


@pytest.mark.parametrize(
    "query", ["", "of=1", "of=1&with=99", "of=x&with=1", "of=track-gone&with=1", "of=1&with=2&g=old"]
)
def test_what_cannot_be_compared_is_refused_with_a_sentence(client, query):
    refused = client.get(f"/why?{query}")
    assert refused.status_code >= 400
    assert refused.json["error"].endswith(".")
