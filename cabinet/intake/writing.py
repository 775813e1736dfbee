"""Writing the judged rows of a batch (`judging`), with what they say of their children."""

from cabinet.calendar import FIRST_MONTH, FIRST_SCHOOL_YEAR, LAST_SCHOOL_YEAR
from cabinet.db import Connection, Record
from cabinet.intake.source import Source

_CREATE = """
INSERT INTO enrollment (community_id, enrollment_id, child_id, program_id, organization_id, sector, status, begins,
  ends, exit_reason, record_id, record_version, content_hash)
SELECT $1, enrollment_id, child_id, program_id, $2, sector, status, begins, ends, exit_reason, record_id,
  record_version, content_hash
FROM judged_enrollment WHERE verdict = 'CREATED'
"""
_UPDATE = """
UPDATE enrollment SET sector = j.sector, status = j.status, begins = j.begins, ends = j.ends,
  exit_reason = j.exit_reason, record_version = j.record_version, content_hash = j.content_hash
FROM judged_enrollment j
WHERE enrollment.community_id = $1 AND enrollment.enrollment_id = j.enrollment_id AND j.verdict = 'UPDATED'
"""
# What `people` adds to children that are known: the sectors and the organization that have a record of them.
_ADD_TO_CHILD = """
WITH said AS (
  SELECT j.child_id, array_agg(DISTINCT j.sector) AS sectors
  FROM judged_enrollment j JOIN child c ON c.community_id = $1 AND c.child_id = j.child_id
  WHERE j.verdict <> 'UNCHANGED' AND NOT (ARRAY[$3, j.sector] <@ c.sectors AND $2 = ANY (c.organization_ids))
  GROUP BY j.child_id
)
UPDATE child SET
  sectors = (SELECT array_agg(DISTINCT s ORDER BY s) FROM unnest(child.sectors || said.sectors || $3::text) AS s),
  organization_ids = CASE WHEN $2 = ANY (child.organization_ids) THEN child.organization_ids
                          ELSE child.organization_ids || $2::uuid END
FROM said WHERE child.community_id = $1 AND child.child_id = said.child_id
"""
# The years of `facts`: what a row says of grade and place holds for its last year, and the last row that says it.
# Records that stand open already speak first, as in `open_enrollments`.
_YEARS = f"""
INSERT INTO child_year (community_id, child_id, school_year, organization_id, sector, grade, neighborhood_id)
SELECT $1, said.child_id, year, $2, $3,
  (array_agg(said.grade ORDER BY said.was_open, said.index DESC) FILTER (WHERE said.grade IS NOT NULL))[1],
  (array_agg(said.place ORDER BY said.was_open, said.index DESC) FILTER (WHERE said.place IS NOT NULL))[1]
FROM (
  SELECT j.child_id, j.index, j.was_open, year,
    CASE year WHEN span.last THEN j.grade END AS grade,
    CASE year WHEN span.last THEN j.neighborhood_id END AS place
  FROM judged_enrollment j
  CROSS JOIN LATERAL (SELECT greatest(j.begins, least(j.ends, $4)) AS last_day) AS day
  CROSS JOIN LATERAL (
    SELECT greatest(extract(year FROM j.begins)::int + (extract(month FROM j.begins) >= {FIRST_MONTH})::int,
        {FIRST_SCHOOL_YEAR}) AS first,
      least(extract(year FROM day.last_day)::int + (extract(month FROM day.last_day) >= {FIRST_MONTH})::int,
        {LAST_SCHOOL_YEAR}) AS last) AS span
  CROSS JOIN LATERAL generate_series(span.first, span.last) AS year
  WHERE j.verdict <> 'UNCHANGED'
) AS said
GROUP BY said.child_id, year
ON CONFLICT (community_id, child_id, school_year, organization_id) DO UPDATE SET
  grade = coalesce(excluded.grade, child_year.grade),
  neighborhood_id = coalesce(excluded.neighborhood_id, child_year.neighborhood_id)
WHERE excluded.grade IS NOT NULL AND excluded.grade IS DISTINCT FROM child_year.grade
  OR excluded.neighborhood_id IS NOT NULL AND excluded.neighborhood_id IS DISTINCT FROM child_year.neighborhood_id
"""
_WRITTEN = """
SELECT index, verdict, enrollment_id, coalesce(stored_child_id, child_id) AS child_id FROM judged_enrollment
"""


async def write_judged(connection: Connection, source: Source) -> list[Record]:
    """Write the rows that bring news; return the verdict, enrollment and child of every one."""
    here = source.community_id, source.organization_id
    await connection.execute(_ADD_TO_CHILD, *here, source.sector)
    await connection.execute(_YEARS, *here, source.sector, source.today)
    await connection.execute(_CREATE, *here)
    await connection.execute(_UPDATE, source.community_id)
    written: list[Record] = await connection.fetch(_WRITTEN)
    return written
