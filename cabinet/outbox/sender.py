"""One POST to a receiver that is trusted with nothing: not with time, not with memory, not with our network."""

import asyncio

import httpx

from cabinet.errors import WebhookRefused, WebhookTimeout, WebhookUnreachable
from cabinet.outbox.destination import read_url, resolve
from cabinet.settings import Settings

_SHOWN = 200
"""Letters that are kept of why a connection failed."""


class Sender:
    """Posts signed events, each on a connection of its own to an address that was looked at before."""

    def __init__(self, settings: Settings) -> None:
        self._seconds, self._private = settings.webhook_seconds, settings.webhook_private
        # SSL_CERT_FILE names other authorities, for receivers inside.
        self._tls = httpx.create_ssl_context()

    async def post(self, url: str, headers: dict[str, str], body: bytes) -> None:
        """Post the body, and return once the receiver has answered 2xx.

        Raises WebhookAddressForbidden, WebhookUnreachable, WebhookTimeout, WebhookRefused, WebhookUrlInvalid.
        """
        try:
            # One limit for all of it: a receiver that says a letter a second is no better than a silent one.
            async with asyncio.timeout(self._seconds):
                status = await self._post(read_url(url, private=self._private), headers, body)
        except TimeoutError as error:
            raise WebhookTimeout(f"The receiver did not answer within {self._seconds:g} seconds.") from error
        except (httpx.HTTPError, OSError) as error:
            raise WebhookUnreachable(f"The receiver could not be asked: {_said(error)}") from error
        if not httpx.codes.is_success(status):
            raise WebhookRefused(f"The receiver answered {status}.")

    async def _post(self, url: httpx.URL, headers: dict[str, str], body: bytes) -> int:
        *others, last = await resolve(url, private=self._private)
        for address in others:
            try:
                return await self._post_to(address, url, headers, body)
            except httpx.ConnectError:
                # Nothing was sent; a host without IPv6 finds the IPv4 address next.
                continue
        return await self._post_to(last, url, headers, body)

    async def _post_to(self, address: str, url: httpx.URL, headers: dict[str, str], body: bytes) -> int:
        """Post to the address as if it had been found by the name, and return the status.

        Redirects, cookies, proxies and the body of the answer are left alone.
        """
        named = {
            "Host": url.netloc.decode(),
            "Content-Type": "application/json",
            "User-Agent": "childrens-cabinet",
            "Connection": "close",
            **headers,
        }
        # The certificate must be the name's: it is asked for and checked by it.
        names = {"sni_hostname": url.raw_host.decode()}
        # A client for each: a pool would share connections between names that live at one address.
        async with (
            httpx.AsyncClient(verify=self._tls, trust_env=False, timeout=None) as client,  # noqa: S113 - above.
            client.stream(
                "POST", url.copy_with(host=address), content=body, headers=named, extensions=names
            ) as response,
        ):
            return response.status_code


def _said(error: Exception) -> str:
    text = str(error) or type(error).__name__
    return "".join(letter for letter in text[:_SHOWN] if letter.isprintable())
