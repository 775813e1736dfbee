"""The GraphQL endpoint for who accepts a stream of events: subscriptions, and anything else as a stream of one."""

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack, aclosing, suppress
from typing import Any

import orjson
from graphql import OperationType

from cabinet.errors import CabinetError, DocumentInvalid, MembershipChanged, MethodNotAllowed
from cabinet.live.hub import Hub
from cabinet.read.answer import Answer
from cabinet.read.document import Document, ValidationFailed
from cabinet.read.loaders import Loaders
from cabinet.read.variables import VariablesInvalid
from cabinet.web.accept import Form
from cabinet.web.body import Message, Receive, Send, disconnected
from cabinet.web.executed import document_refused, executed, mask
from cabinet.web.graphql import Asked, Call, GraphQLEndpoint
from cabinet.web.response import Response
from cabinet.web.sse import EventStream, Stalled, takes_json
from resolvers.live import LiveContext
from schema.api import api


class _Disconnected(Exception):
    """The client is gone."""


class EventEndpoint:
    """Answers /graphql with events.

    What is wrong with the operation is an event too, as the protocol has it; what is no GraphQL request, or comes
    with a token that is not accepted, is refused as it is everywhere.
    """

    def __init__(self, graphql: GraphQLEndpoint, hub: Hub, ending: asyncio.Event) -> None:
        self.graphql = graphql
        self.database, self.settings = graphql.database, graphql.settings
        self.hub, self.ending = hub, ending

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        call = Call(scope)
        takes_both = takes_json(call.headers.items())
        if call.method != "POST" and takes_both:
            await self.graphql(scope, receive, send)
            return
        try:
            asked = await self._read(call, receive)
        except Exception as error:  # noqa: BLE001 - it is sent as any other endpoint sends it.
            await self.graphql.deliver(call, send, _raise(error), Form())
            return
        if takes_both and not _subscribes(asked):
            await self.graphql.deliver(call, send, self.graphql.respond_to(call, asked))
        else:
            with suppress(_Disconnected, Stalled):
                await self._answer_with_events(call, asked, receive, EventStream(send))

    async def _read(self, call: Call, receive: Receive) -> Asked:
        if call.method != "POST":
            raise MethodNotAllowed("Events are an answer to a POST.")
        return await self.graphql.read(call, receive)

    async def _answer_with_events(self, call: Call, asked: Asked, receive: Receive, stream: EventStream) -> None:
        try:
            document = asked.document()
            if document.operation.operation is OperationType.SUBSCRIPTION:
                await self._subscription(asked, document, receive, stream)
            else:
                await stream.next((await self.graphql.answer(asked, document, call.timing)).content)
        except (_Disconnected, Stalled):
            raise
        except (DocumentInvalid, ValidationFailed) as error:
            await stream.next(document_refused(error).content)
        except CabinetError as error:
            await stream.next(orjson.dumps(error.as_body()))
        except Exception as error:  # noqa: BLE001 - the head of the answer may be sent; it ends as events do.
            await stream.next(orjson.dumps(mask(error).as_body()))
        await stream.complete()

    async def _subscription(self, asked: Asked, document: Document, receive: Receive, stream: EventStream) -> None:
        """Send events until the source, the client, the viewer's rights or the server end it."""
        await first_of(
            self._send_results(asked, document, stream),
            self._beat(asked, stream),
            _disconnect(receive),
            self.ending.wait(),
        )

    async def _send_results(self, asked: Asked, document: Document, stream: EventStream) -> None:
        async with AsyncExitStack() as exits:
            context = LiveContext(
                self.database,
                self.settings,
                asked.viewer,
                Loaders(self.database),
                self.graphql.reader.directory,
                hub=self.hub,
                opened=stream.open,
                still_themselves=lambda: self._check_viewer(asked),
                exits=exits,
            )
            # What is wrong with the variables is said by the subscription itself.
            with suppress(VariablesInvalid):
                self.graphql.reader.check(document, asked.request.variables, asked.viewer)
            results = api.listen(document.ast, asked.request.variables, context)
            async with aclosing(results):
                async for result in results:
                    answer = Answer(result.data, result.errors or (), tuple(context.withheld))
                    await stream.next(executed(answer).content)

    async def _beat(self, asked: Asked, stream: EventStream) -> None:
        while True:
            await asyncio.sleep(self.settings.live_beat_seconds)
            await self._check_viewer(asked)
            await stream.beat()

    async def _check_viewer(self, asked: Asked) -> None:
        """Find out anew who asks; raise TokenInvalid or MembershipChanged if it is no longer who subscribed."""
        viewer = await self.graphql.viewer(asked.headers)
        if set(viewer.memberships) != set(asked.viewer.memberships):
            raise MembershipChanged


async def _raise(error: Exception) -> Response:
    raise error


def _subscribes(asked: Asked) -> bool:
    try:
        return asked.document().operation.operation is OperationType.SUBSCRIPTION
    except (DocumentInvalid, ValidationFailed):
        return False


async def _disconnect(receive: Receive) -> None:
    await disconnected(receive)
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
