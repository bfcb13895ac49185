"""Signing in: nothing but this page is served to those who have not given the password.

Programs give it with each request, in its `Authorization` header; players give it to subsonic.py.
"""

import math
from pathlib import Path

from dash import Dash
from flask import Response, make_response, redirect, render_template_string, request

from dashboard import subsonic
from dashboard.access import COOKIE, Access, TooManyError
from dashboard.requested import API, refusal

FILES = Path(__file__).parent / "login"
PAGE = (FILES / "page.html").read_text(encoding="utf-8")
STYLE = (FILES / "login.css").read_text(encoding="utf-8")
OPEN = frozenset({"/login", "/login.css", "/assets/songboard.svg"})  # what everybody may see
SIGN_IN = "Sign in first: open the page again, or send the password as “Authorization: Bearer …”."
POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


def register(app: Dash, access: Access) -> None:
    """Put every route behind the password, and serve the page that asks for it."""

    @app.server.before_request
    def ask() -> Response | None:
        if request.path in OPEN or request.endpoint == subsonic.ENDPOINT or access.knows(request.cookies.get(COOKIE)):
            return None
        if "Authorization" in request.headers:
            try:
                if access.gives_bearer(request.remote_addr or "", request.headers["Authorization"]):
                    return None
            except TooManyError as error:
                return _wait(refusal(str(error), 429), error)
        is_page = request.method == "GET" and not request.path.startswith(API)
        if is_page and request.accept_mimetypes.best_match(["text/plain", "text/html"]) == "text/html":
            return redirect("/login" + _question(), 303)  # type: ignore[return-value]
        answer = refusal(SIGN_IN, 401)
        answer.headers["WWW-Authenticate"] = "Bearer"
        return answer

    @app.server.get("/login")
    def login() -> Response:
        return _page(inside=access.knows(request.cookies.get(COOKIE)))

    @app.server.post("/login")
    def sign_in() -> Response:
        try:
            if not access.gives(request.remote_addr or "", request.form.get("password", "")):
                return _page("That is not the password.", 403)
        except TooManyError as error:
            return _wait(_page(str(error), 429), error)
        answer = make_response(redirect("/" + _question(), 303))
        answer.set_cookie(COOKIE, access.admit(), httponly=True, samesite="Strict", secure=request.is_secure)
        return answer

    @app.server.post("/logout")
    def sign_out() -> Response:
        access.dismiss(request.cookies.get(COOKIE))
        answer = make_response(redirect("/login", 303))
        answer.delete_cookie(COOKIE, httponly=True, samesite="Strict")
        return answer

    @app.server.get("/login.css")
    def style() -> Response:
        return Response(STYLE, mimetype="text/css", headers={"Cache-Control": "no-cache"})


def _wait(answer: Response, error: TooManyError) -> Response:
    answer.headers["Retry-After"] = str(math.ceil(error.seconds))
    return answer


def _page(trouble: str = "", status: int = 200, *, inside: bool = False) -> Response:
    page = render_template_string(PAGE, trouble=trouble, action="/login" + _question(), inside=inside)
    answer = make_response(page, status)
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["Referrer-Policy"] = "same-origin"  # with none at all a form is posted from nowhere
    return answer


def _question() -> str:
    """What was asked of the page, ?song=12, goes along; where to is never up to the address."""
    asked = request.query_string.decode("latin-1")
    return f"?{asked}" if asked else ""
