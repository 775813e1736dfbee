"""The deliverer: address, claim, send, settle, over every community; as many processes of it as are needed."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from time import time

from cabinet.communities import list_communities
from cabinet.db import Database
from cabinet.errors import CabinetError
from cabinet.outbox.address import address
from cabinet.outbox.claim import Claim, Waiting, claim, oldest
from cabinet.outbox.sender import Sender
from cabinet.outbox.settle import delivered, failed, release
from cabinet.outbox.signature import signed_headers

_TURNS = 32
"""Webhooks sent to at a time: one that hangs holds up its own events and nobody else's."""

_log = logging.getLogger(__name__)


@dataclass
class Tally:
    """What became of the attempts so far."""

    delivered: int = 0
    failed: int = 0
    given_up: int = 0


class Deliverer:
    """Delivers what waits, each webhook's events in their order, until `ending` is set."""

    def __init__(self, database: Database, ending: asyncio.Event) -> None:
        self._database, self._ending = database, ending
        self._sender = Sender(database.settings)
        self._open = 0
        self.tally = Tally()

    async def once(self) -> Tally:
        """Deliver what is due now, and return when nothing is; what failed is due later."""
        while claims := await self._claim():
            await asyncio.gather(*map(self._turn, claims))
        return self.tally

    async def forever(self) -> Tally:
        """Deliver what becomes due, until told to end; attempts under way are ended first."""
        async with asyncio.TaskGroup() as turns:
            while not self._ending.is_set():
                with self._going_on("looking for what is due"):
                    for each in await self._claim():
                        turns.create_task(self._turn(each))
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._database.settings.webhook_poll_seconds):
                        await self._ending.wait()
        return self.tally

    async def _claim(self) -> list[Claim]:
        """Take the webhooks that are due; a community where that fails holds up no other."""
        claims: list[Claim] = []
        for community in await list_communities(self._database):
            with self._going_on(f"looking for what is due in {community.code}"):
                await address(self._database, community.community_id)
                free = _TURNS - self._open - len(claims)
                if free > 0 and not self._ending.is_set():
                    claims += await claim(self._database, community, free)
        return claims

    async def _turn(self, held: Claim) -> None:
        """Send to one webhook until nothing waits or one attempt fails."""
        self._open += 1
        try:
            with self._going_on(f"delivering to webhook {held.webhook_id}"):
                await self._send_all(held)
        finally:
            self._open -= 1

    async def _send_all(self, held: Claim) -> None:
        claim: Claim | None = held
        while claim is not None:
            waiting = None if self._ending.is_set() else await oldest(self._database, claim)
            # If the database kept us waiting for so long, another may have the webhook by the end of an attempt.
            if waiting is None or not claim.is_sendable:
                await release(self._database, claim)
                return
            claim = await self._send(claim, waiting)

    async def _send(self, claim: Claim, waiting: Waiting) -> Claim | None:
        """Make one attempt; return the claim if there may be another at once."""
        body = waiting.event.body()
        headers = signed_headers(claim.secret, waiting.event.message_id, int(time()), body)
        try:
            await self._sender.post(claim.url, headers, body)
        except CabinetError as problem:
            await self._put_off(claim, waiting, problem)
            return None
        self.tally.delivered += 1
        return await delivered(self._database, claim, waiting)

    async def _put_off(self, claim: Claim, waiting: Waiting, problem: CabinetError) -> None:
        is_dead = await failed(self._database, claim, waiting, problem)
        self.tally.failed += 1
        self.tally.given_up += is_dead
        what = "given up" if is_dead else "put off"
        _log.warning("Delivery %s is %s: %s %s", waiting.delivery_id, what, problem.code, problem.message)

    @contextmanager
    def _going_on(self, doing: str) -> Iterator[None]:
        """Log and count a failure of our own, and go on: what was claimed is due again when the claim ends."""
        try:
            yield
        except CabinetError as error:
            self.tally.failed += 1
            _log.warning("Failed at %s: %s %s", doing, error.code, error.message)
        except Exception:  # noqa: BLE001 - one defect must not keep the other webhooks waiting.
            self.tally.failed += 1
            _log.exception("Failed at %s", doing)
