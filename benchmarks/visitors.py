"""Those who use a dashboard at the same time, over real HTTP: browsers, listeners who stall, people who drop tracks."""

import http.client
import json
import random
import re
import socket
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

PATIENCE = 120  # seconds that a browser waits for an answer
THINKING = 1.0  # seconds between two gestures, at most
OURS = {"X-Songboard": "load"}
LOST = (OSError, http.client.HTTPException)


@dataclass
class Diary:
    """What became of every request; written by many threads."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))  # by kind of request
    statuses: dict[tuple[str, int], int] = field(default_factory=lambda: defaultdict(int))
    troubles: list[str] = field(default_factory=list)  # a request lost, a wrong answer, a 5xx that is no honest 503
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, kind: str, status: int, seconds: float, retry_after: str | None = None) -> None:
        """An answer came."""
        with self.lock:
            self.seconds[kind].append(seconds)
            self.statuses[kind, status] += 1
            if status >= 500 and not (status == 503 and retry_after):
                self.troubles.append(f"{kind} was answered with {status}")

    def complain(self, trouble: str) -> None:
        """Something was lost or wrong."""
        with self.lock:
            self.troubles.append(trouble)


class Browser:
    """One browser with one connection, which it keeps."""

    def __init__(self, port: int, diary: Diary, seed: int = 0) -> None:
        self.diary, self.chance = diary, random.Random(seed)
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        self._generation, self._songs = "", 0

    def browse(self, until: float) -> None:
        """Do what people do with a page that is open, until that time."""
        gestures: list[tuple[int, Callable[[], None]]] = [
            (30, self.ask), (20, self.search), (20, self.listen), (5, self.open), (5, self.look_at_map),
            (8, self.waveform), (5, self.why), (3, self.radio), (3, self.playlist), (6, self.status), (3, self.path),
        ]  # fmt: skip
        while time.monotonic() < until:
            (gesture,) = self.chance.choices([each for _, each in gestures], [weight for weight, _ in gestures])
            gesture()
            time.sleep(self.chance.uniform(0, THINKING))
        self._connection.close()

    def open(self) -> None:
        """Load the page and all that belongs to it."""
        page = self.request("page", "GET", "/")[1].decode()
        for address in re.findall(r'(?:src|href)="(/[^"]+)"', page)[: self.chance.randint(1, 4)]:
            self.request("script or style", "GET", address)
        layout = self.request("layout", "GET", "/_dash-layout")[1].decode()
        self.request("layout", "GET", "/_dash-dependencies")
        found = re.search(r'"data-generation":\s*"([^"]+)"', layout)
        if found is None:
            self.diary.complain("the page does not say which generation it shows")
            return
        self._generation = found[1]
        status, body = self.request("songs", "GET", f"/songs/{self._generation}")
        self._songs = len(json.loads(body)["titles"]) if status == 200 else 1

    def look_at_map(self) -> None:
        """Draw the map."""
        self._of_generation("map", "GET", f"/map/{self._generation}")

    def ask(self) -> None:
        """Choose a song: its card and its matches."""
        song = self._song()
        body = self.answer("answer", {"song": song, "rules": {}, "generation": self._generation})
        if f'"song":{song}' not in body.replace(" ", "") and "built again" not in body:
            self.diary.complain(f"song {song} was asked for and something else was answered")

    def path(self) -> None:
        """Draw a path between two songs."""
        query = {"path": [self._song(), self._song()], "steps": 8, "route": 0, "generation": self._generation}
        self.answer("path", query | {"rules": {}})

    def search(self) -> None:
        """Type a word, letter by letter."""
        word = self.chance.choice(["tones", "noise", "chord", "björk", "zzz"])
        for end in range(1, self.chance.randint(2, 5)):
            self._of_generation("search", "GET", f"/find?text={quote(word[:end])}&g={self._generation}")

    def listen(self) -> None:
        """Play a part of a song."""
        start = self.chance.randint(0, 4000)
        part = {"Range": f"bytes={start}-{start + 65535}"}
        self._of_generation("audio", "GET", f"/audio/{self._song()}?g={self._generation}", headers=part)

    def waveform(self) -> None:
        """Show a song's waveform."""
        self._of_generation("waveform", "GET", f"/waveform/{self._song()}?g={self._generation}")

    def why(self) -> None:
        """Ask why two songs match."""
        self._of_generation("why", "GET", f"/why?of={self._song()}&with={self._song()}&g={self._generation}")

    def radio(self) -> None:
        """Go on with what is nearest."""
        self._of_generation("radio", "GET", f"/next?song={self._song()}&heard={self._song()}&g={self._generation}")

    def playlist(self) -> None:
        """Save a playlist."""
        body = json.dumps({"songs": [self._song() for _ in range(5)], "name": "Load"})
        headers = OURS | {"Content-Type": "application/json"}
        self._of_generation("playlist", "POST", f"/playlist?g={self._generation}", body, headers)

    def status(self) -> None:
        """Look whether there is a new build."""
        self.request("status", "GET", "/status")

    def answer(self, kind: str, query: dict[str, Any]) -> str:
        """What the page shows when a query is asked."""
        headers = {"Content-Type": "application/json"}
        status, answer = self.request(kind, "POST", "/answer", json.dumps(query), headers)
        if status != 200:
            self.diary.complain(f"{kind} was answered with {status}: {answer[:100]!r}")
        return answer.decode()

    def request(
        self, kind: str, method: str, address: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        """One request, sent again on a new connection when the old one was closed meanwhile, as browsers do."""
        began = time.monotonic()
        for again in (True, False):
            fresh = self._connection.sock is None
            try:
                self._connection.request(method, address, body, headers or {})
                answer = self._connection.getresponse()
                content = answer.read()
                self.diary.note(kind, answer.status, time.monotonic() - began, answer.headers.get("Retry-After"))
                return answer.status, content
            except LOST as error:
                self._connection.close()
                if fresh or not again:
                    self.diary.complain(f"{kind} was lost: {error!r}")
                    break
        return 0, b""

    def _of_generation(
        self, kind: str, method: str, address: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> None:
        """A request about a song. Where the library was built twice meanwhile, the page says so and is loaded again.

        So it is when the song's file was taken away, as those who build here do.
        """
        status, answer = self.request(kind, method, address, body, headers)
        if status == 410 or (status == 404 and (b"no longer" in answer or b"is not where it was" in answer)):
            self.open()
        elif status >= 400 and status != 503:
            self.diary.complain(f"{kind} was answered with {status}: {answer[:100]!r}")

    def _song(self) -> int:
        return self.chance.randrange(max(1, self._songs))


def stall(port: int, song: int, diary: Diary, until: float) -> None:
    """Ask for a long song and take nothing of it; ask again when the server gives up."""
    while time.monotonic() < until:
        try:
            with socket.socket() as listener:
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                listener.settimeout(PATIENCE)
                listener.connect(("127.0.0.1", port))
                listener.sendall(f"GET /audio/{song} HTTP/1.1\r\nHost: localhost\r\nRange: bytes=0-\r\n\r\n".encode())
                began = time.monotonic()
                status = int(listener.recv(12).split()[1])
                diary.note("stalled listener", status, time.monotonic() - began)
                time.sleep(max(0.0, min(until - time.monotonic(), 90)))
        except (OSError, IndexError, ValueError) as error:
            diary.complain(f"a listener who stalls was not even answered: {error!r}")
            time.sleep(1)


def drop(port: int, track: Path, pause: float, diary: Diary, until: float) -> None:
    """Drop a track again and again."""
    browser = Browser(port, diary)
    while time.monotonic() < until:
        with track.open("rb") as file:
            headers = OURS | {"X-File-Name": track.name, "Content-Length": str(track.stat().st_size)}
            status, answer = browser.request("dropped track", "POST", "/drop", file, headers)
        if status not in (0, 200, 503):
            diary.complain(f"a dropped track was answered with {status}: {answer[:100]!r}")
        time.sleep(max(0.0, min(pause, until - time.monotonic())))
