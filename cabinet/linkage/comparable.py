"""Source records made comparable and kept so, with the keys that others find them by."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from cabinet.db import Connection
from cabinet.linkage.features import Features, features_of
from cabinet.linkage.record import Record
from cabinet.linkage.stored import FORM, as_stored, key_hash
from cabinet.plans import many
from cabinet.tables.terms import Sex

CHUNK = 1_000

_SAID = """
SELECT i.source_record_id, i.organization_id, i.sector, i.given_name, i.middle_name, i.family_name, i.birth_date,
  i.sex, i.address, i.postal_code, i.guardians, i.phones, (
    SELECT jsonb_object_agg(n.system, n.value ORDER BY n.value) FROM child_identifier n
    WHERE n.community_id = i.community_id AND n.child_id = i.child_id AND n.organization_id = i.organization_id
  ) AS identifiers
FROM child_identity i WHERE i.community_id = $1 AND i.source_record_id = ANY ($2)
"""
# The keys that a record has no more go, and those it has not yet come; what says nothing new is left alone.
_KEEP = """
WITH kept AS (
  INSERT INTO child_comparison
    (community_id, source_record_id, organization_id, sector, form, features, given, family)
  SELECT $1, source_record_id, organization_id, sector, $2, features, features ->> 'given', features ->> 'family'
  FROM unnest($3::uuid[], $4::uuid[], $5::text[], $6::jsonb[])
    AS made (source_record_id, organization_id, sector, features)
  ON CONFLICT (community_id, source_record_id) DO UPDATE SET form = excluded.form, features = excluded.features,
    given = excluded.given, family = excluded.family, recorded_at = now()
  WHERE (child_comparison.form, child_comparison.features) IS DISTINCT FROM (excluded.form, excluded.features)
  RETURNING source_record_id, organization_id, sector, (old.source_record_id IS NULL) AS is_new
),
has AS MATERIALIZED (SELECT * FROM unnest($7::bigint[], $8::uuid[]) AS has (key, source_record_id)),
gone AS (
  DELETE FROM comparison_key k USING kept
  WHERE k.community_id = $1 AND k.source_record_id = kept.source_record_id AND NOT kept.is_new
    AND NOT EXISTS (SELECT FROM has WHERE has.key = k.key AND has.source_record_id = k.source_record_id)
)
INSERT INTO comparison_key (community_id, key, source_record_id, organization_id, sector)
SELECT $1, key, source_record_id, organization_id, sector FROM has JOIN kept USING (source_record_id)
ON CONFLICT DO NOTHING
"""
_BEHIND = """
SELECT i.source_record_id FROM child_identity i
LEFT JOIN child_comparison c USING (community_id, source_record_id)
WHERE i.community_id = $1 AND c.form IS DISTINCT FROM $2 LIMIT $3
"""


async def compare_anew(connection: Connection, community_id: UUID, records: Sequence[UUID], as_of: date) -> None:
    """Make these source records comparable by what they say now; those that say nothing new stay as they are."""
    rows = await connection.fetch(_SAID, community_id, records)
    made = [(row, features_of(_record(row), as_of)) for row in rows]
    if not made:
        return
    columns = ([row[name] for row, _ in made] for name in ("source_record_id", "organization_id", "sector"))
    stored = [as_stored(features) for _, features in made]
    keys = list(_keys((row["source_record_id"], of) for row, of in made))
    has = [key for key, _ in keys], [record for _, record in keys]
    async with many(connection, len(keys)):
        await connection.execute(_KEEP, community_id, FORM, *columns, stored, *has)


async def catch_up(connection: Connection, community_id: UUID, as_of: date) -> int:
    """Make up to CHUNK of the records comparable that are not yet, or not in today's form; return how many."""
    rows = await connection.fetch(_BEHIND, community_id, FORM, CHUNK)
    await compare_anew(connection, community_id, [row[0] for row in rows], as_of)
    return len(rows)


def _keys(made: Iterable[tuple[UUID, Features]]) -> Iterable[tuple[int, UUID]]:
    for record, features in made:
        yield from ((key, record) for key in {key_hash(key) for key in features.keys})


def _record(row: Any) -> Record:
    return Record(
        record_id=str(row["source_record_id"]),
        given_name=row["given_name"],
        middle_name=row["middle_name"],
        family_name=row["family_name"],
        birth_date=row["birth_date"],
        sex=Sex(row["sex"]),
        address=row["address"],
        postal_code=row["postal_code"],
        guardians=tuple(row["guardians"]),
        phones=tuple(row["phones"]),
        identifiers=row["identifiers"] or {},
    )
