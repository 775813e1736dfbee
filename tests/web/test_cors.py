"""Pages of other origins ask only where the operator lets them, and never with the browser's own credentials."""

from typing import Any

import httpx
import pytest

from cabinet.app import create_app
from cabinet.errors import OriginInvalid
from cabinet.settings import Settings
from tests.client import Client, running

OURS, OTHER = "https://app.example.org", "https://elsewhere.example.org"
QUERY = {"query": "{ __typename }"}


def preflight(origin: str, headers: str = "authorization, content-type", method: str = "POST") -> dict[str, str]:
    return {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": headers,
    }


def allowed(response: httpx.Response) -> str | None:
    assert "access-control-allow-credentials" not in response.headers
    return response.headers.get("access-control-allow-origin")


async def test_by_default_no_page_of_another_origin_is_let_in(shared: Client) -> None:
    asked = await shared.http.options("/graphql", headers=preflight(OURS))
    assert (asked.status_code, allowed(asked)) == (204, None)
    answered = await shared.http.post("/graphql", json=QUERY, headers={"Origin": OURS})
    assert (answered.status_code, allowed(answered)) == (200, None)


async def test_a_page_of_a_named_origin_is_let_in_and_no_other(shared_url: str, settings: Settings) -> None:
    opened = settings.model_copy(update={"cors_origins": (OURS,)})
    async with running(create_app(shared_url, opened)) as http:
        for origin, given in ((OURS, OURS), (OTHER, None), ("null", None)):
            asked = await http.options("/graphql", headers=preflight(origin))
            assert (asked.is_success, allowed(asked)) == (given is not None, given)
            answered = await http.post("/graphql", json=QUERY, headers={"Origin": origin})
            refused = await http.post("/graphql", content=b"{", headers={"Origin": origin})
            assert (allowed(answered), allowed(refused)) == (given, given)
            assert "Origin" in answered.headers["vary"]
        asked = await http.options("/graphql", headers=preflight(OURS))
        assert "Authorization" in asked.headers["access-control-allow-headers"]
        assert set(asked.headers["access-control-allow-methods"].split(", ")) == {"GET", "HEAD", "POST"}
        for refused in (preflight(OURS, "x-other"), preflight(OURS, method="DELETE")):
            assert (await http.options("/graphql", headers=refused)).status_code == 400


async def test_even_every_origin_is_let_in_without_credentials(shared_url: str, settings: Settings) -> None:
    opened = settings.model_copy(update={"cors_origins": ("*",)})
    async with running(create_app(shared_url, opened)) as http:
        asked = await http.options("/graphql", headers=preflight(OTHER))
        answered = await http.post("/graphql", json=QUERY, headers={"Origin": OTHER, "Cookie": "a=b"})
        assert (allowed(asked), allowed(answered)) == ("*", "*")


@pytest.mark.parametrize(
    "origin",
    [
        f"{OURS}/",
        "app.example.org",
        "https://",
        "null",
        "",
        "ftp://a.org",
        "https://*.org/x",
        "https://A.org",
        "https://u@a.org",
        "https://[",
        f"{OURS}?a",
    ],
)
def test_what_is_no_origin_is_said_at_the_start(settings: Settings, origin: str) -> None:
    wrong: dict[str, Any] = {"cors_origins": (OURS, origin)}
    with pytest.raises(OriginInvalid, match="is not an origin"):
        create_app("postgresql://nowhere", settings.model_copy(update=wrong))
