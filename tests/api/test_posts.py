"""What every post promises, whatever is posted: verdicts, versions, dry runs, atomic posts and keys."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import pytest

from cabinet.intake.rows import Kind
from cabinet.tables.terms import Role
from tests.client import Client

Row = dict[str, Any]


def who(given: str) -> Row:
    identity = {"givenName": given, "familyName": "Rivera", "birthDate": "2018-03-09", "sex": "FEMALE"}
    return {"identity": identity}


@dataclass(frozen=True)
class Sample:
    """A kind of post: its rows, number by number; a field to change in one, and what is wrong with another."""

    noun: str
    row: Callable[[int], Row]
    table: str
    change: tuple[str, Any]
    held: str
    wrong: tuple[str, Any, str]
    missing: frozenset[str]

    @property
    def mutation(self) -> str:
        return f"""mutation($input: Post{self.noun}Input!) {{ post{self.noun}(input: $input) {{
          committed created updated unchanged needsReview rejected
          rows {{ index recordId verdict enrollment child problems {{ code message hint path }} }} }} }}"""


def enrollment(number: int) -> Row:
    return {"child": who(f"Kid{number}"), "program": "after", "status": "ENROLLED", "begins": "2026-09-01"}


def attendance(number: int) -> Row:
    return {"child": who(f"Kid{number}"), "program": "after", "category": "PRESENT", "attendedOn": "2026-09-08"}


def encounter(number: int) -> Row:
    return {"child": who(f"Kid{number}"), "serviceType": "DENTAL", "kind": "VISIT", "occurredOn": "2026-09-08"}


def need(number: int) -> Row:
    return {"child": who(f"Kid{number}"), "serviceType": "TUTORING", "basis": "REQUEST", "opened": "2026-09-08"}


def referral(number: int) -> Row:
    return {"child": who(f"Kid{number}"), "serviceType": "DENTAL", "status": "SENT", "sent": "2026-09-08"}


def capacity(number: int) -> Row:
    return {"service": "after-s", "location": "gym", "maximum": 20, "updated": f"2026-09-{number + 1:02}"}


SAMPLES: Mapping[str, Sample] = {
    "Enrollments": Sample(
        "Enrollments",
        enrollment,
        "enrollment",
        ("exitReason", "moved"),
        "exit_reason",
        ("begins", "2026-02-30", "DATE_INVALID"),
        frozenset({"child", "program", "status", "begins"}),
    ),
    "Attendance": Sample(
        "Attendance",
        attendance,
        "attendance_event",
        ("minutes", 45),
        "minutes",
        ("category", "there", "ROW_INVALID"),
        frozenset({"child", "program", "category", "attendedOn"}),
    ),
    "Encounters": Sample(
        "Encounters",
        encounter,
        "encounter",
        ("code", "cvx|03"),
        "code",
        ("serviceType", "MAGIC", "REFERENCE_UNKNOWN"),
        frozenset({"child", "serviceType", "kind", "occurredOn"}),
    ),
    "Needs": Sample(
        "Needs",
        need,
        "need",
        ("resolved", "2026-10-01"),
        "resolved",
        ("resolved", "2026-09-07", "ENDS_BEFORE_BEGINS"),
        frozenset({"child", "serviceType", "basis", "opened"}),
    ),
    "Referrals": Sample(
        "Referrals",
        referral,
        "referral",
        ("recipient", "Smile Dental"),
        "recipient",
        ("closed", "2026-09-07", "ENDS_BEFORE_BEGINS"),
        frozenset({"child", "serviceType", "status", "sent"}),
    ),
    "Capacity": Sample(
        "Capacity",
        capacity,
        "service_capacity",
        ("available", 3),
        "available",
        ("available", 21, "ROW_INVALID"),
        frozenset({"service", "location", "updated"}),
    ),
}
every = pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)


@pytest.fixture
async def token(client: Client) -> str:
    """Return the club's token; its after-school program is given in its gym."""
    await client.world.fill("club", Kind.LOCATION, [{"code": "gym", "name": "Gym"}])
    service = {"code": "after-s", "name": "After", "program": "after", "service_type": "AFTER_SCHOOL"}
    await client.world.fill("club", Kind.SERVICE, [{**service, "locations": ["gym"]}])
    return await client.token(Role.PARTNER_AGENCY)


async def post(client: Client, token: str, sample: Sample, *rows: Row, **how: Any) -> Row:
    given = {"community": "harbor", "rows": list(rows), **how}
    receipt: Row = (await client.data(sample.mutation, token, input=given))[f"post{sample.noun}"]
    return receipt


