"""Whom the server answers, and what a browser may do with the page."""

import ipaddress
import logging
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from dash import Dash
from flask import Response, abort, request
from werkzeug.exceptions import HTTPException

from dashboard import bodies, gate
from dashboard.access import Access
from dashboard.requested import refusal
from index.store import StoreError

log = logging.getLogger(__name__)

FOREVER = "private, max-age=31536000, immutable"  # how long a browser keeps what never changes under its address
WAIT = "5"  # seconds after which to ask again for what the store of the vectors did not give
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
# Dash 4.4 puts these style sheets into the page from its scripts, each empty at first. Another version may have others:
# those are left out, which the console of the browser says together with their hashes.
DASH_STYLES = (
    "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
    "Do5Z9ZqsPvCQTUBQS9BnDm/2+on7omuzuLYk5sbA+2s=",
    "ITR5T9OwskhdqdsliUJRmgp9ltOFAHgXe1F7eRvGnmQ=",
    "0IJGrxhCP5NUIafylLkj5118xkZH1kp5FmNio7NOckI=",
    "Z8VokGxeiKThZOEmkdUgfW+jxbvItBwAXC8M1c4wqAM=",
    "VUA+tqvhK3niMn7AdszqidMFPRh9FLqxB2iINUrsiTw=",
    "Aq43X0SlmB69maWGob4rp/UuSHhwePalkRRExtsxOJ8=",
    "SkhFDxgIcEjMhRh19uSHWrkdnAlZ9rlskgr9yLsipa8=",
    "uDiOZWps1U7E8/0BTaQrclYMhVhRVE4dT0vb5X6nXOw=",
    "+QoPrsxO0auPnxSulD3bAr9CoDGgzv7YRfYE0vfxeQI=",
    "MJs2ke1SA6Cy3tTCZu2QH0rj0r//iNqU0idy9bM4leg=",
    "X2TqJwnIiE/ceDVeAdr7v7BOWBU6CEzE6qxlNzBzvBk=",
)


@dataclass(frozen=True)
class Guard:
    """Whom a server answers."""

    names: frozenset[str] = LOOPBACK  # that it may be asked by: a page of another site can have its own name rebound
    any_address: bool = False  # whether it may be asked by any IP address, which nobody can rebind
    access: Access | None = None  # the password, or None to let in everybody who reaches it


OWN = Guard()  # of this machine alone


def protect(app: Dash, guard: Guard = OWN) -> None:
    """Let in whom `guard` says, and tell nobody but the log what went wrong. Goes last: it looks at all callbacks."""
    headers = _headers(app)

    @app.server.before_request
    def own_name() -> None:
        name = _name()
        if name not in guard.names and not (guard.any_address and _is_address(name)):
            _refuse(f"Songboard does not answer to “{name[:100]}”. If that is its name, start it with --allow-host.")

    @app.server.before_request
    def own_page() -> None:
        if not _is_ours():
            _refuse("Songboard is asked by its own page alone.")

    if guard.access:
        gate.register(app, guard.access)
    bodies.register(app)

    @app.server.errorhandler(StoreError)
    def store_is_gone(error: StoreError) -> Response:
        told = refusal(f"No matches: {error}.", 503)
        told.headers["Retry-After"] = WAIT
        return told

    @app.server.errorhandler(Exception)
    def sentence(error: Exception) -> Response:
        if not isinstance(error, HTTPException):
            log.error("%s %r failed", request.method, request.path, exc_info=error)
            text = "Something went wrong. The terminal that runs Songboard says what."
            return refusal(text, 500)
        answer: Any = error.get_response()
        if error.response is None and answer.status_code >= 400:
            told = refusal(error.description or answer.status, answer.status_code)
            answer.data, answer.mimetype = told.data, told.mimetype
        return answer

    @app.server.after_request
    def tell(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        if request.path.startswith("/assets/") and "m" in request.args and response.status_code < 400:
            response.headers["Cache-Control"] = FOREVER  # the address says when the file was changed
        elif "Cache-Control" in response.headers:
            response.cache_control.public, response.cache_control.private = False, True
        else:
            response.cache_control.no_store = True
        return response


def _headers(app: Dash) -> dict[str, str]:
    """Nothing but this host is loaded, framed or told anything."""
    policy = {
        "default-src": "'self'",
        "script-src": " ".join(["'self'", *app.csp_hashes()]),
        # Scripts set the styles of elements through their properties, which this leaves alone.
        "style-src": " ".join(["'self'", *(f"'sha256-{digest}'" for digest in DASH_STYLES)]),
        "img-src": "'self' data: blob:",
        "media-src": "'self' blob:",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "Permissions-Policy": "microphone=(self), camera=(), geolocation=(), display-capture=(), usb=(), payment=()",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }


def _refuse(sentence: str) -> None:
    abort(refusal(sentence, 403))


def _name() -> str:
    """By which name the server was asked, without the port."""
    try:
        return urlsplit(f"//{request.host}").hostname or ""
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    try:
        return bool(ipaddress.ip_address(name))
    except ValueError:
        return False


def _is_ours() -> bool:
    """Whether a request comes from our own page, from the address bar, or from no browser at all.

    A cookie cannot tell: to a browser every port of this machine is the same site.
    """
    asked = request.headers.get
    site = asked("Sec-Fetch-Site", "none")
    if request.method in ("GET", "HEAD"):
        visit = asked("Sec-Fetch-Mode") == "navigate" and asked("Sec-Fetch-Dest") == "document"
        return visit or site in ("same-origin", "none")
    source = asked("Origin") or asked("Referer")
    own = source is None or urlsplit(source).netloc.lower() == request.host.lower()
    return own and site in ("same-origin", "none")
