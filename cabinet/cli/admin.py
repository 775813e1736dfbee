"""`cabinet community`, `cabinet member`, `cabinet token`: what the operator does."""

from typing import Annotated

import typer

from cabinet.cli.console import clear_errors, out, print_json, with_database
from cabinet.cli.mapping import mapping
from cabinet.communities import (
    add_community,
    add_member,
    end_membership,
    find_community,
    list_communities,
)
from cabinet.db import Database
from cabinet.errors import DevelopmentOnly
from cabinet.settings import Settings
from cabinet.tables.terms import Role
from cabinet.viewer import Tokens

community = typer.Typer(name="community", no_args_is_help=True, help="Make and list communities.")
community.add_typer(mapping)
member = typer.Typer(name="member", no_args_is_help=True, help="Say who belongs to a community, and as what.")

CommunityOption = Annotated[
    str, typer.Option("--community", help="Code or id of the community.", show_default=False)
]
RoleOption = Annotated[Role, typer.Option("--role", help="The role.", case_sensitive=False, show_default=False)]
OrganizationOption = Annotated[str | None, typer.Option("--organization", help="Code; goes with PARTNER_AGENCY.")]
SectorOption = Annotated[str | None, typer.Option("--sector", help="Code; goes with SECTOR_STEWARD.")]


@community.command("add")
def community_add(
    code: Annotated[str, typer.Argument(help="Short name, for example harbor-city.", show_default=False)],
    name: Annotated[str, typer.Argument(help="Name as people know it.", show_default=False)],
    state: Annotated[str | None, typer.Option(help="USPS state code.")] = None,
    time_zone: Annotated[str, typer.Option(help="IANA time zone.")] = "America/New_York",
) -> None:
    """Make a community, with the service types of every sector."""
    made = with_database(lambda database: add_community(database, code, name, state, time_zone))
    out.print(f"{made.name} is {made.code}, id {made.community_id}.")


@community.command("list")
def community_list(*, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List the communities of this server."""
    found = with_database(list_communities)
    if as_json:
        print_json([vars(each) for each in found])
    else:
        for each in found:
            out.print(f"{each.code}  {each.name}  {each.community_id}")


@member.command("add")
def member_add(
    subject: Annotated[str, typer.Argument(help="`sub` of the identity provider.", show_default=False)],
    community: CommunityOption,
    role: RoleOption,
    organization: OrganizationOption = None,
    sector: SectorOption = None,
) -> None:
    """Give somebody a role in a community."""

    async def work(database: Database) -> None:
        found = await find_community(database, community)
        await add_member(database, found, subject, role, organization=organization, sector=sector)

    with_database(work)
    out.print(f"{subject} is {role} of {community}.")


@member.command("end")
def member_end(
    subject: Annotated[str, typer.Argument(help="`sub` of the identity provider.", show_default=False)],
    community: CommunityOption,
) -> None:
    """End every role somebody has in a community, from now on."""

    async def work(database: Database) -> int:
        return await end_membership(database, await find_community(database, community), subject)

    out.print(f"{with_database(work)} membership(s) ended.")


def token(
    role: RoleOption,
    community: CommunityOption,
    organization: OrganizationOption = None,
    sector: SectorOption = None,
) -> None:
    """Print a development token for a role (demo and development mode only).

    Makes the membership if it is not there; what a token may do is decided by memberships, never by the token.
    """
    settings = Settings()

    async def work(database: Database) -> str:
        found = await find_community(database, community)
        return await development_token(database, settings, found.code, role, organization, sector)

    with clear_errors():
        if not settings.issues_tokens:
            raise DevelopmentOnly
    out.print(with_database(work))


async def development_token(
    database: Database,
    settings: Settings,
    community: str,
    role: Role,
    organization: str | None = None,
    sector: str | None = None,
) -> str:
    """Give the role to a subject named after it, and sign a token for that subject."""
    found = await find_community(database, community)
    subject = ":".join(filter(None, ("development", found.code, role.lower(), organization, sector)))
    await add_member(database, found, subject, role, organization=organization, sector=sector)
    return Tokens(settings).issue(subject)
