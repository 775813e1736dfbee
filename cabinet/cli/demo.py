"""`cabinet demo`: a running server with a believable community in it, in one command."""

import asyncio
import shlex
import sys
from datetime import date

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from cabinet import audit
from cabinet.cli.admin import development_token
from cabinet.cli.console import clear_errors, database_url, err, out
from cabinet.cli.serve import address, listen, run, with_address
from cabinet.communities import Community, add_community, find_organization, list_communities
from cabinet.db import Database, analyze
from cabinet.demo import COMMUNITIES, DemoBatch, demo_batches
from cabinet.errors import StartupError
from cabinet.intake.post import post
from cabinet.intake.receipt import Verdict
from cabinet.intake.rows import Kind
from cabinet.intake.source import NOBODY, Source
from cabinet.migrate import migrate, settle
from cabinet.scope import Scope
from cabinet.settings import Mode, Settings
from cabinet.tables.security import Login
from cabinet.tables.terms import Role
from cabinet.viewer import Viewer

GENERATOR = Viewer("demo generator")
WHOLE = "demo community generated"

ROLES: tuple[tuple[Role, str | None, str | None], ...] = (
    (Role.CABINET_STAFF, None, None),
    (Role.CABINET_MEMBER, None, None),
    (Role.PARTNER_AGENCY, "harbor-clubs", None),
    (Role.SECTOR_STEWARD, None, "EDUCATION"),
    (Role.SECTOR_STEWARD, None, "HEALTH"),
    (Role.SECTOR_STEWARD, None, "OUT_OF_SCHOOL_TIME"),
    (Role.SITE_CONSULTANT, None, None),
    (Role.RESEARCHER, None, None),
    (Role.OPERATOR, None, None),
    (Role.PUBLIC, None, None),
)
"""One token is printed for each; an agency's with the code of its organization, a steward's with the sector."""

GAP_QUERY = """\
{
  coverage(community: "harbor-city", services: ["AFTER_SCHOOL"], breakdownBy: [NEIGHBORHOOD]) {
    asOf
    services {
      name
      total { inNeed { value } served { value } gap { value } gapRate }
      groups { values { label } counts { inNeed { value } served { value } gap { value withheld } gapRate } }
    }
  }
}"""
"""Which children in which neighborhoods are missed by after-school programs?"""


def demo() -> None:
    """Serve a generated demo community from a database in ./.cabinet, until Ctrl-C.

    The first start makes the community (seeded: the same every time); later starts reuse it. All children,
    families and organizations in it are invented.
    """
    settings = with_address(Settings(mode=Mode.DEMO), None, None)

    async def ready(database: Database) -> None:
        await _print_welcome(database, settings, address(listener))

    with clear_errors(), listen(settings) as listener, database_url(settings) as url:
        migrate(url)
        asyncio.run(prepare(url, settings))
        run(url, settings, listener, ready)


async def prepare(url: str, settings: Settings) -> None:
    """Settle the database and generate the demo communities that are not there whole yet."""
    await settle(url, settings)
    async with Database(url, settings) as database:
        there = {community.code: community for community in await list_communities(database)}
        for demo_community in COMMUNITIES:
            made = there.get(demo_community.code) or await add_community(database, **vars(demo_community))
            if not await is_whole(database, made):
                await generate(database, made, made.today)


async def generate(database: Database, community: Community, day: date) -> None:
    """Post the rows of a generated community, as its partners would.

    A start that was cut short is taken up again by posting all of it: what is there stays as it is.
    """
    batches = demo_batches(community.code, day)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err) as progress:
        task = progress.add_task(f"Making {community.name}", total=sum(len(batch.rows) for batch in batches))
        for batch in batches:
            await post_batch(database, community, batch, day)
            progress.advance(task, len(batch.rows))
    async with database.transaction(operator_scope(community)) as connection:
        await audit.record(connection, GENERATOR, community.community_id, WHOLE, {"day": day})
    await analyze(database.url)


async def is_whole(database: Database, community: Community) -> bool:
    async with database.transaction(operator_scope(community)) as connection:
        found: bool = await connection.fetchval(
            "SELECT EXISTS (SELECT FROM audit_event WHERE community_id = $1 AND action = $2)",
            community.community_id,
            WHOLE,
        )
        return found


def operator_scope(community: Community) -> Scope:
    return Scope(Login.OPERATOR, (community.community_id,), subject=GENERATOR.subject)


async def post_batch(database: Database, community: Community, batch: DemoBatch, day: date) -> None:
    organization_id, sector = NOBODY, ""
    if batch.kind is not Kind.ORGANIZATION:
        organization = await find_organization(database, community, batch.source)
        organization_id, sector = organization.organization_id, organization.sector
    source = Source(community.community_id, organization_id, sector, "demo", day, GENERATOR)
    receipt = await post(database, source, batch.kind, batch.rows)
    rejected = [outcome for outcome in receipt.outcomes if outcome.verdict is Verdict.REJECTED]
    if rejected:
        raise StartupError(f"The generated {batch.kind} of {batch.source} was refused: {rejected[0].problems}")


async def _print_welcome(database: Database, settings: Settings, url: str) -> None:
    """Print the ready line, a token for every role and the query to begin with."""
    community = COMMUNITIES[0]
    out.print(f"\n[bold]Tokens for {community.name}[/] ({community.code}), one for each role:\n")
    for role, organization, sector in ROLES:
        signed = await development_token(database, settings, community.code, role, organization, sector)
        out.print(f"  [bold]{' '.join(filter(None, (role, organization, sector)))}[/]\n  {signed}")
    staff = await development_token(database, settings, community.code, Role.CABINET_STAFF)
    out.print("\nWhich children in which neighborhoods are missed by after-school programs? Paste:\n")
    out.print(paste(url, staff), markup=False)
    out.print(f"\nReady on {url}  (Ctrl-C stops the server and its database)", style="bold green")


def paste(url: str, token: str) -> str:
    """Return the gap query as a command for another terminal."""
    query = "\n".join(f"  {line}" for line in GAP_QUERY.splitlines())
    command = shlex.quote(sys.argv[0])
    return f"{command} query - --url {url} --token {token} <<'QUERY'\n{query}\nQUERY"
