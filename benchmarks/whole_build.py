"""One build from nothing, in a process of its own: python -m benchmarks.whole_build SONGS LIBRARY

Every worker process imports the program that started it, so this one imports nothing large before it is asked to build.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent


def whole_build(songs: Path, library: Path) -> dict[str, float]:
    """Wall seconds of each step and of the `whole`, once the network is there; "MB" of memory at most."""
    command = [sys.executable, "-m", "benchmarks.whole_build", str(songs), str(library)]
    return json.loads(subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout)


def main(songs: Path, library: Path) -> None:
    """Build, and print what took how long as JSON."""
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # as the entry points set it
    from engine.embed import Embedder
    from index.build import build_library
    from index.intake import Progress

    embedder = Embedder("cpu")
    shutil.rmtree(library, ignore_errors=True)
    began = time.perf_counter()
    ended: dict[str, float] = {}

    def note(progress: Progress) -> None:
        ended[progress.step] = time.perf_counter() - began

    build_library(songs, embedder, library, on_progress=note)
    whole = time.perf_counter() - began
    steps, last = {}, 0.0
    for name, end in ended.items():
        steps[name], last = end - last, end
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(steps | {"whole": whole, "MB": memory}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
