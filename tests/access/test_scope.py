"""Whose rows each role sees, in the API and once more in the database."""

import asyncio
import random
from datetime import timedelta
from typing import Any

import asyncpg
import jwt
import pytest

from cabinet import tables
from cabinet.communities import end_membership
from cabinet.db import Database
from cabinet.errors import CabinetError
from cabinet.read.rows import encode_id
from cabinet.scope import Scope
from cabinet.tables.security import Login
from cabinet.tables.terms import Role
from cabinet.viewer import Tokens
from tests.client import Client
from tests.world import World, child, enrollment

CHILDREN = '{ children(community: "harbor") { totalCount nodes { id identities { givenName address } } } }'


async def three_agencies(world: World) -> None:
    """Ana is the district's, the clinic's and the club's; Bo the club's and the arts'; Cy the district's alone."""
    ana, bo = child("1", "Ana"), child("2", "Bo", sex="MALE")
    at_clinic = {**ana, "identity": {**ana["identity"], "given_name": "ANA", "address": "1 Elm St"}}
    await world.roster("district", ana, child("3", "Cy"))
    await world.roster("clinic", at_clinic)
    await world.enroll("club", enrollment("e1", ana, "after"), enrollment("e2", bo, "after"))
    await world.enroll("arts", enrollment("e1", bo, "paint"))


def given_names(data: dict[str, Any]) -> list[list[str]]:
    nodes = data["children"]["nodes"]
    return sorted(sorted(said["givenName"] for said in node["identities"]) for node in nodes)


async def test_everybody_sees_their_own_children_as_they_said_them(client: Client) -> None:
    await three_agencies(client.world)
    seen = {}
    for name in ("club", "arts"):
        token = await client.token(Role.PARTNER_AGENCY, organization=name)
        seen[name] = given_names(await client.data(CHILDREN, token))
    for sector in ("EDUCATION", "HEALTH", "OUT_OF_SCHOOL_TIME"):
        token = await client.token(Role.SECTOR_STEWARD, sector=sector)
        seen[sector] = given_names(await client.data(CHILDREN, token))
    assert seen == {
        "club": [["Ana"], ["Bo"]],
        "arts": [["Bo"]],
        "EDUCATION": [["Ana"], ["Cy"]],
        "HEALTH": [["ANA"]],
        "OUT_OF_SCHOOL_TIME": [["Ana"], ["Bo", "Bo"]],
    }


async def test_an_agency_never_sees_another_agencys_client_or_enrollment(client: Client) -> None:
    await three_agencies(client.world)
    club = await client.token(Role.PARTNER_AGENCY, organization="club")
    arts = await client.token(Role.PARTNER_AGENCY, organization="arts")
    query = '{ children(community: "harbor") { nodes { id enrollments { nodes { id program { code } } } } } }'
    nodes = (await client.data(query, club))["children"]["nodes"]
    assert {e["program"]["code"] for node in nodes for e in node["enrollments"]["nodes"]} == {"after"}
    node_query = "query($id: ID!) { node(id: $id) { id } }"
    for node in nodes:
        assert (await client.data(node_query, club, id=node["id"]))["node"] == {"id": node["id"]}
        assert (await client.data(node_query, arts, id=node["id"]))["node"] is None
        for each in node["enrollments"]["nodes"]:
            assert (await client.data(node_query, arts, id=each["id"]))["node"] is None
    own = (await client.data(query, arts))["children"]["nodes"]
    assert (len(nodes), len(own)) == (2, 1), "of two clients one is the other's as well, by another reference"


async def test_an_id_that_names_two_communities_leads_to_neither(client: Client) -> None:
    """A community read by the rights in another would be kept apart by row-level security alone."""
    harbor, river = client.world.harbor.community_id, client.world.river.community_id
    token = await client.token(Role.SECTOR_STEWARD, sector="OUT_OF_SCHOOL_TIME")
    query = "query($id: ID!) { node(id: $id) { ... on Community { code programs { totalCount } } } }"
    known = await client.data(query, token, id=encode_id(tables.community, river, river))
    assert known["node"] == {"code": "river", "programs": {"totalCount": 1}}
    assert await client.code(query, token, id=encode_id(tables.community, harbor, river)) == "NOT_FOUND"


async def test_a_membership_that_has_ended_opens_nothing(client: Client) -> None:
    token = await client.token(Role.CABINET_STAFF)
    query = '{ coverage(community: "harbor") { asOf } }'
    await client.data(query, token)
    subject = jwt.decode(token, options={"verify_signature": False})["sub"]
    assert await end_membership(client.world.database, client.world.harbor, subject) == 1
    assert await client.code(query, token) == "FORBIDDEN"


def forged(tokens: Tokens, **changes: Any) -> str:
    claims = jwt.decode(tokens.issue("x"), options={"verify_signature": False})
    key, algorithm = changes.pop("key", tokens.development_key), changes.pop("algorithm", "HS256")
    return jwt.encode({**claims, **changes}, key, algorithm=algorithm)