async def held(client: Client, sample: Sample) -> list[Any]:
    source = await client.world.source("club")
    async with client.world.database.transaction(source.scope) as connection:
        rows = await connection.fetch(f"SELECT {sample.held}::text AS held FROM {sample.table}")
        return [row["held"] for row in rows]


def verdicts(receipt: Row) -> list[str]:
    return [each["verdict"] for each in receipt["rows"]]


def codes(receipt: Row) -> list[list[str]]:
    return [[problem["code"] for problem in each["problems"]] for each in receipt["rows"]]


@every
async def test_every_row_gets_its_verdict_and_a_bad_one_costs_itself_only(
    client: Client, token: str, sample: Sample
) -> None:
    field, value, code = sample.wrong
    rows = [
        {"recordId": "r0", **sample.row(0)},
        {"recordId": "r1", **sample.row(1), field: value},
        {"recordId": "r2"},
        {"recordId": "r0", **sample.row(0)},
    ]
    receipt = await post(client, token, sample, *rows)
    assert verdicts(receipt) == ["CREATED", *["REJECTED"] * 3]
    assert (receipt["committed"], receipt["created"], receipt["rejected"]) == (True, 1, 3)
    assert codes(receipt)[1] == [code]
    assert {tuple(p["path"]) for p in receipt["rows"][2]["problems"]} == {("rows", "2", f) for f in sample.missing}
    assert codes(receipt)[3] == ["DUPLICATE_ROW"]
    assert all(p["message"] and p["hint"] for each in receipt["rows"] for p in each["problems"])
    assert len(await held(client, sample)) == 1


@every
async def test_the_highest_version_wins_in_any_order(client: Client, token: str, sample: Sample) -> None:
    field, value = sample.change
    for number, order in enumerate(permutations((1, 2, 3))):
        for version in order:
            said = {field: value} if version == 3 else {}
            row = {"recordId": f"r{number}", "recordVersion": version, **sample.row(number), **said}
            assert codes(await post(client, token, sample, row))[0] in ([], ["ENROLLMENT_MADE"])
    assert await held(client, sample) == [str(value)] * 6
    one_post = [
        {"recordId": "r9", "recordVersion": version, **sample.row(9), **({field: value} if version == 8 else {})}
        for version in (8, 7)
    ]
    assert verdicts(await post(client, token, sample, *one_post)) == ["CREATED", "UNCHANGED"]
    assert await held(client, sample) == [str(value)] * 7
    other = {"recordId": "r9", "recordVersion": 8, **sample.row(9)}
    assert codes(await post(client, token, sample, other)) == [["VERSION_CONFLICT"]]


@every
async def test_without_versions_the_last_post_is_the_newest(client: Client, token: str, sample: Sample) -> None:
    row, (field, value) = {"recordId": "r0", **sample.row(0)}, sample.change
    seen = [verdicts(await post(client, token, sample, each)) for each in (row, row, {**row, field: value})]
    assert seen == [["CREATED"], ["UNCHANGED"], ["UPDATED"]]
    assert await held(client, sample) == [str(value)]


@every
async def test_dry_run_and_atomic_write_nothing_they_should_not(
    client: Client, token: str, sample: Sample
) -> None:
    good, (field, value, code) = {"recordId": "r0", **sample.row(0)}, sample.wrong
    dry = await post(client, token, sample, good, dryRun=True)
    assert (dry["committed"], verdicts(dry), dry["rows"][0]["child"]) == (False, ["CREATED"], None)
    bad = {"recordId": "r1", **sample.row(1), field: value}
    refused = await post(client, token, sample, good, bad, atomic=True)
    assert (refused["committed"], codes(refused)[0][-1], codes(refused)[1]) == (False, "BATCH_REFUSED", [code])
    assert await held(client, sample) == []


@every
async def test_the_same_key_at_the_same_time_is_one_post(client: Client, token: str, sample: Sample) -> None:
    rows = [{"recordId": f"r{number}", **sample.row(number)} for number in range(20)]
    given = {"community": "harbor", "rows": rows, "idempotencyKey": "k"}
    body = {"query": sample.mutation, "variables": {"input": given}}
    headers = {"Authorization": f"Bearer {token}"}
    answers = await asyncio.gather(*(client.http.post("/graphql", json=body, headers=headers) for _ in range(3)))
    assert len({answer.content for answer in answers}) == 1
    assert answers[0].json()["data"][f"post{sample.noun}"]["created"] == 20
    given["rows"] = rows[:1]
    assert await client.code(sample.mutation, token, input=given) == "IDEMPOTENCY_KEY_REUSED"
    for other in SAMPLES.values():
        if other is not sample:
            given["rows"] = [other.row(0)]
            assert await client.code(other.mutation, token, input=given) == "IDEMPOTENCY_KEY_REUSED"


