"""Where a webhook may lead: to the public internet, and into private networks only if a setting says so."""

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import httpx

from cabinet.errors import WebhookAddressForbidden, WebhookUnreachable, WebhookUrlInvalid

_LONGEST = 2_000
_HIGHEST_PORT = 65_535
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
_IPV4_BITS = 0xFFFFFFFF


def read_url(text: str, *, private: bool) -> httpx.URL:
    """Read the address of a webhook: https, or also http where private networks are allowed.

    Raises WebhookUrlInvalid.
    """
    if len(text) > _LONGEST or not text.isprintable() or " " in text:
        raise WebhookUrlInvalid("The address is too long, or holds spaces or control characters.")
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL as error:
        raise WebhookUrlInvalid(f"The address cannot be read: {error}") from error
    if url.scheme not in (("https", "http") if private else ("https",)):
        raise WebhookUrlInvalid("Events are delivered by https only.")
    if not url.host or url.userinfo or url.fragment:
        raise WebhookUrlInvalid
    if not 0 < port_of(url) <= _HIGHEST_PORT:
        raise WebhookUrlInvalid(f"There is no port {url.port}.")
    return url


def port_of(url: httpx.URL) -> int:
    return url.port if url.port is not None else {"http": 80, "https": 443}[url.scheme]


async def resolve(url: httpx.URL, *, private: bool) -> list[str]:
    """Return the addresses the host has now, to connect to these and no others.

    One address that is not public condemns the name: who answers both ways may be trying. Raises
    WebhookUnreachable, WebhookAddressForbidden.
    """
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(url.raw_host.decode(), port_of(url), type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise WebhookUnreachable(f"The name {url.host} has no address.") from error
    addresses = list(dict.fromkeys(str(address[0]) for *_, address in found))
    if not private and not all(map(is_public, addresses)):
        raise WebhookAddressForbidden
    return addresses


def is_public(text: str) -> bool:
    """Whether an address is of the public internet, what IPv6 wraps of IPv4 included."""
    address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv4Address):
        return address.is_global and not address.is_multicast
    if address in _NAT64:
        return is_public(str(IPv4Address(int(address) & _IPV4_BITS)))
    return _is_public_ipv6(address)


def _is_public_ipv6(address: IPv6Address) -> bool:
    # 6to4 and Teredo lead to an IPv4 address of the sender's choice; nobody receives webhooks there.
    is_tunnel = address.sixtofour is not None or address.teredo is not None
    return address in _GLOBAL_UNICAST and address.is_global and not is_tunnel
