"""The demo songs, through compose(): one song of each style is composed once and listened to."""

import itertools
from collections import Counter, defaultdict
from pathlib import Path

import mutagen
import numpy as np
import pytest
import soundfile

from engine.demo import SONGS, DemoError, Song, compose

CHOSEN = [3, 7, 17, 21, 25, 31, 38, 45]  # one song a style, short ones, in all four formats
FRAMES = {"title": "TIT2", "artist": "TPE1", "album": "TALB", "genre": "TCON", "date": "TDRC"} | {
    "tracknumber": "TRCK", "bpm": "TBPM", "initialkey": "TKEY"
}  # fmt: skip
NOTES = "C C# D Eb E F F# G Ab A Bb B".split()


@pytest.fixture(scope="module")
def composed(tmp_path_factory: pytest.TempPathFactory) -> dict[Song, Path]:
    """One song of each style, by two processes or more where there are cores for them."""
    chosen = [SONGS[i] for i in CHOSEN]
    return dict(zip(chosen, compose(tmp_path_factory.mktemp("demo"), songs=chosen), strict=True))


@pytest.fixture(scope="module")
def heard(composed: dict[Song, Path]) -> dict[Song, tuple[np.ndarray, int]]:
    """Their samples [samples, 2] and sample rates, decoded."""
    return {song: soundfile.read(path, dtype="float32") for song, path in composed.items()}


