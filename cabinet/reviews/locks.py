"""While it is decided whose child a record is, nobody posts of the children and nobody else decides."""

from collections.abc import Sequence
from uuid import UUID

from cabinet.db import Connection
from cabinet.intake.locks import lock_keys, lock_organizations, lock_persons
from cabinet.linkage import Person
from cabinet.tables.terms import Sex

_ORGANIZATIONS = """
SELECT organization_id FROM child_link WHERE community_id = $1 AND child_id = ANY ($2)
UNION SELECT unnest(organization_ids) FROM child WHERE community_id = $1 AND child_id = ANY ($2)
UNION SELECT organization_id FROM match_review WHERE community_id = $1 AND match_review_id = ANY ($3)
"""
_PERSONS = """
SELECT name_key, birth_date, sex, NULL AS system, NULL AS value FROM child_identity
WHERE community_id = $1 AND child_id = ANY ($2)
UNION SELECT NULL, NULL, 'UNKNOWN', system, value FROM child_identifier
WHERE community_id = $1 AND child_id = ANY ($2)
"""

_KEYS = """
SELECT DISTINCT jsonb_array_elements_text(c.features -> 'keys') AS key
FROM child_link l JOIN child_comparison c USING (community_id, source_record_id)
WHERE l.community_id = $1 AND l.child_id = ANY ($2) AND l.undone_at IS NULL
"""


async def lock_children(
    connection: Connection, community_id: UUID, children: Sequence[UUID], reviews: Sequence[UUID] = ()
) -> None:
    """Hold off the posts of every organization that knows one of the children, and whoever would find one anew.

    An organization that came to know one while the lock was waited for is locked too: it is asked again until
    there is none. Posts lock their organization first and persons after it, and so does this.
    """
    locked: set[UUID] = set()
    while missing := await _organizations(connection, community_id, children, reviews) - locked:
        await lock_organizations(connection, missing)
        await lock_persons(connection, community_id, await _persons(connection, community_id, children))
        locked |= missing
    await lock_keys(connection, community_id, await _keys(connection, community_id, children))


async def _persons(connection: Connection, community_id: UUID, children: Sequence[UUID]) -> list[Person]:
    """Return what anybody else would find one of the children by."""
    rows = await connection.fetch(_PERSONS, community_id, list(children))
    return [
        Person(
            "",
            row["name_key"],
            row["birth_date"],
            Sex(row["sex"]),
            {row["system"]: row["value"]} if row["system"] else {},
        )
        for row in rows
    ]


async def _keys(connection: Connection, community_id: UUID, children: Sequence[UUID]) -> list[str]:
    """Return what the community's model would find one of the children by."""
    rows = await connection.fetch(_KEYS, community_id, list(children))
    return [row["key"] for row in rows]


async def _organizations(
    connection: Connection, community_id: UUID, children: Sequence[UUID], reviews: Sequence[UUID]
) -> set[UUID]:
    rows = await connection.fetch(_ORGANIZATIONS, community_id, list(children), list(reviews))
    return {row["organization_id"] for row in rows}
