"""What a post of many rows promises: it is taken like a small one, and answered once and for all."""

from collections.abc import Sequence
from typing import Any

import orjson
import pytest
from graphql import GraphQLInputObjectType, GraphQLList, GraphQLNonNull, Undefined, get_variable_values, parse
from graphql.utilities import coerce_input_value
from hypothesis import given
from hypothesis import strategies as st

from cabinet.app import create_app
from cabinet.intake.child_facts import ChildReference
from cabinet.intake.post import MAX_ROWS
from cabinet.read.plain_rows import NotPlain, plain, plain_rows
from cabinet.settings import Settings
from cabinet.tables.terms import Role
from schema.api import api
from tests.api.test_posts import SAMPLES, capacity, enrollment, who
from tests.client import Client, running

Row = dict[str, Any]
ROW_TYPES = [
    type_
    for name, type_ in api.graphql.type_map.items()
    if name.endswith("RowInput") and isinstance(type_, GraphQLInputObjectType) and name != "RecordedRowInput"
]
VALUES = st.one_of(st.none(), st.text(max_size=3), st.integers(-(2**33), 2**33), st.booleans(), st.floats())


def sent(type_: Any) -> st.SearchStrategy[Any]:
    """Draw what clients send for a type: mostly what it says, and now and then anything."""
    if isinstance(type_, GraphQLNonNull):
        return sent(type_.of_type)
    if isinstance(type_, GraphQLList):
        return st.one_of(st.lists(sent(type_.of_type), max_size=3), sent(type_.of_type), st.none())
    if isinstance(type_, GraphQLInputObjectType):
        fields = {name: sent(field.type) for name, field in type_.fields.items()}
        objects = st.fixed_dictionaries({}, optional={**fields, "more": VALUES})
        return st.one_of(objects, objects, objects, VALUES)
    return st.one_of(st.text(max_size=3), st.text(max_size=3), VALUES)


@given(st.sampled_from(ROW_TYPES).flatmap(lambda type_: st.tuples(st.just(type_), sent(type_))))
def test_a_row_is_coerced_as_graphql_core_does_it(drawn: tuple[GraphQLInputObjectType, Any]) -> None:
    type_, row = drawn
    coerced = coerce_input_value(row, type_)
    try:
        (made,) = plain_rows(type_, [row])
    except NotPlain:
        assert coerced is Undefined or row is None
    else:
        assert orjson.dumps(made, option=orjson.OPT_SORT_KEYS) == orjson.dumps(
            plain(coerced), option=orjson.OPT_SORT_KEYS
        )


@pytest.mark.parametrize(
    "said", [{"identifiers": []}, {"guardians": []}, {"guardians": "Rosa", "identifiers": []}]
)
def test_lists_of_nothing_and_lists_of_one_are_read_alike_by_both(said: dict[str, Any]) -> None:
    type_ = next(each for each in ROW_TYPES if each.name == "NeedRowInput")
    row = {"recordId": "r", "child": {"identity": {"givenName": "Ana", **said}}}
    (made,) = plain_rows(type_, [row])
    assert made == plain(coerce_input_value(row, type_))
    ChildReference.model_validate({"source_id": "c1", **made["child"]})


def test_every_kind_of_row_is_coerced_by_it() -> None:
    nouns = ("Enrollment", "Attendance", "Encounter", "Need", "Referral", "Capacity", "Withdrawal")
    assert {type_.name for type_ in ROW_TYPES} == {f"{noun}RowInput" for noun in nouns}


WRONG: Sequence[Any] = [
    [{"recordId": "r", "colour": "red"}],
    [{"recordId": "r"}, {"recordId": 1.5}, {"child": {"identity": {"givenNam": "x"}}}],
    [{"child": {"identity": {"identifiers": [{"system": "S"}]}}}],
    [{"recordVersion": 2**31}, {"recordVersion": True}],
    [None, 7, "x", []],
    "text",
    None,
    [[{"recordId": "r"}]],
]


@pytest.mark.parametrize("rows", WRONG, ids=map(str, range(len(WRONG))))
async def test_what_is_wrong_is_said_by_graphql_core(client: Client, rows: Any) -> None:
    token = await client.token(Role.PARTNER_AGENCY)
    sample = SAMPLES["Enrollments"]
    variables = {"input": {"community": "harbor", "rows": rows}}
    declared = parse(sample.mutation).definitions[0].variable_definitions  # type: ignore[attr-defined]
    errors = get_variable_values(api.graphql, declared, variables)
    assert isinstance(errors, list)
    answer = await client.ask(sample.mutation, token, **variables)
    assert [each["message"] for each in answer["errors"]] == [error.message for error in errors]


async def test_rows_may_be_a_variable_stand_in_the_document_and_be_odd(client: Client) -> None:
    """An id may be a number, and one row a list of one."""
    token = await client.token(Role.PARTNER_AGENCY)
    by_rows = """mutation($rows: [EnrollmentRowInput!]!) {
      postEnrollments(input: {community: "harbor", rows: $rows}) {
        updated unchanged created rows { problems { code } } } }"""
    row = {"recordId": "e1", **enrollment(1)}
    first = (await client.data(by_rows, token, rows=row))["postEnrollments"]
    assert (first["created"], first["rows"]) == (1, [{"problems": []}])
    assert (await client.data(by_rows, token, rows=[row]))["postEnrollments"]["unchanged"] == 1
    literal = """mutation { postEnrollments(input: {community: "harbor", rows: [{recordId: "e1", program: "after",
      status: "ENROLLED", begins: "2026-09-01", child: {sourceId: null, identity: {givenName: "Kid1",
      sex: "FEMALE", familyName: "Rivera", birthDate: "2018-03-09"}}}]}) { unchanged } }"""
    assert (await client.data(literal, token))["postEnrollments"]["unchanged"] == 1
    numbered = {**row, "child": {"ref": 4711}}
    odd = (await client.data(by_rows, token, rows=[numbered]))["postEnrollments"]["rows"]
    assert odd == [{"problems": [{"code": "CHILD_UNKNOWN"}]}]


