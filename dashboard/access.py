"""The password at the door: who has given it is known by a cookie, and guessing it is slow."""

import hashlib
import hmac
import os
import secrets
import stat
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie
from pathlib import Path

from dashboard import format

COOKIE = "songboard"
SHORTEST, LONGEST = 8, 1024  # characters of a password
SESSION = 12 * 3600  # seconds that somebody is known for after the last request
SESSIONS = 1000  # at once, the longest unused is forgotten first
WINDOW = 600  # seconds for which a wrong password counts
WRONG_FROM_ONE, WRONG_FROM_ALL = 10, 100  # within them


class AccessError(Exception):
    """A password file that cannot be used; the message says what to do."""


class TooManyError(Exception):
    """Too many wrong passwords were given, so that for some seconds none is looked at; the message says how long."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"Too many wrong passwords. Try again in {format.span(seconds)}.")
        self.seconds = seconds


def read_password(path: Path) -> str:
    """The password that a file holds as its only line. Raises AccessError, also where others can read the file."""
    try:
        with path.open("rb") as file:
            if os.name == "posix" and stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
                raise AccessError(f"Others may use {path}: make it yours alone with `chmod 600 {path}`.")
            password = file.read(4 * LONGEST + 3).decode("utf-8").rstrip("\r\n")
    except OSError as error:
        raise AccessError(f"The password file {path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise AccessError(f"The password file {path} is no text in UTF-8.") from None
    if not password.strip():
        raise AccessError(f"The password file {path} is empty: write a password into it.")
    if "\n" in password or "\r" in password:
        raise AccessError(f"The password file {path} has more than one line: leave nothing but the password in it.")
    if not SHORTEST <= len(password) <= LONGEST:
        raise AccessError(f"The password in {path} must have {SHORTEST} to {LONGEST} characters.")
    return password


class Tries:
    """The wrong passwords of the last minutes; after too many from one address, or from all, one has to wait.

    What all may do bounds what is remembered.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._wrong: deque[tuple[float, str]] = deque()  # oldest first
        self._lock = threading.Lock()

    def judge(self, address: str, is_right: bool) -> None:
        """Count a wrong password of an address. Raises TooManyError, for a right one as well, while it has to wait."""
        with self._lock:
            now = self._clock()
            while self._wrong and self._wrong[0][0] <= now - WINDOW:
                self._wrong.popleft()
            everybody = [when for when, _ in self._wrong]
            own = [when for when, whose in self._wrong if whose == address]
            allowed = ((own, WRONG_FROM_ONE), (everybody, WRONG_FROM_ALL))
            waits = [times[-most] + WINDOW - now for times, most in allowed if len(times) >= most]
            if waits:
                raise TooManyError(max(waits))
            if not is_right:
                self._wrong.append((now, address))

    def __len__(self) -> int:
        return len(self._wrong)


class Access:
    """One password, and those who have given it; safe to use from several threads."""

    def __init__(self, password: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.tries = Tries(clock)
        self._clock = clock
        self._secret = secrets.token_bytes(32)  # another one every start: no cookie outlives the program
        self._password = self._digest(password)
        self._begun = hashlib.md5(_bytes(password), usedforsecurity=False)  # what players go on from with their salt
        self._sessions: OrderedDict[bytes, float] = OrderedDict()  # digest of the token -> last seen
        self._lock = threading.Lock()

    def gives(self, address: str, password: str) -> bool:
        """Whether an address gives the password, in a time that tells nothing of how much of it was right.

        Wrong ones are counted. Raises TooManyError.
        """
        is_right = hmac.compare_digest(self._digest(password), self._password)
        self.tries.judge(address, is_right)
        return is_right

    def gives_token(self, address: str, token: str, salt: str) -> bool:
        """The same for the hexadecimal md5(password + salt) that players give in its place."""
        proof = self._begun.copy()
        proof.update(_bytes(salt))
        is_right = hmac.compare_digest(_bytes(token.lower()), proof.hexdigest().encode())
        self.tries.judge(address, is_right)
        return is_right

    def gives_bearer(self, address: str, authorization: str) -> bool:
        """The same for the password in an Authorization header, `Bearer …`; False for any other kind."""
        kind, _, given = authorization.strip().partition(" ")
        return kind.lower() == "bearer" and self.gives(address, _text(given.strip()))

    def admit(self) -> str:
        """A new token for the cookie of somebody who gave the password."""
        token = secrets.token_urlsafe(32)
        with self._lock:
            self._sessions[self._digest(token)] = self._clock()
            while len(self._sessions) > SESSIONS:
                self._sessions.popitem(last=False)
        return token

    def knows(self, token: str | None) -> bool:
        """Whether a token was given out here and is still in use; asking keeps it in use."""
        digest = self._digest(token or "")
        with self._lock:
            seen = self._sessions.pop(digest, None)
            if seen is None or self._clock() - seen > SESSION:
                return False
            self._sessions[digest] = self._clock()
            return True

    def knows_cookies(self, header: str) -> bool:
        """The same for a whole Cookie header."""
        try:
            cookies = SimpleCookie(header)
        except CookieError:
            return False
        return COOKIE in cookies and self.knows(cookies[COOKIE].value)

    def dismiss(self, token: str | None) -> None:
        """Know a token no more."""
        with self._lock:
            self._sessions.pop(self._digest(token or ""), None)

    def _digest(self, text: str) -> bytes:
        return hashlib.blake2b(_bytes(text), key=self._secret).digest()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _text(header: str) -> str:
    """What a header says: its bytes are UTF-8, and WSGI takes them for Latin-1."""
    try:
        return header.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return header
