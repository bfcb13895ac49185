"""From files to embeddings: tags, content, what the journal remembers, and the encoder for the rest."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import numpy as np

from index.embeds import Embedding, Embeds, Skipped
from index.journal import Journal, JournalError, Remembered
from index.songs import Song, read_tags


@dataclass(frozen=True)
class Progress:
    """How far a build is: told after every file, and at the start and the end of every later step."""

    step: str  # scan, listen, whiten, cluster, map, write
    done: int
    total: int
    skipped: int  # files left out so far
    audio_seconds: float  # of audio listened to in this run


@dataclass(frozen=True)
class Heard:
    """What a build keeps in memory of an embedding; the segments stay in the journal."""

    vector: np.ndarray  # [dim]
    starts: np.ndarray  # [segments], seconds
    width: int  # numbers in a segment's vector
    length: float  # seconds
    descriptors: dict[str, float | str]

    @classmethod
    def of(cls, given: Embedding | Remembered) -> Self:
        """The embedding without its segments."""
        return cls(given.vector, given.starts, given.segments.shape[1], given.length, dict(given.descriptors))


@dataclass
class Intake:
    """The songs of one build as they come in, and the files that are left out."""

    embedder: Embeds
    journal: Journal
    on_progress: Callable[[Progress], None]
    songs: list[tuple[Song, str]] = field(default_factory=list)  # tags and content hash of every file that can be read
    heard: dict[str, Heard] = field(default_factory=dict)  # by content hash
    skipped: list[tuple[str, str]] = field(default_factory=list)  # path in the songs folder, reason
    audio_seconds: float = 0.0

    def report(self, step: str, done: int = 0, total: int = 1) -> None:
        """Tell how far the build is."""
        self.on_progress(Progress(step, done, total, len(self.skipped), self.audio_seconds))

    def skip(self, path: str, reason: str) -> None:
        """Leave a file out; both texts come to be UTF-8, which a file's name need not be."""
        self.skipped.append((_utf8(path), _utf8(reason)))

    def scan(self, paths: list[Path], folder: Path) -> None:
        """Read the tags and the content hash of every file."""
        for done, path in enumerate(paths, start=1):
            name = path.relative_to(folder).as_posix()
            if name != _utf8(name):
                self.skip(name, "has a name that is not valid UTF-8: rename it")
            else:
                try:
                    content = self.journal.content_hash(path)
                    self.songs.append((read_tags(path, folder), content))
                except OSError as error:
                    self.skip(name, f"cannot be read: {error.strerror or error}")
            self.report("scan", done, len(paths))

    def remember(self) -> int:
        """Take what the journal knows from there; how many of the songs that were."""
        for content in {content for _, content in self.songs}:
            if remembered := self.journal.get(content, self.embedder.fingerprint):
                self.heard[content] = Heard.of(remembered)
        return sum(content in self.heard for _, content in self.songs)

    def listen(self, folder: Path) -> None:
        """Have every other content embedded once, into the journal; its files are skipped where that fails."""
        waiting: dict[str, list[str]] = {}
        for song, content in self.songs:
            if content not in self.heard:
                waiting.setdefault(content, []).append(song.path)
        contents = {folder / names[0]: content for content, names in waiting.items()}
        self.report("listen", 0, len(contents))
        for done, result in enumerate(self.embedder.embed(list(contents)), start=1):
            content = contents[result.path]
            names = waiting.pop(content)
            if isinstance(result, Skipped):
                self._skip_all(names, result.reason)
            elif not _is_finite(result):
                self._skip_all(names, "came out of the encoder as numbers that are not finite")
            else:
                self.journal.put(content, self.embedder.fingerprint, result)
                self.heard[content] = Heard.of(result)
                self.audio_seconds += result.length
            self.report("listen", done, len(contents))
        for names in waiting.values():
            self._skip_all(names, "got no answer from the encoder")
        self.songs = [(song, content) for song, content in self.songs if content in self.heard]

    def segments(self) -> Iterator[np.ndarray]:
        """The segment vectors of every song, [segments, d] each, out of the journal; JournalError if one is lost."""
        for song, content in self.songs:
            remembered = self.journal.get(content, self.embedder.fingerprint)
            if remembered is None:
                raise JournalError(f"{self.journal.path} lost the embedding of {song.path}: build the library again")
            yield remembered.segments

    def _skip_all(self, names: Iterable[str], reason: str) -> None:
        for name in names:
            self.skip(name, reason)


def _is_finite(embedding: Embedding) -> bool:
    return all(np.isfinite(array).all() for array in (embedding.vector, embedding.starts, embedding.segments))


def _utf8(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()
