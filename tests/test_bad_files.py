"""The way in, attacked: whatever a folder or an archive holds, good songs come in and everything else is named.

A few mutants of each kind; `python -m benchmarks.bad_files` tries ten thousand.
"""

import shutil
from pathlib import Path

from tests.fuzz import archives, hostile, trial
from tests.fuzz.mutate import WAYS, mutant
from tests.fuzz.seeds import FORMATS, write_seeds

FILES = 5 * len(WAYS)
ARCHIVES = 5 * len(archives.WAYS)


def test_among_broken_files_every_good_song_comes_in_and_every_bad_one_is_named(tmp_path: Path) -> None:
    seeds = write_seeds(tmp_path / "seeds")
    assert len(seeds) > 0.8 * len(FORMATS)
    songs = tmp_path / "songs"
    good, refused = hostile.plant(songs, seeds["ogg"], tmp_path / "no song.txt")
    ways = trial.mutants(songs, seeds, range(FILES), seed=1)
    for suffix, content in seeds.items():
        (songs / f"whole.{suffix}").write_bytes(content)
        good.add(f"whole.{suffix}")
    verdict = trial.judge(songs, tmp_path / "library", good, refused, set(ways), seconds=300)
    assert verdict.wrong == []
    assert verdict.files == FILES + len(good | refused)


def test_a_mutant_is_the_same_every_time(tmp_path: Path) -> None:
    seeds = write_seeds(tmp_path)
    assert [mutant(seeds, number) for number in range(20)] == [mutant(seeds, number) for number in range(20)]


def test_no_archive_writes_where_or_what_it_should_not_and_each_refusal_is_a_sentence(tmp_path: Path) -> None:
    sentences = []
    for number in range(ARCHIVES):
        content, _ = archives.archive(b"ID3 and no more" * 300, number)
        sentences.append(archives.attempt(content, tmp_path / "archive"))
        shutil.rmtree(tmp_path / "archive")
    assert 0.2 < sum(map(bool, sentences)) / ARCHIVES < 0.8  # the trial would be none if nothing, or all, were refused
    assert all("songs.zip" in sentence for sentence in sentences if sentence)
