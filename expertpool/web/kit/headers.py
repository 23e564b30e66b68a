"""Headers that protect readers, and the one address of the service, whatever a Host header says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask, Response, g, request
from flask_login import current_user

import config

if TYPE_CHECKING:
    from wsgiref.headers import Headers

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ]
)
FIXED = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
FILES = frozenset({"static", "bootstrap.static", "security.static"})
YEAR = 365 * 24 * 3600


def install(app: Flask, settings: config.Settings) -> None:
    """Give every response of `app` its headers, and every request the service's own address."""
    app.wsgi_app = OwnAddress(app.wsgi_app, settings.base_url)  # type: ignore[method-assign]

    @app.after_request
    def secure(response: Response) -> Response:
        for name, value in FIXED.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("X-Request-ID", g.get("request_id", ""))
        if settings.https:
            response.headers.setdefault("Strict-Transport-Security", f"max-age={YEAR}")
        if request.endpoint not in FILES:
            response.headers.setdefault("Cache-Control", _caching(response))
        return response


def put_on_file(settings: config.Settings, found: Headers, _path: str, _url: str) -> None:
    """Give a static file its headers, for it is served before the application."""
    found["X-Content-Type-Options"] = FIXED["X-Content-Type-Options"]
    if settings.https:
        found["Strict-Transport-Security"] = f"max-age={YEAR}"


def _caching(response: Response) -> str:
    """Return how a page may be kept: not at all when it is somebody's own."""
    personal = "Set-Cookie" in response.headers or bool(current_user and current_user.is_authenticated)
    return "no-store" if personal else "private, no-cache"


class OwnAddress:
    """WSGI middleware: requests seem to come to EXPERTPOOL_BASE_URL, so that every link leads there."""

    def __init__(self, app: WSGIApplication, base_url: str) -> None:
        parts = urlsplit(base_url)
        self.app = app
        self.scheme, self.host, self.prefix = parts.scheme, parts.netloc, parts.path

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        own = environ | {"wsgi.url_scheme": self.scheme, "HTTP_HOST": self.host}
        if self.prefix:
            own["SCRIPT_NAME"] = self.prefix
            own["PATH_INFO"] = environ.get("PATH_INFO", "").removeprefix(self.prefix)
        return self.app(own, start_response)
