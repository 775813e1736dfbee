"""Which child a row of an attendance export is about."""

from typing import Any

from cabinet.errors import RowInvalid
from cabinet.importers.attendance_layout import Sheet
from cabinet.importers.tabular import Record
from cabinet.importers.tally import Tally
from cabinet.importers.values import present
from cabinet.importers.word_codes import Words

NO_COMMA = RowInvalid(
    "The name has no comma between family name and given name, and was not used.",
    hint="Write `Rivera, Ana`, or give the two names a column each.",
)


def read_child(record: Record, birth_date: str, met: Tally, sheet: Sheet, words: Words) -> dict[str, Any]:
    """Return the reference to a child as the intake door takes it; the identifiers in order of their worth."""
    family, comma, given = record["name"].partition(",")
    if record["name"] and not comma:
        met.add(NO_COMMA, record.file, record.line, sheet.written["name"])
    identity = present(
        given_name=record["given_name"] or given.strip(),
        middle_name=record["middle_name"],
        family_name=record["family_name"] or (family.strip() if comma else ""),
        birth_date=birth_date,
        sex=words.read("sexes", record["sex"]),
        identifiers=present(DISTRICT_STUDENT_ID=record["student_id"], STATE_STUDENT_ID=record["state_student_id"]),
    )
    return present(source_id=record["child_id"], identity=identity)


def child_key(child: dict[str, Any]) -> tuple[str, ...]:
    """Return what tells a child from the others of a file, the same in every layout of it."""
    identity = child.get("identity", {})
    numbers = [("source_id", child["source_id"])] if "source_id" in child else []
    numbers += identity.get("identifiers", {}).items()
    if numbers:
        return numbers[0]
    return tuple(str(identity.get(name, "")).casefold() for name in ("given_name", "family_name", "birth_date"))
