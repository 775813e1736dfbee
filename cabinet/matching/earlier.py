"""The children that links of another version of the model hold together, and what else ties their records."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from cabinet.db import Connection
from cabinet.linkage.settled import settled
from cabinet.tables.terms import LinkMethod

_LINKS = """
SELECT child_id, source_record_id AS record, organization_id, method, score, model_version AS version
FROM child_link
WHERE community_id = $1 AND undone_at IS NULL AND child_id IN (
  SELECT child_id FROM child_link
  WHERE community_id = $1 AND undone_at IS NULL AND method = 'PROBABILISTIC' AND model_version <> $2)
ORDER BY child_id, source_record_id
"""
_HELD = """
SELECT DISTINCT source_record_id, child_id, method FROM child_link
WHERE community_id = $1 AND source_record_id = ANY ($2) AND method <> 'PROBABILISTIC'
"""


@dataclass(frozen=True)
class Link:
    """What ties a record to its child."""

    child_id: UUID
    record: UUID
    organization_id: UUID
    method: LinkMethod
    score: float
    version: int | None


@dataclass(frozen=True)
class Earlier:
    """All links of those children; `held` by what else than the model a record was ever a child's.

    `same` are the records that people said are one child's, from either side.
    """

    links: Sequence[Link]
    held: Mapping[UUID, Sequence[tuple[UUID, LinkMethod]]]
    same: Mapping[UUID, Sequence[UUID]]


async def read_earlier(connection: Connection, community_id: UUID, version: int) -> Earlier:
    """Read the children with a link that another version than this one made."""
    rows = await connection.fetch(_LINKS, community_id, version)
    links = [Link(**{**dict(row), "method": LinkMethod(row["method"])}) for row in rows]
    held: defaultdict[UUID, list[tuple[UUID, LinkMethod]]] = defaultdict(list)
    for row in await connection.fetch(_HELD, community_id, [link.record for link in links]):
        held[row["source_record_id"]].append((row["child_id"], LinkMethod(row["method"])))
    same: defaultdict[UUID, list[UUID]] = defaultdict(list)
    child_of = {link.record: link.child_id for link in links}
    for (one, other), is_same in (await settled(connection, community_id)).items():
        if is_same and one in child_of and child_of[one] == child_of.get(other):
            same[one].append(other)
    return Earlier(links, held, same)
