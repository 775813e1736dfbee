"""What the rows say of a child beside who it is: its school years and its characteristics."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import chain
from typing import Any
from uuid import UUID

from cabinet.calendar import school_year_of, school_years_between
from cabinet.db import Connection, Record
from cabinet.errors import NeighborhoodUnknown, SchoolUnknown
from cabinet.intake.match import Placed
from cabinet.intake.references import References
from cabinet.intake.rows import (
    AttendanceRow,
    ChildRow,
    ConsentRow,
    EncounterRow,
    EnrollmentRow,
    NeedRow,
    ReferralRow,
)
from cabinet.intake.source import Source, said_by
from cabinet.intake.write import Values, insert, update_on_conflict
from cabinet.tables import characteristic, child_year

_LEAVING = ("ends", "exit_reason")
_STANDING = """
SELECT DISTINCT l.child_id FROM child_link l
JOIN source_record r ON r.community_id = l.community_id AND r.source_record_id = l.source_record_id
WHERE l.community_id = $1 AND r.organization_id = $2 AND l.child_id = ANY ($3) AND l.undone_at IS NULL
  AND r.payload ? 'record_id' AND r.payload ->> 'ends' IS NULL  -- A roster's record, and one that has not ended.
"""


async def write_facts(
    connection: Connection, source: Source, placed: Sequence[Placed], references: References
) -> set[UUID]:
    """Write them, and return the children of whom something is said now that was not before."""
    years = await _write_years(connection, source, placed, references)
    characteristics = await _write_characteristics(connection, source, placed)
    return {row["child_id"] for row in (*years, *characteristics)}


async def _write_years(
    connection: Connection, source: Source, placed: Sequence[Placed], references: References
) -> list[Record]:
    """Say in which school years the child is here, and with what grade, school and neighborhood."""
    years: dict[tuple[UUID, int], dict[str, Any]] = {}
    standing = await _read_standing(connection, source, placed)
    for each in placed:
        _note_unknown(each, references)
    for values in chain.from_iterable(years_said(source, p, references) for p in placed):
        if values["child_id"] in standing:
            values.update(dict.fromkeys(_LEAVING))
        known = years.setdefault((values["child_id"], values["school_year"]), dict(values))
        known.update({name: value for name, value in values.items() if value is not None})
    facts = ("grade", "school_id", "neighborhood_id")
    keep = [f"{f} = coalesce(excluded.{f}, child_year.{f})" for f in facts]
    differs = [f"excluded.{f} IS NOT NULL AND excluded.{f} IS DISTINCT FROM child_year.{f}" for f in facts]
    if any(type(p.item.row) is ChildRow for p in placed):
        # Only a roster knows who has left, and who is back.
        keep += [f"{f} = excluded.{f}" for f in _LEAVING]
        differs += [f"excluded.{f} IS DISTINCT FROM child_year.{f}" for f in _LEAVING]
    # Whose words they are goes with the words.
    keep.append("source_record_id = excluded.source_record_id")
    key = "community_id, child_id, school_year, organization_id"
    return await insert(
        connection,
        child_year,
        list(years.values()),
        conflict=f"ON CONFLICT ({key}) DO UPDATE SET {', '.join(keep)} WHERE {' OR '.join(differs)}",
        returning="child_id",
    )


async def _read_standing(connection: Connection, source: Source, placed: Sequence[Placed]) -> set[UUID]:
    """Return those of the children that leave by one record and are there by another: they have a new number."""
    left = [p.child_id for p in placed if type(p.item.row) is ChildRow and p.item.row.ends]
    rows = await connection.fetch(_STANDING, source.community_id, source.organization_id, left) if left else []
    return {row["child_id"] for row in rows}


def years_said(source: Source, placed: Placed, references: References) -> Iterable[dict[str, Any]]:
    """Yield what a row says of its child's school years, one by one."""
    row = placed.item.row
    grade, school, neighborhood = _facts(placed, references)
    if type(row) is ChildRow:
        years: Iterable[int] = [row.school_year or school_year_of(source.today)]
    elif type(row) is EnrollmentRow:
        last = min(row.ends or source.today, source.today)
        years = school_years_between(row.begins, last)
    elif type(row) is ConsentRow:
        # A family that signed something does not say thereby that the child is here.
        years = ()
    else:
        day = _day(row)
        years = school_years_between(day, day)
    listed = list(years)
    leaving = {fact: getattr(row, fact) if type(row) is ChildRow else None for fact in _LEAVING}
    for year in listed:
        # What a row says of grade and place holds for its last year; the years before may have differed.
        is_last = year == listed[-1]
        yield {
            **said_by(source),
            "child_id": placed.child_id,
            "source_record_id": placed.source_record_id,
            "school_year": year,
            "grade": grade if is_last else None,
            "school_id": school if is_last else None,
            "neighborhood_id": neighborhood if is_last else None,
            **leaving,
        }


def _day(row: EncounterRow | NeedRow | ReferralRow | AttendanceRow) -> date:
    if type(row) is EncounterRow:
        return row.occurred_on
    if type(row) is AttendanceRow:
        return row.attended_on
    return row.sent if type(row) is ReferralRow else row.opened


def _note_unknown(placed: Placed, references: References) -> None:
    """Note codes nobody knows; the row is taken without them."""
    said, outcome = vars(placed.item.row), placed.item.outcome
    school, neighborhood = said.get("school"), said.get("neighborhood")
    if school and school not in references.schools:
        outcome.note(SchoolUnknown(), "school")
    if neighborhood and neighborhood not in references.neighborhoods:
        outcome.note(NeighborhoodUnknown(), "neighborhood")


def _facts(placed: Placed, references: References) -> tuple[str | None, UUID | None, UUID | None]:
    said = vars(placed.item.row)
    school_code, code = said.get("school"), said.get("neighborhood")
    school = references.schools.get(school_code) if school_code else None
    neighborhood = references.neighborhoods.get(code) if code else None
    if neighborhood is None and placed.identity and placed.identity.postal_code:
        neighborhood = references.postal_codes.get(placed.identity.postal_code[:5])
    return (
        said.get("grade"),
        school.id if school else None,
        neighborhood.id if neighborhood else None,
    )


async def _write_characteristics(connection: Connection, source: Source, placed: Sequence[Placed]) -> list[Record]:
    rows: dict[tuple[Any, ...], Values] = {}
    for p in placed:
        for said in vars(p.item.row).get("characteristics", ()):
            rows[p.child_id, said.kind, said.begins] = {
                **said_by(source),
                "child_id": p.child_id,
                "source_record_id": p.source_record_id,
                **said.model_dump(),
            }
    key = "community_id, child_id, organization_id, kind, begins"
    differs = "(characteristic.value, characteristic.ends) IS DISTINCT FROM (excluded.value, excluded.ends)"
    conflict = update_on_conflict(key, ["value", "ends", "source_record_id"], characteristic, differs)
    return await insert(connection, characteristic, list(rows.values()), conflict=conflict, returning="child_id")
