"""The library for players: the OpenSubsonic protocol, https://opensubsonic.netlify.app, with its `sonicSimilarity`.

Here is how players ask and are answered; what they can ask stands in calls.py.
"""

import re
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any
from xml.etree import ElementTree

from dash import Dash
from flask import Response, jsonify, request

from dashboard.access import Access, TooManyError
from dashboard.calls import CALLS, GENERIC, MISSING, OPEN, UNKNOWN, CallError
from dashboard.requested import RequestError
from dashboard.showing import Showing
from index.library import LibraryError

ENDPOINT = "subsonic"  # the one route that asks for the password itself
PROTOCOL = "1.16.1"
NAMESPACE = "http://subsonic.org/restapi"
WRONG, UNSUPPORTED, CONFLICTING = 40, 42, 43  # the protocol's numbers of errors; calls.py has the others
NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def register(app: Dash, showing: Showing, access: Access | None) -> None:
    """Answer /rest/CALL and /rest/CALL.view, by GET and by a form. Without a password, any credentials will do."""

    @app.server.route("/rest/<path:name>", methods=["GET", "POST"], endpoint=ENDPOINT)
    def call(name: str) -> Response:
        asked: Mapping[str, str] = request.values
        name = name.removesuffix(".view")
        try:
            if asked.get("f", "xml") not in ("xml", "json"):
                raise CallError(GENERIC, "Songboard answers in XML or JSON: set f to xml or json.")
            if access is not None and name not in OPEN:
                admit(asked, access, request.remote_addr or "")
            if name not in CALLS:
                raise CallError(GENERIC, f"Songboard has no call “{name[:40]}”.")
            found = CALLS[name](asked, showing.library)
        except CallError as error:
            return told({"error": {"code": error.code, "message": str(error)}}, asked, "failed")
        except RequestError as error:
            return told({"error": {"code": UNKNOWN, "message": str(error)}}, asked, "failed")
        except LibraryError:  # which says where the library lies
            message = "This library has no answer to that."
            return told({"error": {"code": GENERIC, "message": message}}, asked, "failed")
        return found if isinstance(found, Response) else told(found, asked)


def admit(asked: Mapping[str, str], access: Access, address: str) -> None:
    """Let in who gives the password, under any name: there are no users. Raises CallError."""
    if "apiKey" in asked:
        raise CallError(UNSUPPORTED, "Songboard has no API keys: give the password, or token and salt.")
    password, token, salt = (asked.get(name) for name in "pts")
    if password is not None and (token is not None or salt is not None):
        raise CallError(CONFLICTING, "Give either the password or token and salt.")
    if "u" not in asked or (password is None and (token is None or salt is None)):
        raise CallError(MISSING, "Required parameter is missing: give u, and t with s, or p.")
    try:
        if password is not None:
            is_right = access.gives(address, clear(password))
        else:
            is_right = access.gives_token(address, token or "", salt or "")
    except TooManyError as error:
        raise CallError(WRONG, str(error)) from None
    if not is_right:
        raise CallError(WRONG, "Wrong username or password.")


def clear(password: str) -> str:
    """A password as it was typed: `enc:` says that its bytes are written in hexadecimal, UTF-8 or Latin-1."""
    if not password.startswith("enc:"):
        return password
    try:
        typed = bytes.fromhex(password[4:])
    except ValueError:
        return password
    try:
        return typed.decode("utf-8")
    except UnicodeDecodeError:
        return typed.decode("latin-1")


def told(found: Mapping[str, Any], asked: Mapping[str, str], status: str = "ok") -> Response:
    """An answer in the form that was asked for. Refusals are answers, too: the protocol knows no other status."""
    about = {"version": PROTOCOL, "type": "songboard", "serverVersion": _version(), "openSubsonic": True}
    if asked.get("f") == "json":
        return jsonify({"subsonic-response": {"status": status} | about | dict(found)})
    root = element("subsonic-response", {"xmlns": NAMESPACE, "status": status} | about | dict(found))
    return Response(ElementTree.tostring(root, "utf-8", xml_declaration=True), mimetype="text/xml")


def element(name: str, value: Any) -> ElementTree.Element:
    """A value as XML: what is single becomes an attribute, objects and the items of lists become elements."""
    made = ElementTree.Element(name)
    if not isinstance(value, Mapping):
        made.text = _written(value)
        return made
    for key, part in value.items():
        if isinstance(part, Mapping):
            made.append(element(key, part))
        elif isinstance(part, list):
            made.extend(element(key, each) for each in part)
        elif key == "value":
            made.text = _written(part)
        else:
            made.set(key, _written(part))
    return made


def _written(value: Any) -> str:
    """A value as XML writes it, without the characters that it cannot hold."""
    return str(value).lower() if isinstance(value, bool) else NOT_IN_XML.sub("\ufffd", str(value))


def _version() -> str:
    try:
        return version("songboard")
    except PackageNotFoundError:
        return "0"
