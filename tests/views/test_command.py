"""What is promised of `cabinet view`: the same answers as the API's, as a table, as CSV or as JSON."""

import asyncio
import csv
import io
import json
from typing import Any

from cabinet.settings import Settings
from cabinet.tables.terms import Role
from tests.client import Client
from tests.server import CABINET, Process, serving
from tests.views.test_views import SERVED, SHARE, save
from tests.world import child, enrollment

DAY = ("--as-of", "2026-10-15")


async def cabinet(server: Process, token: str, *arguments: str) -> tuple[int, str, str]:
    """Run the command as a user would; return its exit code and what it wrote to either side."""
    process = await asyncio.create_subprocess_exec(
        *(str(CABINET), "view", *arguments, "--url", server.url, "--token", token),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, wrong = await process.communicate()
    return process.returncode or 0, said.decode(), wrong.decode()


async def test_a_view_is_listed_and_run_in_three_forms(
    client: Client, database_url: str, settings: Settings
) -> None:
    await client.world.roster("club", *(child(f"C{n}", f"Child{n}", neighborhood="north") for n in range(30)))
    await client.world.enroll("club", *(enrollment(f"e{n}", f"C{n}", "after") for n in range(12)))
    staff = await client.token(Role.CABINET_STAFF)
    measures = ["IN_NEED", "SERVED", "COVERAGE_RATE"]
    asked: dict[str, Any] = {**SERVED, "measures": measures, "breakdownBy": ["NEIGHBORHOOD"]}
    view = (await save(client, staff, {**asked, "services": ["AFTER_SCHOOL", "GONE"]}, name="=1+1"))["id"]
    async with serving(database_url, settings) as server:
        code, said, _ = await cabinet(server, staff, "list", "harbor")
        assert (code, view in said, "=1+1" in said, "'GONE'" in said) == (0, True, True, True)
        code, _, wrong = await cabinet(server, staff, "run", view, *DAY)
        assert (code, "INPUT_INVALID" in wrong, "GONE" in wrong) == (1, True, True)
        await save(client, staff, asked, view=view)
        code, said, _ = await cabinet(server, staff, "run", view, *DAY, "--format", "csv")
        rows = list(csv.DictReader(io.StringIO(said)))
        found = {(row["measure"], row["group"]): row for row in rows}
        assert (code, found["served", "North"]["value"], found["served", ""]["value"]) == (0, "12", "12")
        assert (found["coverageRate", ""]["numerator"], found["coverageRate", ""]["value"]) == ("12", "0.4")
        code, said, _ = await cabinet(server, staff, "run", view, *DAY, "--format", "json")
        assert len(json.loads(said)["result"]["figures"]) == len(rows)
        code, said, _ = await cabinet(server, staff, "run", view, *DAY, "--neighborhood", "north")
        assert (code, "As of 2026-10-15" in said, "Served / in need" in said) == (0, True, True)


async def test_what_is_withheld_says_so(client: Client, database_url: str, settings: Settings) -> None:
    await client.world.roster("club", *(child(f"C{n}", f"Child{n}") for n in range(30)))
    await client.world.enroll("club", *(enrollment(f"e{n}", f"C{n}", "after") for n in range(3)))
    staff, member = await client.token(Role.CABINET_STAFF), await client.token(Role.CABINET_MEMBER)
    view = (await save(client, staff))["id"]
    await client.data(SHARE, staff, **{"id": view, "with": [{"cabinet": True}]})
    async with serving(database_url, settings) as server:
        _, said, _ = await cabinet(server, member, "run", view, *DAY, "--format", "csv")
    served = next(row for row in csv.DictReader(io.StringIO(said)) if row["measure"] == "served")
    assert (served["numerator"], served["value"]) == ("withheld", "withheld")
