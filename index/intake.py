"""From files to embeddings: tags, content, what the journal remembers, and the encoder for the rest."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Self

import numpy as np

from index.embeds import Embedding, Embeds, Skipped
from index.journal import Journal, JournalError, Remembered
from index.songs import Song, read_tags


@dataclass(frozen=True)
class Progress:
    """How far a build is: told after every file, and at the start and the end of every later step."""

    step: str  # scan, listen, waveforms, whiten, cluster, map, write
    done: int
    total: int
    skipped: int  # files left out so far
    audio_seconds: float  # of audio listened to in this run


@dataclass(frozen=True)
class Heard:
    """What a build keeps in memory of an embedding; the vectors and the waveform stay in the journal."""

    starts: np.ndarray  # [segments], seconds
    dimensions: int  # numbers in the song's vector
    width: int  # and in a segment's
    length: float  # seconds
    descriptors: dict[str, float | str]
    peaks: int  # numbers in the waveform

    @classmethod
    def of(cls, given: Embedding | Remembered) -> Self:
        """The embedding without its vectors."""
        width, starts = (
            given.segments.shape[1],
            np.array(given.starts),
        )  # a copy, for a view would hold the rest as well
        return cls(starts, len(given.vector), width, given.length, dict(given.descriptors), len(given.peaks))


@dataclass
class Intake:
    """The songs of one build as they come in, and the files that are left out."""

    embedder: Embeds
    journal: Journal
    on_progress: Callable[[Progress], None]
    songs: list[tuple[Song, str]] = field(default_factory=list)  # tags and content hash of every file that can be read
    heard: dict[str, Heard] = field(default_factory=dict)  # by content hash
    bytes: dict[str, str] = field(default_factory=dict)  # hash of all that a file holds, by path in the songs folder
    skipped: list[tuple[str, str]] = field(default_factory=list)  # path in the songs folder, reason
    audio_seconds: float = 0.0
    embedded: int = 0  # songs listened to in this run
    listening: float = 0.0  # seconds that took

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
            elif _is_special(path):
                self.skip(name, "is a pipe or a device, not a file")
            else:
                try:
                    self.bytes[name], content = self.journal.hashes(path)
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
        """Have every other content embedded once, into the journal; its files are skipped where that fails.

        Where a content fails, it is tried again in files that hold it otherwise: under another suffix, by which alone a
        few formats are known, or behind another header.
        """
        waiting: dict[str, list[str]] = {}
        for song, content in self.songs:
            if content not in self.heard:
                waiting.setdefault(content, []).append(song.path)
        done, total, began = 0, len(waiting), time.monotonic()
        self.report("listen", done, total)
        while waiting:
            contents = {folder / names[0]: content for content, names in waiting.items()}
            again: dict[str, list[str]] = {}
            for result in self.embedder.embed(list(contents)):
                content = contents[result.path]
                names = waiting.pop(content)
                if reason := self._keep(content, result):
                    same = [name for name in names if self._form(name) == self._form(names[0])]
                    self._skip_all(same, reason)
                    if others := [name for name in names if name not in same]:
                        again[content] = others
                        total += 1
                done += 1
                self.report("listen", done, total)
            for names in waiting.values():
                self._skip_all(names, "got no answer from the encoder")
            waiting = again
        self.listening = time.monotonic() - began
        self.songs = [(song, content) for song, content in self.songs if content in self.heard]
        known = {song.path for song, _ in self.songs}
        self.skipped = [
            (name, reason) for name, reason in self.skipped if name not in known
        ]  # another suffix was right

    def draw(self, folder: Path) -> None:
        """Have the waveform of every song drawn that was heard before songs had one: decoded, not listened to again."""
        without = {folder / song.path: content for song, content in self.songs if not self.heard[content].peaks}
        contents = {content: path for path, content in without.items()}  # one file each
        if not contents:
            return
        self.report("waveforms", 0, len(contents))
        for done, (path, peaks) in enumerate(self.embedder.waveforms(list(contents.values())), start=1):
            content = without[path]
            remembered = self.journal.get(content, self.embedder.fingerprint)
            if remembered and len(peaks):
                self.journal.put(content, self.embedder.fingerprint, replace(remembered, peaks=peaks))
                self.heard[content] = replace(self.heard[content], peaks=len(peaks))
            self.report("waveforms", done, len(contents))

    def _keep(self, content: str, result: Embedding | Skipped) -> str:
        """Put what was heard into the journal; the reason where there is nothing to put."""
        if isinstance(result, Skipped):
            return result.reason
        if not _is_finite(result):
            return "came out of the encoder as numbers that are not finite"
        self.journal.put(content, self.embedder.fingerprint, result)
        self.heard[content] = Heard.of(result)
        self.audio_seconds += result.length
        self.embedded += 1
        return ""

    def listened(self) -> dict[str, float | str]:
        """What this run listened to, and how fast."""
        return {
            "songs": self.embedded,
            "seconds": round(self.listening, 1),
            "audio_seconds": round(self.audio_seconds, 1),
            "songs_per_second": round(self.embedded / self.listening, 2) if self.embedded else 0.0,
            "device": self.embedder.device,
        }

    def remembered(self) -> Iterator[Remembered]:
        """The embedding of every song, in order, out of the journal; JournalError if one is lost."""
        for song, content in self.songs:
            remembered = self.journal.get(content, self.embedder.fingerprint)
            if remembered is None:
                raise JournalError(f"{self.journal.path} lost the embedding of {song.path}: build the library again")
            yield remembered

    def _form(self, name: str) -> tuple[str, str | None]:
        return PurePosixPath(name).suffix.lower(), self.bytes.get(name)

    def _skip_all(self, names: Iterable[str], reason: str) -> None:
        for name in names:
            self.skip(name, reason)


def _is_special(path: Path) -> bool:
    """Whether it is neither a file nor a broken link: reading it might never end."""
    try:
        return path.exists() and not path.is_file()
    except OSError:
        return False


def _is_finite(embedding: Embedding) -> bool:
    return all(np.isfinite(array).all() for array in (embedding.vector, embedding.starts, embedding.segments))


def _utf8(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()
