"""Who has no role here is not told what the schema is, nor helped to guess it."""

import pytest
from graphql import get_introspection_query

from cabinet.settings import Settings
from cabinet.tables.terms import Role
from cabinet.viewer import Tokens
from tests.client import Client

DESCRIBING = [
    "{ __schema { queryType { name } } }",
    '{ __type(name: "Query") { name } }',
    'query A { __typename x: __type(name: "Query") { name } }',
    "{ ...on Query { ...F } } fragment F on Query { __schema { types { name } } }",
    "{ __schema @include(if: false) { queryType { name } } }",
    "{ nothing __schema { queryType { name } } }",
]

GUESSES = [
    ("{ communitys { totalCount } }", {}),
    ('{ community(idd: "harbor") { id } }', {}),
    ('{ community(id: "harbor") { nam } }', {}),
    ("query($a: Dimensio) { communities { totalCount } }", {}),
    ("{ communities { ... on CommunityConnectio { totalCount } } }", {}),
    ('{ coverage(community: "harbor", breakdownBy: [NEIGHBORHOO]) { asOf } }', {}),
    ('{ coverage(community: "harbor", population: { grad: ["03"] }) { asOf } }', {}),
    (
        'query($d: [Dimension!]) { coverage(community: "harbor", breakdownBy: $d) { asOf } }',
        {"d": ["NEIGHBORHOO"]},
    ),
    ('query($p: PopulationInput) { coverage(community: "harbor", population: $p) { asOf } }', {"p": {"grad": 1}}),
]


@pytest.mark.parametrize("document", DESCRIBING)
async def test_the_schema_is_described_to_members_only(shared: Client, settings: Settings, document: str) -> None:
    stranger = Tokens(settings).issue("nobody")
    member = await shared.token(Role.PARTNER_AGENCY)
    for _ in range(2):
        # In turns, so that neither is given what is remembered for the other.
        assert await shared.code(document) == "INTROSPECTION_FORBIDDEN"
        assert "INTROSPECTION_FORBIDDEN" not in str(await shared.ask(document, member))
        assert await shared.code(document, stranger) == "INTROSPECTION_FORBIDDEN"


async def test_everybody_may_ask_for_a_type_name(shared: Client) -> None:
    data = await shared.data("{ __typename communities { __typename nodes { __typename } } }")
    assert data["communities"]["nodes"][0] == {"__typename": "Community"}


@pytest.mark.parametrize(("document", "variables"), GUESSES)
async def test_what_could_have_been_meant_is_suggested_to_members_only(
    shared: Client, document: str, variables: dict[str, object]
) -> None:
    member = await shared.token(Role.CABINET_STAFF)
    for _ in range(2):
        public = (await shared.ask(document, **variables))["errors"]
        helped = (await shared.ask(document, member, **variables))["errors"]
        assert "Did you mean" not in str(public)
        assert "Did you mean" in str(helped)
        assert len(public) == len(helped)


async def test_a_members_tools_can_read_the_schema(shared: Client) -> None:
    member = await shared.token(Role.CABINET_STAFF)
    data = await shared.data(get_introspection_query(), member)
    assert data["__schema"]["queryType"]["name"] == "Query"
