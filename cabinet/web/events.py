"""The GraphQL endpoint for who accepts a stream of events: subscriptions, and anything else as a stream of one."""

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack, aclosing, suppress
from dataclasses import dataclass
from typing import Any

from cabinet.errors import CabinetError, MembershipChanged
from cabinet.live.hub import Hub
from cabinet.read.loaders import Loaders
from cabinet.web.body import Receive
from cabinet.web.graphql import Asked, GraphQLEndpoint, Send, answer_of, asked_kind, mask
from cabinet.web.sse import EventStream, Stalled, takes_json
from resolvers.live import LiveContext
from schema.api import api


class _Disconnected(Exception):
    """The client is gone."""


@dataclass
class EventEndpoint(GraphQLEndpoint):
    """Answers /graphql with events.

    What is wrong with the operation is an event too, as the protocol has it; what is no GraphQL request, or comes
    with a token that is not accepted, is refused as it is everywhere.
    """

    hub: Hub
    ending: asyncio.Event

    async def respond(self, asked: Asked, receive: Receive, send: Send) -> None:
        if takes_json(asked.headers.items()) and asked_kind(asked.request) != "subscription":
            await super().respond(asked, receive, send)
            return
        with suppress(_Disconnected, Stalled):
            await self._answer_with_events(asked, receive, EventStream(send))

    async def _answer_with_events(self, asked: Asked, receive: Receive, stream: EventStream) -> None:
        try:
            if asked_kind(asked.request) == "subscription":
                await self._subscription(asked, receive, stream)
            else:
                await stream.next((await self.answer(asked.request, asked.viewer))[1])
        except (_Disconnected, Stalled):
            raise
        except CabinetError as error:
            await stream.next(error.as_body())
        except Exception as error:  # noqa: BLE001 - the head of the answer may be sent; it ends as events do.
            await stream.next(mask(error).as_body())
        await stream.complete()

    async def _subscription(self, asked: Asked, receive: Receive, stream: EventStream) -> None:
        """Send events until the source, the client, the viewer's rights or the server end it."""
        await first_of(
            self._send_results(asked, stream),
            self._beat(asked, stream),
            _disconnect(receive),
            self.ending.wait(),
        )

    async def _send_results(self, asked: Asked, stream: EventStream) -> None:
        async with AsyncExitStack() as exits:
            context = LiveContext(
                self.database,
                self.settings,
                asked.viewer,
                Loaders(self.database),
                hub=self.hub,
                opened=stream.open,
                still_themselves=lambda: self._check_viewer(asked),
                exits=exits,
            )
            results = await api.subscribe(
                asked.request.query,
                variable_values=asked.request.variables,
                context_value=context,
                operation_name=asked.request.operation_name,
            )
            async with aclosing(results):
                async for result in results:
                    await stream.next(answer_of(result)[1])

    async def _beat(self, asked: Asked, stream: EventStream) -> None:
        while True:
            await asyncio.sleep(self.settings.live_beat_seconds)
            await self._check_viewer(asked)
            await stream.beat()

    async def _check_viewer(self, asked: Asked) -> None:
        """Find out anew who asks; raise TokenInvalid or MembershipChanged if it is no longer who subscribed."""
        viewer = await self.viewer(asked.headers)
        if set(viewer.memberships) != set(asked.viewer.memberships):
            raise MembershipChanged


async def _disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    raise _Disconnected


async def first_of(*works: Coroutine[Any, Any, Any]) -> None:
    """Run all until the first of them ends, however it does, and stop the others before returning."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()
