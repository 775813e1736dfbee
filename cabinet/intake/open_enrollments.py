"""One open enrollment of a child in a program: which of several may be it, and how they change places."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from cabinet.db import Connection
from cabinet.errors import AlreadyEnrolled, RowProblem
from cabinet.intake.drafts import Draft
from cabinet.intake.source import Source
from cabinet.tables.terms import OPEN_STATUSES, EnrollmentStatus

_OPEN_ENROLLMENTS = """
SELECT child_id, program_id, record_id, begins, status, is_second, record_version < 0 AS is_made FROM enrollment
WHERE community_id = $1 AND organization_id = $2 AND child_id = ANY ($3) AND ends IS NULL
  AND (status = ANY ($4) OR record_version < 0)
"""
_TAKE_OVER = """
UPDATE enrollment SET record_id = said.record_id
FROM unnest($3::text[], $4::text[]) AS said (made, record_id)
WHERE community_id = $1 AND organization_id = $2 AND enrollment.record_id = said.made AND record_version < 0
"""
_STEP_ASIDE = """
UPDATE enrollment SET status = 'NOT_ENROLLED'
WHERE community_id = $1 AND organization_id = $2 AND record_id = ANY ($3) AND ends IS NULL
"""
IN_THE_PROGRAM = (EnrollmentStatus.ENROLLED, EnrollmentStatus.COMPLETED, EnrollmentStatus.WITHDRAWN)

Place = tuple[UUID, UUID]
"""A child in a program."""


async def settle_places(connection: Connection, source: Source, drafts: Sequence[Draft]) -> list[Draft]:
    """Let new records take the place of enrollments made from attendance, and reject a second open one."""
    children = [draft.placed.child_id for draft in drafts]
    rows = await connection.fetch(
        _OPEN_ENROLLMENTS, source.community_id, source.organization_id, children, list(OPEN_STATUSES)
    )
    _take_over({place(row): row for row in rows if row["is_made"]}, drafts)
    return _refuse_second_open([row for row in rows if row["status"] in OPEN_STATUSES], drafts)


async def make_room(connection: Connection, source: Source, drafts: Sequence[Draft]) -> None:
    """Hand over what is taken over. Two enrollments may trade places in one post; none may be in the way."""
    taken = [(draft.takes_over, draft.record_id) for draft in drafts if draft.takes_over]
    if taken:
        made, records = zip(*taken, strict=True)
        await connection.execute(_TAKE_OVER, source.community_id, source.organization_id, made, records)
    there = [draft.record_id for draft in drafts if draft.stored or draft.takes_over]
    if there:
        await connection.execute(_STEP_ASIDE, source.community_id, source.organization_id, there)


def place(values: Any) -> Place:
    return values["child_id"], values["program_id"]


def _take_over(made: dict[Place, Any], drafts: Iterable[Draft]) -> None:
    """Put the agency's own word of a time in the place of what its attendance let us suppose."""
    for draft in sorted(drafts, key=lambda d: d.values["begins"]):
        here, ends = place(draft.values), draft.values["ends"]
        is_own_word = draft.stored is None and draft.values["status"] in IN_THE_PROGRAM
        if is_own_word and here in made and (ends is None or ends >= made[here]["begins"]):
            draft.takes_over = made.pop(here)["record_id"]


def _refuse_second_open(rows: Sequence[Any], drafts: Sequence[Draft]) -> list[Draft]:
    """Reject an open enrollment beside another open one of the same child in the same program.

    What counts is how the enrollments stand after this post: one that it ends or moves is not in the way, unless
    that very row is rejected; then those that counted on it are looked at again.
    """
    # A record that is there already keeps its place against a new one of the same post.
    there = {row["record_id"]: place(row) for row in rows}
    # Two that were open when two children were found to be one go on side by side, until one is ended.
    second = {row["record_id"] for row in rows if row["is_second"]}
    kept = sorted(drafts, key=lambda d: (d.record_id not in there, d.outcome.index))
    rewritten = {record_id for draft in kept for record_id in (draft.record_id, draft.takes_over)}
    in_the_way = sorted(there.keys() - rewritten, key=lambda record_id: record_id not in second)
    taken = {there[record_id]: record_id for record_id in in_the_way}
    standing: dict[Place, Draft] = {}
    asking = [draft for draft in kept if _is_open(draft) and draft.record_id not in second]
    refused = [draft for draft in asking if not _stands(taken, standing, draft)]
    for draft in refused:
        # The list grows as it is gone through: what stays where it was may be in the way of another.
        for record_id in (draft.record_id, draft.takes_over):
            here = there.get(record_id or "") if record_id not in second else None
            other = standing.pop(here, None) if here is not None else None
            if here is not None and other is not None and record_id is not None:
                taken[here] = record_id
                _takes_place(taken, other)
                refused.append(other)
    lost = {draft.record_id for draft in refused}
    return [draft for draft in kept if draft.record_id not in lost]


def _stands(taken: dict[Place, str], standing: dict[Place, Draft], draft: Draft) -> bool:
    if not _takes_place(taken, draft):
        return False
    standing[place(draft.values)] = draft
    return True


def _is_open(draft: Draft) -> bool:
    return draft.values["ends"] is None and draft.values["status"] in OPEN_STATUSES


def _takes_place(taken: dict[Place, str], draft: Draft) -> bool:
    holder = taken.setdefault(place(draft.values), draft.record_id)
    if holder != draft.record_id:
        problem: RowProblem = AlreadyEnrolled(
            f"The child already has an open enrollment in this program, your record {holder!r}."
        )
        draft.outcome.reject(problem, "record_id")
    return holder == draft.record_id
