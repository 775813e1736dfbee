"""What stands of a source's records in the database, and which of them a complete file no longer holds."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cabinet.db import Database
from cabinet.errors import RowProblem, TooManyAbsent
from cabinet.importers.format import Memory, Standing, Stored, Whole
from cabinet.importers.report import Report
from cabinet.intake.receipt import Receipt, Verdict
from cabinet.intake.rows import Kind, Raw
from cabinet.intake.source import Source
from cabinet.tables.terms import OPEN_STATUSES

MAX_SHARE = 0.1
"""Of what was there, so much may be gone before a person has to say that it is meant."""

_CHILDREN = """
SELECT record_id, payload FROM source_record
WHERE community_id = $1 AND organization_id = $2 AND format = $3 AND record_id = ANY ($4)
"""
_ENROLLMENTS = """
SELECT e.record_id, e.record_version, e.child_id, e.begins, e.ends, e.exit_reason, p.code AS program
FROM enrollment e JOIN program p ON p.community_id = e.community_id AND p.program_id = e.program_id
WHERE e.community_id = $1 AND e.organization_id = $2 AND starts_with(e.record_id, $3 || ':')
  AND e.record_id = ANY ($4)
"""
_RECORDS: Mapping[Kind, str] = {Kind.CHILD: _CHILDREN, Kind.ENROLLMENT: _ENROLLMENTS}
_ALL_CHILDREN = """
SELECT record_id FROM source_record
WHERE community_id = $1 AND organization_id = $2 AND format = $3 AND payload ->> 'ends' IS NULL
"""
_ALL_ENROLLMENTS = """
SELECT record_id FROM enrollment
WHERE community_id = $1 AND organization_id = $2 AND starts_with(record_id, $3 || ':')
  AND status = ANY ($4) AND (ends IS NULL OR ends >= $5)
"""
_PROGRAMS = "SELECT code FROM program WHERE community_id = $1 AND organization_id = $2"


@dataclass(frozen=True)
class Absence:
    """The ids of the records that a complete file no longer holds."""

    whole: Whole
    record_ids: Sequence[str]


def record_id_of(source_format: str, sourced_id: str) -> str:
    """Return the record id of an enrollment that a format brings: nobody else's in the same organization."""
    return f"{source_format}:{sourced_id}"


async def read_standing(database: Database, source: Source, kind: Kind, record_ids: Iterable[str]) -> Standing:
    """Read what the source's own format brought before of these records."""
    key = (source.community_id, source.organization_id)
    async with database.transaction(source.scope) as connection:
        rows = await connection.fetch(_RECORDS[kind], *key, source.format, list(record_ids))
        programs = await connection.fetch(_PROGRAMS, *key)
    records = {row["record_id"]: row["payload"] if kind is Kind.CHILD else dict(row) for row in rows}
    return Standing(source.today, records, frozenset(row["code"] for row in programs))


async def find_absence(
    database: Database, source: Source, memory: Memory, whole: Whole, *, accept_absences: bool
) -> Absence:
    """Find what a complete file no longer holds; raise TooManyAbsent if a person has to say that it is meant."""
    there = await _there(database, source, whole.kind)
    missing = sorted(there - whole.held)
    records = (await read_standing(database, source, whole.kind, missing)).records if whole.newest else {}
    absent = [record_id for record_id in missing if not memory.is_newer(whole, records.get(record_id, {}))]
    if len(absent) > MAX_SHARE * len(there) and not accept_absences:
        raise TooManyAbsent(
            f"{whole.file} says it is complete, but {len(absent):,} of {len(there):,} records that were there are"
            " not in it.",
            file=whole.file,
            absent=len(absent),
            there=len(there),
        )
    return Absence(whole, absent)


async def _there(database: Database, source: Source, kind: Kind) -> frozenset[str]:
    arguments: list[Any] = [source.community_id, source.organization_id, source.format]
    if kind is Kind.ENROLLMENT:
        arguments += [list(OPEN_STATUSES), source.today]
    statement = _ALL_ENROLLMENTS if kind is Kind.ENROLLMENT else _ALL_CHILDREN
    async with database.transaction(source.scope) as connection:
        return frozenset(row["record_id"] for row in await connection.fetch(statement, *arguments))


async def end_rows(
    database: Database, source: Source, memory: Memory, whole: Whole, record_ids: Sequence[str]
) -> list[Raw]:
    """Return the rows that end these records, out of what is stored of them."""
    standing = await read_standing(database, source, whole.kind, record_ids)
    stored: Iterable[Stored] = standing.records.values()
    return [memory.end(whole, each, standing.today) for each in stored]


def tell_ended(report: Report, whole: Whole, receipt: Receipt) -> None:
    """Say how many records these rows ended."""
    if count := len(receipt.outcomes) - receipt.count(Verdict.REJECTED):
        problem = RowProblem(f"{whole.file} no longer holds a record that was there; it was ended.", hint="")
        report.told_once.add(problem, whole.file, 1, count=count)


def not_ended(whole: Whole, receipt: Receipt) -> Iterator[RowProblem]:
    """Yield why records were not ended, one of them each."""
    for outcome in receipt.outcomes:
        if outcome.verdict is Verdict.REJECTED:
            found = " ".join(problem.message for problem in outcome.problems)
            message = f"{whole.file} no longer holds a record that could not be ended. {found}"
            yield RowProblem(message, hint="It stands as it was.")
