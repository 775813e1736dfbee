"""The children that records of a post may be about: found by their keys, in two statements for the whole post."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from cabinet.db import Connection
from cabinet.linkage.claims import Children
from cabinet.linkage.features import CROWD, Features
from cabinet.linkage.frequencies import Frequencies
from cabinet.linkage.size import Size, size_of
from cabinet.linkage.stored import FORM, from_stored, key_hash

_SHARING = """
SELECT given.key, found.records FROM unnest($2::bigint[]) AS given (key)
CROSS JOIN LATERAL (
  SELECT array_agg(source_record_id) AS records FROM (
    SELECT k.source_record_id FROM comparison_key k WHERE k.community_id = $1 AND k.key = given.key LIMIT $3
  ) AS crowd
) AS found
WHERE cardinality(found.records) < $3
"""
# A child is compared by all of its records, those too that share nothing. OFFSET 0 keeps the lookups one by one,
# by index: while a load fills the tables, the planner has no idea of their size.
_CHILDREN = """
WITH met AS (
  SELECT DISTINCT child_id FROM unnest($2::uuid[]) AS given (source_record_id)
  CROSS JOIN LATERAL (
    SELECT child_id FROM child_link l
    WHERE l.community_id = $1 AND l.source_record_id = given.source_record_id AND l.undone_at IS NULL OFFSET 0
  ) AS linked
)
SELECT met.child_id, l.source_record_id, l.organization_id, r.record_id, c.features
FROM met
CROSS JOIN LATERAL (
  SELECT source_record_id, organization_id FROM child_link l
  WHERE l.community_id = $1 AND l.child_id = met.child_id AND l.undone_at IS NULL OFFSET 0
) AS l
CROSS JOIN LATERAL (
  SELECT record_id FROM source_record r
  WHERE r.community_id = $1 AND r.source_record_id = l.source_record_id OFFSET 0
) AS r
CROSS JOIN LATERAL (
  SELECT features FROM child_comparison c
  WHERE c.community_id = $1 AND c.source_record_id = l.source_record_id AND c.form = $3 OFFSET 0
) AS c
"""
_NAMED = """
SELECT 'given' AS name, given AS value, count(*) FROM child_comparison
WHERE community_id = $1 AND given = ANY ($2) GROUP BY given
UNION ALL
SELECT 'family', family, count(*) FROM child_comparison
WHERE community_id = $1 AND family = ANY ($3) GROUP BY family
"""


@dataclass(frozen=True)
class Kept:
    """A record that a child has: whose it is, and its id there."""

    source_record_id: UUID
    organization_id: UUID
    record_id: str
    features: Features


@dataclass(frozen=True)
class Candidates:
    """The children that share a key with one of the records, with all their records, and which with which."""

    claims: list[list[UUID]]
    """For each record that was asked about, in its order."""
    kept: dict[UUID, list[Kept]]
    children: Children[UUID]


async def read_candidates(connection: Connection, community_id: UUID, records: Sequence[Features]) -> Candidates:
    """Read the children to compare these records with. Keys that more than CROWD records share are left out."""
    hashes = [{key_hash(key) for key in each.keys} for each in records]
    asked = list(set().union(*hashes))
    rows = await connection.fetch(_SHARING, community_id, asked, CROWD + 1)
    sharing = {row["key"]: row["records"] for row in rows}
    kept: defaultdict[UUID, list[Kept]] = defaultdict(list)
    child_of: dict[UUID, UUID] = {}
    met = list({record for crowd in sharing.values() for record in crowd})
    for row in await connection.fetch(_CHILDREN, community_id, met, FORM):
        features = from_stored(str(row["source_record_id"]), row["features"])
        child_of[row["source_record_id"]] = row["child_id"]
        kept[row["child_id"]].append(
            Kept(row["source_record_id"], row["organization_id"], row["record_id"], features)
        )
    found = ((record for key in keys for record in sharing.get(key, ())) for keys in hashes)
    claims = [sorted({child_of[record] for record in each if record in child_of}) for each in found]
    by_child = {child: [each.features for each in of_child] for child, of_child in kept.items()}
    size = await size_of(connection, community_id, len(records))
    frequencies = await _frequencies(connection, community_id, records, size)
    return Candidates(claims, dict(kept), Children(by_child, max(size.children, 1), frequencies))


async def _frequencies(
    connection: Connection, community_id: UUID, records: Sequence[Features], size: Size
) -> Frequencies:
    given, family = ({name for each in records if (name := getattr(each, of))} for of in ("given", "family"))
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in await connection.fetch(_NAMED, community_id, list(given), list(family)):
        counts[row["name"]][row["value"]] = row["count"]
    return Frequencies.counted(counts, {"given": size.given, "family": size.family})
