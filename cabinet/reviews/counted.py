"""What is counted of a child, and who holds a record of it, worked out from the rows that are about it."""

from collections.abc import Iterable
from typing import Any

from cabinet.reviews.picture import OF_CHILDREN, Picture, Row
from cabinet.tables import child, child_alias, child_identity, match_candidate, match_review
from cabinet.tables.terms import Sex

_SAYING = [table for table in OF_CHILDREN if table not in (child, child_alias, match_candidate, match_review)]
"""Tables whose rows say something of a child, and by whom."""

_UNKNOWN: dict[str, Any] = {"birth_month": None, "sex": Sex.UNKNOWN.value, "race_ethnicity": []}


def count_source(picture: Picture, child_id: str) -> None:
    """Leave a child that gave rows away with what the rest of them say."""
    slot = picture.child(child_id)
    sectors, organizations = _holders(picture, child_id)
    slot.set(sectors=sorted(sectors), organization_ids=_in_order(slot.now["organization_ids"], organizations))
    said = _said(picture, child_id)
    for name, unknown in _UNKNOWN.items():
        words = [each[name] for each in said if each[name] != unknown]
        if said and slot.now[name] not in words:
            slot.set(**{name: words[0] if words else unknown})


def count_target(picture: Picture, child_id: str, emptied: Row | None) -> None:
    """Add to a child what its new rows say; of a child that it takes in whole, what was counted of that one."""
    slot = picture.child(child_id)
    add_holders(picture, child_id, emptied or {"sectors": [], "organization_ids": []})
    for name, unknown in _UNKNOWN.items():
        words = [each[name] for each in (emptied, *_said(picture, child_id)) if each and each[name] != unknown]
        if slot.now[name] == unknown and words:
            slot.set(**{name: words[0]})


def add_holders(picture: Picture, child_id: str, also: Row) -> None:
    """Add the holders of a child's rows, and others, to those it has."""
    slot = picture.child(child_id)
    sectors, organizations = _holders(picture, child_id)
    known = slot.now["organization_ids"]
    slot.set(
        sectors=sorted({*slot.now["sectors"], *also["sectors"], *sectors}),
        organization_ids=_in_order(
            [*known, *also["organization_ids"]], {*known, *also["organization_ids"], *organizations}
        ),
    )


def _holders(picture: Picture, child_id: str) -> tuple[set[str], set[str]]:
    rows = [slot.now for slot in picture.at(child_id, *_SAYING) if not slot.now.get("undone_at")]
    return {row["sector"] for row in rows}, {row["organization_id"] for row in rows}


def _in_order(first: Iterable[str], wanted: set[str]) -> list[str]:
    kept = [each for each in dict.fromkeys(first) if each in wanted]
    return [*kept, *sorted(wanted - set(kept))]


def _said(picture: Picture, child_id: str) -> list[Row]:
    """Return what each of the child's records says of what is counted, the first record first."""
    rows = sorted(
        (slot.now for slot in picture.at(child_id, child_identity)), key=lambda row: row["source_record_id"]
    )
    return [
        {
            "birth_month": f"{row['birth_date'][:7]}-01" if row["birth_date"] else None,
            "sex": row["sex"],
            "race_ethnicity": row["race_ethnicity"],
        }
        for row in rows
    ]
