"""Of the versions of one child's record the highest speaks, in whatever order they arrive."""

from collections.abc import Mapping, Sequence

from cabinet.db import Connection
from cabinet.intake.match import Placed
from cabinet.intake.receipt import Verdict
from cabinet.intake.source import Source

_VERSIONS = """
SELECT record_id, record_version FROM source_record
WHERE community_id = $1 AND organization_id = $2 AND record_id = ANY ($3) AND record_version IS NOT NULL
"""


async def settle_overtaken(connection: Connection, source: Source, placed: Sequence[Placed]) -> list[Placed]:
    """Return the rows of a roster that bring news; an older version leaves no trace of what it said.

    A row without a version is news: its source has no other way to say so.
    """
    asked = [each.item.row.record_id for each in placed]
    rows = await connection.fetch(_VERSIONS, source.community_id, source.organization_id, asked)
    newest: dict[str, int] = {row["record_id"]: row["record_version"] for row in rows}
    for each in placed:
        row = each.item.row
        newest[row.record_id] = max(newest.get(row.record_id, 0), row.record_version or 0)
    return [each for each in placed if _brings_news(each, newest)]


def _brings_news(placed: Placed, newest: Mapping[str, int]) -> bool:
    row, outcome = placed.item.row, placed.item.outcome
    if row.record_version is None or row.record_version >= newest[row.record_id]:
        return True
    outcome.verdict, outcome.record, outcome.child_id = Verdict.UNCHANGED, placed.child_id, placed.child_id
    return False
