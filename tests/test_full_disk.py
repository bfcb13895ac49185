"""A disk that fills up at any byte: a sentence, the old library, and nothing lost of what was listened to."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import sounds

from index.build import BuildError, build_library
from index.journal import Journal
from index.library import Library

# For each number of bytes it reads, a build in a process of its own of which no file may grow beyond that.
BOUNDED_BUILDS = """
import json, os, resource, sys
from pathlib import Path
import sklearn.decomposition, sklearn.metrics, index.tsne
from index.build import BuildError, build_library
from spectrum import SpectrumEmbedder
for line in sys.stdin:
    if (child := os.fork()) == 0:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(line), int(line)))
        said, done = None, 0
        def told(progress):
            global done
            done = progress.done if progress.step == "listen" else done
        try:
            build_library(Path(sys.argv[1]), SpectrumEmbedder(), Path(sys.argv[2]), on_progress=told)
        except BuildError as error:
            said = str(error)
        os.write(1, (json.dumps([said, done]) + "\\n").encode())
        os._exit(0)
    os.waitpid(child, 0)
"""


def test_a_disk_that_is_full_ends_the_build_with_a_sentence_and_nothing_is_lost(tmp_path, ear):
    folder, library = sounds.short_songs(tmp_path / "songs", 8), tmp_path / "library"
    build_library(folder, ear, library)
    old = Library.load(library).generation
    for number in range(8, 40):
        sounds.write(folder / f"{number}.wav", sounds.noise(1.2, number))
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", BOUNDED_BUILDS, str(folder), str(library)]
    known = 8
    with subprocess.Popen(command, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as builds:
        for limit in (0, 512, 4096, 30_000, 45_000, 60_000, 90_000):
            print(limit, file=builds.stdin, flush=True)
            said, done = json.loads(builds.stdout.readline())
            survivor = Library.load(library)
            assert len(survivor.similar(0)) > 1
            assert said is None or ("cannot be" in said and "library" in said), said
            assert survivor.generation == old if said else survivor.generation != old
            with Journal(library / "journal.sqlite") as journal:
                held = sum(journal.get(journal.content_hash(path), "5bec") is not None for path in folder.iterdir())
            assert held >= known and (not said or held >= done), f"{held} of {done}"
            known = held
            if said is None:
                break
    ear.names_since(folder)
    assert build_library(folder, ear, library).indexed == 40
    assert len(ear.names_since(folder)) == 40 - known


def test_a_disk_too_small_for_the_songs_is_found_out_before_they_are_listened_to(tmp_path, ear):
    if os.geteuid() != 0 or not Path("/proc/mounts").exists():
        pytest.skip("only root can make a small disk")
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300k", "none", disk], capture_output=True).returncode:
        pytest.skip("no disk can be mounted here")
    try:
        folder = sounds.short_songs(tmp_path / "songs", 8)
        with pytest.raises(BuildError, match=r"has 0 MB left and 8 songs need about 1 MB: make room"):
            build_library(folder, ear, disk / "library")
        assert ear.names_since(folder) == []
    finally:
        subprocess.run(["umount", disk], check=True)