async def test_a_token_is_believed_only_if_it_is_signed_in_time_and_meant_for_us(client: Client) -> None:
    tokens = client.tokens
    bad = [
        forged(tokens, key="k" * 40),
        forged(tokens, key="", algorithm="none"),
        forged(tokens, iss="someone else"),
        forged(tokens, aud="another service"),
        tokens.issue("x", lifetime=timedelta(days=-1)),
        forged(tokens, sub="it's"),
        "not-a-token",
    ]
    for token in bad:
        headers = {"Authorization": f"Bearer {token}"}
        response = await client.http.post("/graphql", json={"query": "{ __typename }"}, headers=headers)
        assert response.status_code == 401, token
        assert response.json()["errors"][0]["extensions"]["code"] == "TOKEN_INVALID"
    claimed = forged(tokens, role="CABINET_STAFF", roles=["OPERATOR"], communities=["harbor"])
    assert await client.code('{ coverage(community: "harbor") { asOf } }', claimed) == "FORBIDDEN"


async def test_the_database_alone_keeps_the_scopes_apart(world: World) -> None:
    await three_agencies(world)
    harbor, river = world.harbor.community_id, world.river.community_id
    club = (await world.source("club")).organization_id

    async def count(scope: Scope, table: str) -> int:
        async with world.database.transaction(scope) as connection:
            total: int = await connection.fetchval(f"SELECT count(*) FROM {table}")
            return total

    child_login, writer = Login.READER_CHILD, Login.WRITER
    assert await count(Scope(writer, (harbor,)), "child") == 3
    assert await count(Scope(writer, (river,)), "child") == 0
    assert await count(Scope(writer), "child") == 0
    assert await count(Scope(child_login, (harbor,)), "child") == 0
    assert await count(Scope(child_login, (harbor,), sectors=("HEALTH",)), "child") == 1
    assert await count(Scope(child_login, (harbor,), sectors=("HEALTH",)), "enrollment") == 0
    assert await count(Scope(child_login, (harbor,), organizations=(club,)), "child") == 2
    assert await count(Scope(child_login, (river,), organizations=(club,)), "child") == 0
    assert await count(Scope(Login.READER_AGGREGATE, (harbor,)), "enrollment") == 3
    for login, table in (
        (Login.READER_AGGREGATE, "child_identity"),
        (Login.READER_AGGREGATE, "source_record"),
        (Login.OPERATOR, "child"),
        (child_login, "membership"),
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await count(Scope(login, (harbor,)), table)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with world.database.transaction(Scope(Login.READER_AGGREGATE, (harbor,))) as connection:
            await connection.fetch("SELECT record_id FROM enrollment")


async def test_scopes_never_leak_through_pooled_connections(world: World) -> None:
    """Ask under many scopes at once, some cancelled, some failing, and check each answer's community."""
    harbor, river = world.harbor, world.river
    await world.roster("district", child("1", "Ana"))
    chance = random.Random(7)  # noqa: S311 - the order of a test, not a secret.

    async def ask(database: Database) -> None:
        where = chance.choice((harbor, river, None))
        scope = Scope(Login.WRITER, (where.community_id,) if where else ())
        try:
            async with asyncio.timeout(chance.choice((0.001, 5))), database.transaction(scope) as connection:
                if chance.random() < 0.2:
                    await connection.execute("SELECT 1 / 0")
                rows = await connection.fetch("SELECT DISTINCT community_id FROM organization")
                assert {row["community_id"] for row in rows} == set(scope.communities)
        except (TimeoutError, asyncpg.DivisionByZeroError, CabinetError):
            return

    await asyncio.gather(*(ask(world.database) for _ in range(300)))


def test_a_scope_takes_plain_words_only() -> None:
    with pytest.raises(ValueError, match="sector"):
        Scope(Login.WRITER, sectors=("HEALTH'; DROP TABLE child; --",)).statement()
    with pytest.raises(ValueError, match="subject"):
        Scope(Login.WRITER, subject="x'; SET ROLE postgres; --").statement()


async def test_every_question_about_children_is_audited(client: Client, database_url: str) -> None:
    await three_agencies(client.world)
    staff = await client.token(Role.CABINET_STAFF)
    steward = await client.token(Role.SECTOR_STEWARD, sector="HEALTH")
    await client.data('{ coverage(community: "harbor") { asOf } }', staff)
    await client.data(CHILDREN, steward)
    owner = await asyncpg.connect(database_url)
    rows = await owner.fetch("SELECT subject, roles, action FROM audit_event WHERE action !~ '^post'")
    await owner.close()
    assert [(row["roles"], row["action"]) for row in rows] == [
        ("CABINET_STAFF PUBLIC", "coverage"),
        ("PUBLIC SECTOR_STEWARD", "read child"),
    ]


async def test_counts_of_a_childs_rows_are_audited_below_rows_that_are_nobodys(
    client: Client, database_url: str
) -> None:
    """A count narrowed to one child and one status says what a row would."""
    await three_agencies(client.world)
    club = await client.token(Role.PARTNER_AGENCY, organization="club")
    found = await client.data('{ children(community: "harbor") { nodes { id } } }', club)
    query = (
        'query($child: ID!) { community(id: "harbor") { programs { nodes {'
        " enrollments(filter: {child: [$child], status: [ENROLLED]}) { totalCount } } } } }"
    )
    await client.data(query, club, child=found["children"]["nodes"][0]["id"])
    owner = await asyncpg.connect(database_url)
    actions = await owner.fetch("SELECT action FROM audit_event WHERE action ~ '^read' ORDER BY audit_event_id")
    await owner.close()
    assert [row["action"] for row in actions] == ["read child", "read enrollment"]
