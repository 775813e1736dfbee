"""The pages; everything they need comes from this server."""

from importlib.resources import files

from starlette.requests import Request
from starlette.responses import FileResponse, Response

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
    " form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


async def home(_: Request) -> Response:
    """Say what this is, and offer a place to try a query."""
    page = files("cabinet.web") / "static" / "home.html"
    return FileResponse(str(page), media_type="text/html", headers=_HEADERS)
