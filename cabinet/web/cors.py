"""Cross-origin requests: from the pages the operator names only, and without a browser's own credentials."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from cabinet.errors import OriginInvalid

_DAY = 86_400


def with_cors(app: ASGIApp, origins: Iterable[str]) -> ASGIApp:
    """Let pages of these origins ask; without any the application is left as it is. Raises OriginInvalid."""
    allowed = tuple(origins)
    for origin in allowed:
        _check(origin)
    if not allowed:
        return app
    return CORSMiddleware(
        app,
        allow_origins=allowed,
        allow_methods=("GET", "HEAD", "POST"),
        allow_headers=("Authorization", "Content-Type", "If-None-Match"),
        # A token is sent by a program that holds it. A browser's own credentials (cookies) mean nothing here, so
        # that even `*` gives a page nothing that it could not ask from anywhere.
        allow_credentials=False,
        expose_headers=("ETag", "Server-Timing"),
        max_age=_DAY,
    )


def _check(origin: str) -> None:
    try:
        parts = urlsplit(origin)
        sound = parts.scheme in ("http", "https") and origin == f"{parts.scheme}://{parts.netloc}"
        sound = sound and bool(parts.hostname) and "@" not in origin and origin == origin.lower()
    except ValueError:
        sound = False
    if origin != "*" and not sound:
        raise OriginInvalid(f"CABINET_CORS_ORIGINS: {origin!r} is not an origin such as https://app.example.org.")