async def test_an_answer_has_what_is_asked_for_and_in_that_order(client: Client) -> None:
    token = await client.token(Role.PARTNER_AGENCY)
    query = """mutation($input: PostEnrollmentsInput!, $no: Boolean!) { mine: postEnrollments(input: $input) {
      kind: __typename lines: rows { n: index ...Told problems @skip(if: $no) { code } } rejected
      rows { child } } }
      fragment Told on RowOutcome { __typename problems { path } effect { status gaps { before } } verdict }"""
    rows = [{"recordId": "e1", **enrollment(1)}, {"recordId": "e2", **enrollment(2), "begins": "never"}]
    given = {"community": "harbor", "rows": rows, "dryRun": True}
    answer = (await client.data(query, token, input=given, no=True))["mine"]
    assert list(answer) == ["kind", "lines", "rejected", "rows"]
    assert [list(line) for line in answer["lines"]] == [["n", "__typename", "problems", "effect", "verdict"]] * 2
    assert (answer["kind"], answer["rejected"], answer["rows"]) == ("PostReceipt", 1, [{"child": None}] * 2)
    good, bad = answer["lines"]
    assert good["effect"] == {"status": "ENROLLED", "gaps": [{"before": 0}]}
    assert (bad["effect"], bad["problems"]) == (None, [{"path": ["rows", "1", "begins"]}])


async def test_ten_thousand_rows_get_one_answer_byte_for_byte_after_a_restart_too(
    client: Client, database_url: str, settings: Settings
) -> None:
    token = await client.token(Role.PARTNER_AGENCY)
    rows = [{"recordId": f"e{n}", **enrollment(n), "child": who(_letters(n))} for n in range(MAX_ROWS)]
    rows[7]["begins"], rows[9]["program"] = "2026-02-30", "nowhere"
    body = _body(rows, "k")
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    first = await client.http.post("/graphql", content=body, headers=headers)
    receipt = first.json()["data"]["postEnrollments"]
    assert (receipt["created"], receipt["rejected"], len(receipt["rows"])) == (MAX_ROWS - 2, 2, MAX_ROWS)
    again = await client.http.post("/graphql", content=body, headers=headers)
    # The same rows, in another order of their fields and with nothing said where there was nothing.
    reordered = _body([{"grade": None, **dict(reversed(row.items()))} for row in rows], "k")
    otherwise = await client.http.post("/graphql", content=reordered, headers=headers)
    async with running(create_app(database_url, settings)) as restarted:
        later = await restarted.post("/graphql", content=body, headers=headers)
    assert first.content == again.content == otherwise.content == later.content
    source = await client.world.source("club")
    async with client.world.database.transaction(source.scope) as connection:
        assert await connection.fetchval("SELECT count(*) FROM enrollment") == MAX_ROWS - 2
    rows[0]["grade"] = "03"
    other = await client.http.post("/graphql", content=_body(rows, "k"), headers=headers)
    assert other.json()["errors"][0]["extensions"]["code"] == "IDEMPOTENCY_KEY_REUSED"


def _letters(number: int) -> str:
    return "Kid " + str(number).translate(str.maketrans("0123456789", "abcdefghij"))


def _body(rows: list[Row], key: str) -> bytes:
    given = {"community": "harbor", "rows": rows, "idempotencyKey": key}
    return orjson.dumps({"query": SAMPLES["Enrollments"].mutation, "variables": {"input": given}})


async def test_all_posts_of_a_request_have_no_more_rows_than_one(client: Client) -> None:
    token = await client.token(Role.PARTNER_AGENCY)
    post = 'postCapacity(input: {community: "harbor", rows: $rows, dryRun: true}) { committed }'
    rows = [{**capacity(0), "updated": f"2025-01-{1 + n % 28:02}"} for n in range(5_001)]
    answer = await client.ask(f"mutation($rows: [CapacityRowInput!]!) {{ a: {post} b: {post} }}", token, rows=rows)
    assert [(each["path"], each["extensions"]["code"]) for each in answer["errors"]] == [(["b"], "TOO_MANY_ROWS")]


async def test_a_long_list_that_is_no_post_is_refused_as_ever(client: Client) -> None:
    token = await client.token(Role.PARTNER_AGENCY)
    query = "query($p: [String!]) { communities(filter: {code: $p}) { totalCount } }"
    assert await client.code(query, token, p=["x"] * 1_001) == "TOO_MANY_ROWS"
    other = "mutation($p: [String!]) { __typename @skip(if: false) }"
    assert await client.code(other, token, p=["x"] * 1_001) in ("TOO_MANY_ROWS", "DOCUMENT_INVALID")
    stranger = 'mutation($rows: [CapacityRowInput!]!) { postCapacity(input: {community: "harbor", rows: $rows})'
    assert await client.code(f"{stranger} {{ created }} }}", None, rows=[{}] * 1_001) == "TOO_MANY_ROWS"
    full = SAMPLES["Capacity"].mutation
    given = {"community": "harbor", "rows": [{}] * (MAX_ROWS + 1)}
    assert await client.code(full, token, input=given) == "TOO_MANY_ROWS"
