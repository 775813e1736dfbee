"""Where nothing is ever delivered, whatever name it goes by."""

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest

from cabinet.db import Database
from cabinet.errors import CabinetError
from cabinet.outbox.destination import is_public
from tests.outbox.conftest import Post
from tests.outbox.receiver import receiving

INSIDE = [
    *("127.0.0.1", "127.8.9.10", "0.0.0.1", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1"),
    *("169.254.169.254", "100.64.0.1", "198.18.0.1", "192.0.2.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
    *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "fec0::1", "ff02::1", "2001:db8::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::10.0.0.1"),
    *("64:ff9b:1::a00:1", "2002:7f00:1::", "2002:a00:1::1", "2001:0:7f00:1::1", "100::1"),
]
OUTSIDE = ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "2a00:1450:4001::1", "64:ff9b::808:808"]

REFUSED = {
    "http://example.org/": "WEBHOOK_URL_INVALID",
    "ftp://example.org/": "WEBHOOK_URL_INVALID",
    "file:///etc/passwd": "WEBHOOK_URL_INVALID",
    "https://": "WEBHOOK_URL_INVALID",
    "example.org": "WEBHOOK_URL_INVALID",
    "": "WEBHOOK_URL_INVALID",
    "https://user:secret@example.org/": "WEBHOOK_URL_INVALID",
    "https://example.org/#part": "WEBHOOK_URL_INVALID",
    "https://example.org:0/": "WEBHOOK_URL_INVALID",
    "https://example.org:99999/": "WEBHOOK_URL_INVALID",
    "https://example.org:port/": "WEBHOOK_URL_INVALID",
    "https://example.org/a b": "WEBHOOK_URL_INVALID",
    "https://example.org/\r\nX-Header: 1": "WEBHOOK_URL_INVALID",
    f"https://example.org/{'a' * 2_000}": "WEBHOOK_URL_INVALID",
    f"https://{'a' * 70}.example.org/": "WEBHOOK_U",
    "https://127.0.0.1/": "WEBHOOK_ADDRESS_FORBIDDEN",
    "https://127.1/": "WEBHOOK_ADDRESS_FORBIDDEN",
    "https://2130706433/": "WEBHOOK_ADDRESS_FORBIDDEN",
    "https://0x7f.0.0.1/": "WEBHOOK_ADDRESS_FORBIDDEN",
    "https://0177.0.0.1/": "WEBHOOK_URL_INVALID",
    "https://localhost/": "WEBHOOK_ADDRESS_FORBIDDEN",
    "https://LOCALHOST/": "WEBHOOK_ADDRESS_FORBIDDEN",
    "https://localhost./": "WEBHOOK_",
    "https://①②⑦.0.0.1/": "WEBHOOK_",
    "https://[::1]/": "WEBHOOK_ADDRESS_FORBIDDEN",
    "https://[::ffff:10.0.0.1]/": "WEBHOOK_ADDRESS_FORBIDDEN",
    "https://[fe80::1%25eth0]/": "WEBHOOK_",
    "https://169.254.169.254/latest/meta-data/": "WEBHOOK_ADDRESS_FORBIDDEN",
}


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", OUTSIDE)
def test_an_address_outside_is_public(address: str) -> None:
    assert is_public(address)


@pytest.fixture
async def strict(post: Post) -> AsyncIterator[Post]:
    """Yield the outbox as it is in production."""
    settings = post.world.database.settings.model_copy(update={"webhook_private": False})
    async with Database(post.world.database.url, settings) as database:
        yield Post(type(post.world)(database, post.world.harbor, post.world.river))


@pytest.mark.parametrize("url", REFUSED)
async def test_an_address_that_will_not_do_is_refused_at_once_with_a_hint(strict: Post, url: str) -> None:
    with pytest.raises(CabinetError) as caught:
        await strict.hook(url)
    assert caught.value.code.startswith(REFUSED[url])
    assert caught.value.hint


async def test_a_name_that_leads_inside_later_is_not_followed(strict: Post, post: Post) -> None:
    """What was allowed when the hook was made is looked at again, at every attempt."""
    async with receiving() as receiver:
        await post.hook(receiver.url.replace("http://127.0.0.1", "https://localhost"))
        await post.hook(receiver.url)
        await post.enroll("Ana")
        assert sorted(await strict.errors()) == ["WEBHOOK_ADDRESS_FORBIDDEN", "WEBHOOK_URL_INVALID"]
    assert receiver.connections == 0


def answers(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Let every name have these addresses; return the names that are asked for."""
    asked: list[str] = []

    def getaddrinfo(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


async def test_a_name_with_one_address_inside_is_not_tried_at_the_other(
    strict: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers(monkeypatch, "8.8.8.8", "127.0.0.1")
    with pytest.raises(CabinetError) as caught:
        await strict.hook("https://rebinding.example.org/")
    assert caught.value.code == "WEBHOOK_ADDRESS_FORBIDDEN"


async def test_a_name_is_resolved_once_and_what_was_found_is_connected_to(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with receiving(name="receiver.example.org") as receiver:
        with monkeypatch.context() as patched:
            answers(patched, "127.0.0.1")
            await post.hook(receiver.url)
        await post.enroll("Ana")
        async with post.deliverer(asyncio.Event()) as deliverer:
            asked = answers(monkeypatch, "127.0.0.1")
            assert (await deliverer.once()).delivered == 1
    assert asked == ["receiver.example.org"]
    (request,) = receiver.requests
    assert request.headers["host"] == receiver.url.split("/")[2]


async def test_a_dead_address_is_passed_over_for_the_next(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    async with receiving() as receiver:
        await post.hook(receiver.url)
        await post.enroll("Ana")
        async with post.deliverer(asyncio.Event()) as deliverer:
            answers(monkeypatch, "127.0.0.99", "127.0.0.1")
            assert (await deliverer.once()).delivered == 1
    assert receiver.connections == 1


async def test_no_proxy_of_the_environment_is_asked(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    async with receiving() as receiver, receiving() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        await post.hook(receiver.url)
        await post.enroll("Ana")
        assert (await post.once()).delivered == 1
    assert proxy.connections == 0
