"""What postEnrollments tells an agency of each row: a seat, a place in line, and the gap before and after."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from cabinet.intake.post import post as post_rows
from cabinet.intake.receipt import Verdict
from cabinet.intake.rows import Kind
from cabinet.tables.terms import Role
from tests.client import Client
from tests.world import child, enrollment

POST = """mutation($input: PostEnrollmentsInput!) { postEnrollments(input: $input) {
  committed rows { recordId verdict problems { code path } ...Told } } }
fragment Told on RowOutcome { effect { status seatsFree position gaps { serviceType before after } } }"""
Row = dict[str, Any]


@pytest.fixture
async def token(client: Client) -> str:
    """Return the club's token; its after-school program is given at two places."""
    places = [{"code": code, "name": code} for code in ("gym", "hall")]
    await client.world.fill("club", Kind.LOCATION, places)
    service = {"code": "after-s", "name": "After", "program": "after", "service_type": "AFTER_SCHOOL"}
    await client.world.fill("club", Kind.SERVICE, [{**service, "locations": ["gym", "hall"]}])
    return await client.token(Role.PARTNER_AGENCY)


def day(client: Client, ago: int) -> str:
    return (client.world.harbor.today - timedelta(days=ago)).isoformat()


async def seats(client: Client, ago: int, *counts: Row) -> None:
    """Say the seats of the club's places, so many days ago."""
    rows = [
        {"service": "after-s", "location": place, "updated": day(client, ago), **count}
        for place, count in zip(("gym", "hall"), counts, strict=False)
    ]
    source = replace(await client.world.source("club"), today=client.world.harbor.today)
    receipt = await post_rows(client.world.database, source, Kind.CAPACITY, rows)
    assert receipt.count(Verdict.REJECTED) == 0


def row(client: Client, name: str, **said: Any) -> Row:
    identity = {"givenName": name, "familyName": "Rivera", "birthDate": "2018-03-09", "sex": "FEMALE"}
    base = {"recordId": name, "program": "after", "status": "ENROLLED", "begins": day(client, 1)}
    return {**base, "child": {"identity": identity}, "grade": "03", **said}


async def post(client: Client, token: str, *rows: Row, **how: Any) -> list[Row]:
    given = {"community": "harbor", "rows": list(rows), **how}
    receipt = (await client.data(POST, token, input=given))["postEnrollments"]
    told: list[Row] = receipt["rows"]
    return told


def stands(told: list[Row]) -> list[tuple[str | None, int | None, int | None]]:
    effects = [each["effect"] or {} for each in told]
    return [(each.get("status"), each.get("seatsFree"), each.get("position")) for each in effects]


def codes(told: list[Row]) -> list[list[str]]:
    return [[problem["code"] for problem in each["problems"]] for each in told]


async def test_who_finds_no_seat_waits_in_line(client: Client, token: str) -> None:
    await seats(client, 0, {"maximum": 1}, {"maximum": 1})
    told = await post(client, token, *(row(client, name) for name in "ABCD"))
    assert stands(told) == [("ENROLLED", 0, None)] * 2 + [("WAITLISTED", 0, 1), ("WAITLISTED", 0, 2)]
    assert codes(told) == [[], [], ["PROGRAM_FULL"], ["PROGRAM_FULL"]]
    again = await post(client, token, row(client, "D"), row(client, "A"), row(client, "E", status="WAITLISTED"))
    assert [each["verdict"] for each in again] == ["UNCHANGED", "UNCHANGED", "CREATED"]
    assert stands(again) == [("WAITLISTED", 0, 2), ("ENROLLED", 0, None), ("WAITLISTED", 0, 3)]
    listed = await client.data('{ enrollments(community: "harbor") { nodes { recordId status } } }', token)
    statuses = {each["recordId"]: each["status"] for each in listed["enrollments"]["nodes"]}
    assert statuses == dict(zip("ABCDE", ["ENROLLED"] * 2 + ["WAITLISTED"] * 3, strict=True))


async def test_a_seat_given_back_is_free_at_once_and_never_taken_twice(client: Client, token: str) -> None:
    await seats(client, 0, {"maximum": 1}, {"maximum": 1})
    await post(client, token, *(row(client, name) for name in "ABC"))
    left = row(client, "A", status="WITHDRAWN", begins=day(client, 5), ends=day(client, 1))
    told = await post(client, token, row(client, "D"), row(client, "C", recordVersion=2), left)
    assert stands(told) == [("ENROLLED", 0, None), ("WAITLISTED", 0, 1), ("WITHDRAWN", 0, None)]
    taken = await asyncio.gather(*(post(client, token, row(client, name, recordVersion=3)) for name in "BCDEF"))
    assert sorted(each[0]["effect"]["status"] for each in taken) == ["ENROLLED"] * 2 + ["WAITLISTED"] * 3


