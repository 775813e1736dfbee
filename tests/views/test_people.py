"""What is promised of sharing a view with people by name: it reaches who is named, or says that nobody is."""

import pytest

from cabinet.communities import end_membership
from cabinet.tables.terms import Role
from tests.client import Client
from tests.views.test_views import SHARE, names, save

AGENCY = "PARTNER_AGENCY:harbor:club:HEALTH"


async def test_a_misspelled_person_is_told_of_and_nothing_is_shared(client: Client) -> None:
    consultant, agency = await client.token(Role.SITE_CONSULTANT), await client.token(Role.PARTNER_AGENCY)
    view = (await save(client, consultant))["id"]
    people = [{"person": AGENCY}, {"person": AGENCY.lower()}]
    answer = await client.ask(SHARE, consultant, **{"id": view, "with": people})
    assert answer["errors"][0]["extensions"]["code"] == "INPUT_INVALID"
    assert AGENCY.lower() in answer["errors"][0]["message"]
    assert await names(client, agency) == []
    await client.data(SHARE, consultant, **{"id": view, "with": people[:1]})
    assert await names(client, agency) == ["After school"]


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.PUBLIC])
async def test_who_sees_no_views_is_nobody_to_share_with(client: Client, role: Role) -> None:
    consultant = await client.token(Role.SITE_CONSULTANT)
    await client.token(role)
    view = (await save(client, consultant))["id"]
    person = {"person": f"{role}:harbor:club:HEALTH"}
    assert await client.code(SHARE, consultant, **{"id": view, "with": [person]}) == "INPUT_INVALID"


async def test_who_is_of_another_community_or_of_this_one_no_more_is_nobody_here(client: Client) -> None:
    consultant = await client.token(Role.SITE_CONSULTANT)
    view = (await save(client, consultant))["id"]
    await client.token(Role.RESEARCHER, client.world.river)
    river = {"person": "RESEARCHER:river:club:HEALTH"}
    assert await client.code(SHARE, consultant, **{"id": view, "with": [river]}) == "INPUT_INVALID"
    await client.token(Role.PARTNER_AGENCY)
    await end_membership(client.world.database, client.world.harbor, AGENCY)
    assert await client.code(SHARE, consultant, **{"id": view, "with": [{"person": AGENCY}]}) == "INPUT_INVALID"