@every
async def test_posts_at_once_of_one_thing_leave_its_highest_version(
    client: Client, token: str, sample: Sample
) -> None:
    field, value = sample.change
    rows = [
        {"recordId": "r0", "recordVersion": version, **sample.row(0), **({field: value} if version == 9 else {})}
        for version in range(5, 10)
    ]
    receipts = await asyncio.gather(*(post(client, token, sample, row) for row in rows))
    assert [codes(receipt)[0] for receipt in receipts if "REJECTED" in verdicts(receipt)] == []
    assert await held(client, sample) == [str(value)]


@every
async def test_a_null_is_as_good_as_nothing(client: Client, token: str, sample: Sample) -> None:
    row = {"recordId": "r0", "recordVersion": None, **sample.row(0), sample.change[0]: None}
    if "child" in row:
        empty = dict.fromkeys(("middleName", "address", "postalCode", "identifiers"))
        row["child"] = {"ref": None, "sourceId": None, "identity": {**row["child"]["identity"], **empty}}
    assert verdicts(await post(client, token, sample, row)) == ["CREATED"]
    assert verdicts(await post(client, token, sample, {"recordId": "r0", **sample.row(0)})) == ["UNCHANGED"]


async def test_identifiers_are_read_with_the_names_they_were_sent_under(client: Client, token: str) -> None:
    sample, identifier = SAMPLES["Needs"], {"system": "DISTRICT_STUDENT_ID", "value": "4711"}
    by_number = {"identity": {"identifiers": [identifier], "givenName": "Ana", "familyName": "Li"}}
    rows = [{"recordId": f"r{n}", **sample.row(n), "child": by_number} for n in range(2)]
    first, second = (await post(client, token, sample, *rows))["rows"]
    assert (first["verdict"], first["child"]) == ("CREATED", second["child"])


async def test_seats_are_said_by_who_has_them(client: Client, token: str) -> None:
    sample = SAMPLES["Capacity"]
    arts = await client.token(Role.PARTNER_AGENCY, organization="arts")
    foreign = await post(client, arts, sample, capacity(0))
    lost = await post(client, token, sample, {**capacity(0), "location": "hall"}, {**capacity(0), "service": "no"})
    assert codes(foreign) == [["SERVICE_NOT_YOURS"]]
    assert [(p["code"], p["path"][2:]) for each in lost["rows"] for p in each["problems"]] == [
        ("REFERENCE_UNKNOWN", ["location"]),
        ("REFERENCE_UNKNOWN", ["service"]),
    ]
    tomorrow = await post(client, token, sample, {**capacity(0), "updated": "2099-01-01"})
    assert codes(tomorrow) == [["DATE_INVALID"]]
    too_many = await post(client, token, sample, {**capacity(0), "maximum": -1})
    assert codes(too_many) == [["ROW_INVALID"]]


async def test_seats_of_other_days_stay_and_anybody_reads_the_latest(client: Client, token: str) -> None:
    await post(client, token, SAMPLES["Capacity"], capacity(0), {**capacity(1), "maximum": 25, "available": 0})
    query = """{ community(id: "harbor") { programs(filter: {code: ["after"]}) { nodes { services { places {
        location { code } capacities { available maximum updated } } } } } } }"""
    (program,) = (await client.data(query))["community"]["programs"]["nodes"]
    (place,) = program["services"][0]["places"]
    assert place["location"]["code"] == "gym"
    assert place["capacities"] == [
        {"available": None, "maximum": 20, "updated": "2026-09-01"},
        {"available": 0, "maximum": 25, "updated": "2026-09-02"},
    ]


async def test_a_file_of_the_supply_and_a_post_go_by_one_rule(client: Client, token: str) -> None:
    sample, world = SAMPLES["Capacity"], client.world
    posted = {**capacity(0), "recordVersion": 4}
    await post(client, token, sample, posted)
    row = {"service": "after-s", "location": "gym", "updated": "2026-09-01"}
    await world.fill("district", Kind.CAPACITY, [{**row, "maximum": 30}])
    assert codes(await post(client, token, sample, posted)) == [[]]
    assert verdicts(await post(client, token, sample, posted)) == ["UNCHANGED"]
    assert verdicts(await post(client, token, sample, {**posted, "recordVersion": 6})) == ["UPDATED"]
