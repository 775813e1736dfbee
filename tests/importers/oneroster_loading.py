"""Loading OneRoster packages into the small world, and looking at what came of it."""

from pathlib import Path
from typing import Any

from cabinet.importers.load import find_format, load
from cabinet.importers.report import Report
from cabinet.intake.receipt import Verdict
from cabinet.intake.rows import Kind
from tests.world import LOADER, World

YEARS = """
SELECT r.record_id, n.given_name, n.birth_date::text, s.code AS school, y.grade, y.ends::text, y.exit_reason
FROM child_year y JOIN child_link l USING (community_id, child_id)
JOIN source_record r ON r.community_id = l.community_id AND r.source_record_id = l.source_record_id
JOIN child_identity n ON n.community_id = l.community_id AND n.source_record_id = l.source_record_id
LEFT JOIN school s ON s.community_id = y.community_id AND s.school_id = y.school_id
WHERE y.organization_id = r.organization_id ORDER BY r.record_id
"""
ENROLLED = """
SELECT e.record_id, p.code, e.status, e.begins::text, e.ends::text, e.exit_reason FROM enrollment e
JOIN program p USING (community_id, program_id) ORDER BY e.record_id
"""


async def take(world: World, path: Path, *, accept: bool = False, source: str | None = None) -> Report:
    format_ = find_format("oneroster")
    return await load(world.database, LOADER, world.harbor, format_, path, source=source, accept_absences=accept)


async def fetch(world: World, sql: str) -> list[dict[str, Any]]:
    source = await world.source("district")
    async with world.database.transaction(source.scope) as connection:
        return [dict(row) for row in await connection.fetch(sql)]


async def left(world: World) -> dict[str, str | None]:
    """Return why each of the roster's children is there no more; None for those who are there."""
    return {row["record_id"]: row["exit_reason"] for row in await fetch(world, YEARS)}


async def with_program(world: World) -> None:
    """Give the district a program with the code of a course."""
    program = {"code": "RI", "name": "Reading", "organization": "district", "sector": "EDUCATION"}
    await world.fill("district", Kind.PROGRAM, [program])


def changed(report: Report) -> int:
    return report.total(Verdict.CREATED) + report.total(Verdict.UPDATED)