async def test_who_has_a_seat_keeps_it_when_corrected_however_full(client: Client, token: str) -> None:
    await post(client, token, *(row(client, name) for name in "AB"))
    await seats(client, 0, {"maximum": 1}, {"maximum": 0})
    told = await post(client, token, row(client, "C"), row(client, "A", exitReason="none"), row(client, "B"))
    assert stands(told) == [("WAITLISTED", 0, 1), ("ENROLLED", 0, None), ("ENROLLED", 0, None)]


@pytest.mark.parametrize(
    "known",
    [
        [],
        [({"maximum": 0}, 0)],
        [({"funded": 0}, 0), ({"funded": 0}, 0)],
        [({"maximum": 0}, 800), ({"maximum": 0}, 800)],
    ],
    ids=["nothing", "one place of two", "no number of seats", "of another school year"],
)
async def test_where_seats_are_not_known_nobody_is_made_to_wait(
    client: Client, token: str, known: list[tuple[Row, int]]
) -> None:
    if known:
        await seats(client, known[0][1], *(count for count, _ in known))
    told = await post(client, token, row(client, "A"))
    assert (stands(told), codes(told)) == ([("ENROLLED", None, None)], [[]])


async def test_a_file_tells_what_is_and_nobody_is_put_in_line_by_it(client: Client, token: str) -> None:
    await seats(client, 0, {"maximum": 0}, {"maximum": 0})
    await client.world.enroll("club", enrollment("e1", child("", "Ana"), "after"))
    told = await post(client, token, row(client, "B", status="REFERRED"))
    assert stands(told) == [("REFERRED", 0, None)]
    listed = await client.data('{ enrollments(community: "harbor") { nodes { status } } }', token)
    assert [each["status"] for each in listed["enrollments"]["nodes"]] == ["ENROLLED", "REFERRED"]


async def test_the_gap_is_told_before_and_after_as_coverage_counts_it(client: Client, token: str) -> None:
    coverage = """{ coverage(community: "harbor", services: ["AFTER_SCHOOL"]) {
      services { total { gap { value } } } } }"""

    async def gap() -> int:
        answer = await client.data(coverage, token)
        value: int = answer["coverage"]["services"][0]["total"]["gap"]["value"]
        return value

    await seats(client, 0, {"maximum": 2}, {"maximum": 0})
    first = await post(client, token, *(row(client, name, status="REFERRED") for name in "ABC"))
    assert first[0]["effect"]["gaps"] == [{"serviceType": "AFTER_SCHOOL", "before": 0, "after": 3}]
    assert await gap() == 3
    rows = [row(client, name, recordVersion=2) for name in "ABC"]
    dry = await post(client, token, *rows, dryRun=True)
    told = await post(client, token, *rows)
    assert [each["effect"]["gaps"] for each in told] == [
        [{"serviceType": "AFTER_SCHOOL", "before": 3, "after": 1}]
    ] * 3
    assert [each["effect"] for each in dry] == [each["effect"] for each in told]
    assert await gap() == 1


async def test_the_gap_is_of_own_clients_and_own_words_alone(client: Client, token: str) -> None:
    await client.world.roster("district", *(child(f"d{n}", f"Kid{n}", grade="03") for n in range(5)))
    served = enrollment("e1", child("", "A"), "paint")
    await client.world.enroll("arts", served)
    told = await post(client, token, row(client, "A", status="REFERRED"), row(client, "Kid1", status="REFERRED"))
    assert told[0]["effect"]["gaps"] == [{"serviceType": "AFTER_SCHOOL", "before": 0, "after": 2}]


async def test_a_receipt_is_the_same_again_and_a_refused_post_tells_no_effect(client: Client, token: str) -> None:
    await seats(client, 0, {"maximum": 1}, {"maximum": 0})
    rows = [row(client, name) for name in "AB"]
    first = await post(client, token, *rows, idempotencyKey="k")
    await post(client, token, row(client, "C"))
    assert await post(client, token, *rows, idempotencyKey="k") == first
    refused = await post(client, token, row(client, "D"), row(client, "E", begins="soon"), atomic=True)
    assert [each["effect"] for each in refused] == [None, None]
