"""What is promised of the day asked of: years turn with July, leap days count, and nonsense is refused."""

from typing import Any

import pytest

from cabinet.tables.terms import Role
from tests.client import Client
from tests.views.test_views import RUN, SERVED, save
from tests.world import child, enrollment

OUTSIDE = ("0001-01-01", "1989-06-30", "2100-07-01", "9999-12-31")
QUESTIONS = (
    '{{ coverage(community: "harbor", asOf: "{day}") {{ asOf }} }}',
    '{{ gaps(community: "harbor", asOf: "{day}") {{ withheld }} }}',
    '{{ compare(community: "harbor", population: {{}}, asOf: "{day}") {{ withheld }} }}',
    '{{ overlap(community: "harbor", asOf: "{day}") {{ withheld }} }}',
    '{{ disparity(community: "harbor", breakdownBy: [SEX], asOf: "{day}") {{ withheld }} }}',
    '{{ capacity(community: "harbor", asOf: "{day}") {{ withheld }} }}',
    '{{ access(community: "harbor", asOf: "{day}") {{ withheld }} }}',
    '{{ cascade(community: "harbor", asOf: "{day}") {{ withheld }} }}',
    '{{ trend(community: "harbor", days: ["2026-10-15", "{day}"]) {{ withheld }} }}',
)
COUNT = """query($day: Date!) { coverage(community: "harbor", asOf: $day, services: ["AFTER_SCHOOL"]) {
  population { value } services { total { served { value } } } } }"""


@pytest.mark.parametrize("question", QUESTIONS)
async def test_a_day_no_record_can_be_about_is_refused(client: Client, question: str) -> None:
    staff = await client.token(Role.CABINET_STAFF)
    for day in OUTSIDE:
        answer = await client.ask(question.format(day=day), staff)
        assert [(e["extensions"]["code"], day in e["message"]) for e in answer["errors"]] == [
            ("INPUT_INVALID", True)
        ]
    for day in ("1989-07-01", "2100-06-30"):
        assert "errors" not in await client.ask(question.format(day=day), staff)


async def test_a_view_of_months_is_not_run_before_there_were_any(client: Client) -> None:
    staff = await client.token(Role.CABINET_STAFF)
    view = (await save(client, staff, {**SERVED, "months": 23}))["id"]
    for day in OUTSIDE:
        assert await client.code(RUN, staff, id=view, asOf=day) == "INPUT_INVALID"
    days = {f["asOf"] for f in await _figures(client, staff, view, "2028-02-29")}
    assert {"2028-02-29", "2027-02-28", "2026-03-29"} <= days
    assert len(days) == 24


async def _figures(client: Client, token: str, view: str, day: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await client.data(RUN, token, id=view, asOf=day))["view"]["result"]["figures"]
    return found


async def test_an_enrollment_counts_on_a_leap_day_and_over_the_turn_of_the_year(client: Client) -> None:
    pupils = [
        child(f"C{n}", f"Kid{n}", family=f"F{n}", grade="03", school_year=2028, birth_date="2020-02-29")
        for n in range(12)
    ]
    await client.world.roster("club", *pupils)
    rows = (
        enrollment(f"e{n}", f"C{n}", "after", begins="2028-02-29", ends="2028-07-01", status="COMPLETED")
        for n in range(12)
    )
    await client.world.enroll("club", *rows)
    staff = await client.token(Role.CABINET_STAFF)
    found = {}
    for day in ("2028-02-28", "2028-02-29", "2028-06-30", "2028-07-01", "2028-07-02"):
        answer = (await client.data(COUNT, staff, day=day))["coverage"]
        found[day] = (answer["population"]["value"], answer["services"][0]["total"]["served"]["value"])
    assert found == {
        "2028-02-28": (12, 0),
        "2028-02-29": (12, 12),
        "2028-06-30": (12, 12),
        # Of the year that begins nobody has said anything yet; who is enrolled is here.
        "2028-07-01": (12, 12),
        "2028-07-02": (0, 0),
    }
