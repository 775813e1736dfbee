"""`cabinet outbox`: webhooks, and the process that delivers to them."""

import asyncio
import getpass
import logging
import signal
from typing import Annotated
from uuid import UUID

import typer
from rich.markup import escape

from cabinet.cli.console import EXIT_REJECTED, out, print_json, with_database
from cabinet.communities import find_community, list_communities
from cabinet.db import Database
from cabinet.outbox.dead import Dead, list_dead
from cabinet.outbox.dead import retry as retry_delivery
from cabinet.outbox.deliver import Deliverer, Tally
from cabinet.outbox.event import TOPICS
from cabinet.outbox.hooks import Hook, add_hook, list_hooks, remove_hook
from cabinet.settings import LOG_FORMAT
from cabinet.viewer import Viewer

outbox = typer.Typer(name="outbox", no_args_is_help=True, help="Tell organizations' own systems what happened.")
hook = typer.Typer(name="hook", no_args_is_help=True, help="Say who is told, and where.")
outbox.add_typer(hook)

CommunityOption = Annotated[
    str, typer.Option("--community", help="Code or id of the community.", show_default=False)
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def _viewer() -> Viewer:
    return Viewer(f"command line: {getpass.getuser()}")


@hook.command("add")
def hook_add(
    url: Annotated[str, typer.Argument(help="Address that takes POSTs, by https.", show_default=False)],
    community: CommunityOption,
    organization: Annotated[
        str, typer.Option("--organization", help="Code of the organization that is told.", show_default=False)
    ],
    events: Annotated[
        list[str] | None,
        typer.Option("--events", help=f"Repeat for several; without: all of {', '.join(TOPICS)}."),
    ] = None,
) -> None:
    """Register a webhook, and print its secret, which is not shown again.

    An organization is told of its own posts, and of what changed in the supply of services. docs/webhooks.md is
    for those who write the receiver.
    """

    async def work(database: Database) -> tuple[UUID, str]:
        found = await find_community(database, community)
        return await add_hook(database, _viewer(), found, organization, url, events or ())

    webhook_id, secret = with_database(work)
    out.print(f"Webhook {webhook_id} is registered. Its secret, shown this once:")
    out.print(secret)


@hook.command("list")
def hook_list(community: CommunityOption, *, as_json: JsonOption = False) -> None:
    """List the webhooks of a community, with what waits for them."""

    async def work(database: Database) -> list[Hook]:
        return await list_hooks(database, await find_community(database, community))

    found = with_database(work)
    if as_json:
        print_json([vars(each) for each in found])
        return
    for each in found:
        events = ", ".join(each.topics) or "all events"
        state = f"{each.waiting:,} waiting, failed {each.failures:,} times in a row"
        out.print(escape(f"{each.webhook_id}  {each.organization}  {each.url}  {events}  {state}"))


@hook.command("remove")
def hook_remove(
    webhook: Annotated[UUID, typer.Argument(help="Id of the webhook.", show_default=False)],
    community: CommunityOption,
) -> None:
    """Remove a webhook, with its secret and what waits for it."""

    async def work(database: Database) -> None:
        await remove_hook(database, _viewer(), await find_community(database, community), webhook)

    with_database(work)
    out.print(f"Webhook {webhook} is removed.")


@outbox.command("deliver")
def deliver(*, once: Annotated[bool, typer.Option("--once", help="Deliver what is due and end.")] = False) -> None:
    """Deliver to webhooks until Ctrl-C. Several of these may run at once, beside `cabinet serve`.

    With --once, exit code 3: some deliveries failed, and are due again later.
    """
    logging.basicConfig(level=logging.WARNING, format=LOG_FORMAT)

    async def work(database: Database) -> Tally:
        ending = asyncio.Event()
        for each in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(each, ending.set)
        deliverer = Deliverer(database, ending)
        if not once:
            out.print("Delivering. Ctrl-C ends it.")
        return await (deliverer.once() if once else deliverer.forever())

    tally = with_database(work)
    out.print(f"{tally.delivered:,} delivered, {tally.failed:,} attempts failed, {tally.given_up:,} given up.")
    if once and tally.failed:
        raise typer.Exit(EXIT_REJECTED)


@outbox.command("dead")
def dead(
    community: Annotated[str | None, typer.Option(help="Code or id; without: every community.")] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """List the deliveries that were given up, with the reason."""

    async def work(database: Database) -> list[Dead]:
        where = [await find_community(database, community)] if community else await list_communities(database)
        return [each for one in where for each in await list_dead(database, one)]

    found = with_database(work)
    if as_json:
        print_json([vars(each) for each in found])
        return
    for each in found:
        whom = f"{each.community}  {each.organization}  {each.url}"
        told = f"{each.topic} of {each.recorded_at:%Y-%m-%d %H:%M}, tried {each.attempts:,} times"
        out.print(escape(f"{each.delivery_id}  {whom}  {told}  {each.last_error}"))


@outbox.command("retry")
def retry(
    deliveries: Annotated[list[UUID], typer.Argument(help="Ids, as `dead` lists them.", show_default=False)],
) -> None:
    """Let deliveries that were given up be tried again."""

    async def work(database: Database) -> None:
        for each in deliveries:
            await retry_delivery(database, _viewer(), each)

    with_database(work)
    out.print(f"{len(deliveries):,} delivery(s) will be tried again.")