def seconds_of(sound: np.ndarray, rate: int, seconds: float) -> np.ndarray:
    """The mono sound cut into stretches: [stretches, samples]."""
    mono, size = sound.mean(axis=1), int(seconds * rate)
    return mono[: len(mono) // size * size].reshape(-1, size)


def spectra(sound: np.ndarray, rate: int) -> tuple[np.ndarray, np.ndarray]:
    """Frequencies [bins] and power spectra of 0.25 s each [frames, bins]."""
    frames = seconds_of(sound, rate, 0.25)
    return np.fft.rfftfreq(frames.shape[1], 1 / rate), np.abs(np.fft.rfft(frames * np.hanning(frames.shape[1]))) ** 2


def character(sound: np.ndarray, rate: int) -> np.ndarray:
    """What tells styles apart: octaves of brightness, attacks a second, share of bass, width of the stereo."""
    hertz, power = spectra(sound, rate)
    energy = power.sum(axis=0)
    levels = 20 * np.log10(np.sqrt(np.mean(seconds_of(sound, rate, 0.02) ** 2, axis=1)) + 1e-4)
    attacks = np.count_nonzero((levels[2:] - levels[:-2] > 6) & (levels[2:] > -40)) / (len(sound) / rate)
    bass = 10 * np.log10(energy[hertz < 120].sum() / energy.sum())
    sides = 1 - np.corrcoef(sound[:, 0], sound[:, 1])[0, 1]
    return np.array([np.log2((hertz * energy).sum() / energy.sum()), attacks, bass / 6, 2 * sides])


def test_there_are_48_songs_six_in_each_of_eight_styles() -> None:
    assert len(SONGS) == 48
    assert set(Counter(song.style for song in SONGS).values()) == {6}
    assert len({song.style for song in SONGS}) == 8
    assert len({song.title for song in SONGS}) == 48
    assert {song.extension for song in SONGS} == {"mp3", "ogg", "flac", "wav"}


def test_the_songs_of_a_style_differ_in_key_tempo_and_progression() -> None:
    styles = defaultdict(list)
    for song in SONGS:
        styles[song.style].append(song)
    for songs in styles.values():
        for fact in ("key", "bpm", "verse", "chorus", "title"):
            assert len({getattr(song, fact) for song in songs}) == 6


def test_songs_lie_in_folders_by_artist_and_album(composed: dict[Song, Path]) -> None:
    assert len({song.style for song in composed}) == 8
    assert len({song.extension for song in composed}) == 4
    for song, path in composed.items():
        assert path.parts[-3:] == (song.artist, song.album, f"{song.track:02d} {song.title}.{song.extension}")
    folder = path.parents[2]
    assert sorted(found for found in folder.rglob("*") if found.is_file()) == sorted(composed.values())


def test_tags_are_readable_in_every_format(composed: dict[Song, Path]) -> None:
    for song, path in composed.items():
        tags = mutagen.File(path).tags
        read = {
            name: str(tags[frame if path.suffix in (".mp3", ".wav") else name][0]) for name, frame in FRAMES.items()
        }
        assert read == {
            "title": song.title, "artist": song.artist, "album": song.album, "genre": song.genre,
            "date": str(song.year), "tracknumber": str(song.track), "bpm": str(song.bpm), "initialkey": song.key,
        }  # fmt: skip


def test_songs_last_from_40_to_90_seconds(heard: dict[Song, tuple[np.ndarray, int]]) -> None:
    for song, (sound, rate) in heard.items():
        assert 40 <= len(sound) / rate <= 90, song.title


def test_no_song_clips_and_all_are_as_loud(heard: dict[Song, tuple[np.ndarray, int]]) -> None:
    levels = []
    for song, (sound, _) in heard.items():
        assert np.abs(sound).max() < 0.99, song.title
        levels.append(20 * np.log10(np.sqrt(np.mean(sound**2))))
    assert max(levels) - min(levels) < 4


def test_no_song_is_silent_for_long(heard: dict[Song, tuple[np.ndarray, int]]) -> None:
    for song, (sound, rate) in heard.items():
        loud = np.sqrt(np.mean(seconds_of(sound, rate, 0.1) ** 2, axis=1)) > 10 ** (-50 / 20)
        silences = [len(list(run)) / 10 for is_loud, run in itertools.groupby(loud) if not is_loud]
        assert max(silences, default=0) < 4, song.title


def test_songs_end_on_the_chord_of_their_key(heard: dict[Song, tuple[np.ndarray, int]]) -> None:
    for song, (sound, rate) in heard.items():
        hertz, power = spectra(sound[-5 * rate :], rate)
        sung = (hertz > 100) & (hertz < 1000)
        pitches = np.round(12 * np.log2(hertz[sung] / 440) + 69).astype(int) % 12
        strongest = int(np.bincount(pitches, power[:, sung].sum(axis=0), 12).argmax())
        tonic = NOTES.index(song.key.removesuffix("m"))
        assert (strongest - tonic) % 12 in (0, 3 if song.key.endswith("m") else 4, 7), song.title


def test_styles_differ_measurably(heard: dict[Song, tuple[np.ndarray, int]]) -> None:
    characters = {song.style: character(*sound) for song, sound in heard.items()}
    for (one, a), (other, b) in itertools.combinations(characters.items(), 2):
        assert np.abs(a - b).max() > 0.3, f"{one} and {other}"


def test_drums_strike_more_often_than_pads_and_organs_move(heard: dict[Song, tuple[np.ndarray, int]]) -> None:
    attacks = {song.style: character(*sound)[1] for song, sound in heard.items()}
    calm = max(attacks["ambient"], attacks["organ"])
    assert min(attacks["drum and bass"], attacks["hand percussion"], attacks["waltz"]) > 2 * calm


def test_composing_again_keeps_what_is_there(composed: dict[Song, Path]) -> None:
    before = {path: path.stat().st_mtime_ns for path in composed.values()}
    progress: list[tuple[int, int]] = []
    folder = next(iter(composed.values())).parents[2]
    again = compose(folder, lambda done, total: progress.append((done, total)), songs=composed)
    assert again == list(composed.values())
    assert {path: path.stat().st_mtime_ns for path in again} == before
    assert progress == [(8, 8)]


def test_the_same_samples_come_on_every_run(heard: dict[Song, tuple[np.ndarray, int]], tmp_path: Path) -> None:
    progress: list[tuple[int, int]] = []
    for song in itertools.islice(heard, 1, 4, 2):  # alone, in this process: a lossy and a lossless one
        [path] = compose(tmp_path, lambda done, total: progress.append((done, total)), songs=[song])
        again, _ = soundfile.read(path, dtype="float32")
        np.testing.assert_array_equal(again, heard[song][0])
    assert progress == [(1, 1), (1, 1)]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file where a folder should be")
    with pytest.raises(DemoError, match=r"Cannot write .*taken.*choose a folder"):
        compose(tmp_path / "taken", songs=SONGS[:1])
