"""Writing the judged rows of a batch (`judging`), with what they say of their children."""

from uuid import UUID

from cabinet.calendar import FIRST_MONTH, FIRST_SCHOOL_YEAR, LAST_SCHOOL_YEAR
from cabinet.db import Connection, Record
from cabinet.intake.source import Source
from cabinet.intake.write import update_on_conflict
from cabinet.tables import enrollment

_SAID = ("sector", "status", "begins", "ends", "exit_reason", "record_version", "content_hash", "source_record_id")
_GUARD = "enrollment.record_version < excluded.record_version"
_RECORDS = f"""
INSERT INTO enrollment (community_id, enrollment_id, child_id, program_id, organization_id, sector, status, begins,
  ends, exit_reason, record_id, record_version, content_hash, source_record_id)
SELECT $1, enrollment_id, child_id, program_id, $2, sector, status, begins, ends, exit_reason, record_id,
  record_version, content_hash, source_record_id
FROM judged_enrollment WHERE verdict <> 'UNCHANGED'
{update_on_conflict("community_id, organization_id, record_id", _SAID, enrollment, _GUARD)}
"""
# What `people` adds to children that are known: the sectors and the organization that have a record of them.
# Written as an insert, the children are found by their key, whatever the planner knows of the table.
_ADD_TO_CHILD = """
INSERT INTO child (community_id, child_id, sectors, organization_ids)
SELECT $1, j.child_id, array_agg(DISTINCT j.sector) || $3::text, ARRAY[$2::uuid]
FROM judged_enrollment j
CROSS JOIN LATERAL (
  SELECT sectors, organization_ids FROM child c WHERE c.community_id = $1 AND c.child_id = j.child_id OFFSET 0
) AS known
WHERE j.verdict <> 'UNCHANGED'
  AND NOT (ARRAY[$3, j.sector] <@ known.sectors AND $2 = ANY (known.organization_ids))
GROUP BY j.child_id
ORDER BY j.child_id
ON CONFLICT (community_id, child_id) DO UPDATE SET
  sectors = (SELECT array_agg(DISTINCT s ORDER BY s) FROM unnest(child.sectors || excluded.sectors) AS s),
  organization_ids = CASE WHEN $2 = ANY (child.organization_ids) THEN child.organization_ids
                          ELSE child.organization_ids || $2::uuid END
RETURNING child_id
"""
# The years of `facts`: what a row says of grade and place holds for its last year, and the last row that says it.
# Records that stand open already speak first, as in `open_enrollments`.
_LAST = "(array_agg(said.{0} ORDER BY said.was_open, said.index DESC) FILTER (WHERE said.{0} IS NOT NULL))[1]"
_YEARS = f"""
INSERT INTO child_year (community_id, child_id, school_year, organization_id, sector, grade, neighborhood_id,
  source_record_id)
SELECT $1, said.child_id, year, $2, $3,
  {_LAST.format("grade")},
  {_LAST.format("place")},
  {_LAST.format("record")}
FROM (
  SELECT j.child_id, j.index, j.was_open, year, j.source_record_id AS record,
    j.verdict = 'CREATED' AS is_new, CASE year WHEN span.last THEN j.grade END AS grade,
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
-- To find out by a conflict that there is nothing new would lock a row each.
HAVING bool_or(said.is_new) OR NOT EXISTS (
  SELECT FROM child_year y
  WHERE y.community_id = $1 AND y.child_id = said.child_id AND y.school_year = year AND y.organization_id = $2
    AND ({_LAST.format("grade")} IS NULL OR y.grade = {_LAST.format("grade")})
    AND ({_LAST.format("place")} IS NULL OR y.neighborhood_id = {_LAST.format("place")}))
ON CONFLICT (community_id, child_id, school_year, organization_id) DO UPDATE SET
  grade = coalesce(excluded.grade, child_year.grade),
  neighborhood_id = coalesce(excluded.neighborhood_id, child_year.neighborhood_id),
  source_record_id = excluded.source_record_id
WHERE excluded.grade IS NOT NULL AND excluded.grade IS DISTINCT FROM child_year.grade
  OR excluded.neighborhood_id IS NOT NULL AND excluded.neighborhood_id IS DISTINCT FROM child_year.neighborhood_id
RETURNING child_id
"""
_WRITTEN = """
SELECT index, verdict, enrollment_id, coalesce(stored_child_id, child_id) AS child_id FROM judged_enrollment
"""


async def write_judged(connection: Connection, source: Source) -> tuple[list[Record], set[UUID]]:
    """Write the rows that bring news.

    Returns the verdict, enrollment and child of every one, and the children of whom something was written beside.
    """
    here = source.community_id, source.organization_id
    added = await connection.fetch(_ADD_TO_CHILD, *here, source.sector)
    years = await connection.fetch(_YEARS, *here, source.sector, source.today)
    await connection.execute(_RECORDS, *here)
    written: list[Record] = await connection.fetch(_WRITTEN)
    return written, {row["child_id"] for row in (*added, *years)}
