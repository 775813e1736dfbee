"""What a post decides of an enrollment row by row, as SQL over a staged batch; each rule names its home."""

from cabinet.intake.match import OWN_BY_REFERENCE
from cabinet.tables.terms import OPEN_STATUSES

_OPEN = ", ".join(f"'{status}'" for status in OPEN_STATUSES)

REFER = f"""
UPDATE staged_enrollment s SET child_id = own.child_id
FROM (
  SELECT DISTINCT ON (ref) ref, child_id FROM ({OWN_BY_REFERENCE}) AS known ORDER BY ref, is_former
) AS own WHERE own.ref = s.ref AND s.child_id IS NULL
"""
"""Find the children that rows name by reference, if nobody did; $1 is the community, $2 the organization."""

# `open_enrollments`: each of the two has a unique or a small index of its own, which is found without statistics.
_OTHER = """FROM enrollment o
  WHERE o.community_id = $1 AND o.child_id = child.id AND o.program_id = s.program_id AND o.ends IS NULL
    AND o.organization_id = $2 AND o.record_id <> s.record_id"""

# Who waits in line does so by arrival, the plain beside the others: nobody is taken out of the order of a post.
# `versions`: what brings no news is settled, and what contradicts its own version is not for us to settle.
# `said_again`: what is known and has no version is here for its news of the child.
_VERDICT = f"""CASE
  WHEN child.id IS NULL OR e.record_version < 0 THEN NULL
  WHEN s.record_version = e.record_version AND NOT said.is_known THEN NULL
  WHEN s.record_version IS NULL AND said.is_known THEN NULL
  WHEN s.record_version <= e.record_version THEN 'UNCHANGED'
  WHEN e.is_second OR (e.child_id, e.program_id) <> (child.id, s.program_id) THEN NULL
  WHEN EXISTS (SELECT {_OTHER} AND o.status IN ({_OPEN})) OR EXISTS (SELECT {_OTHER} AND o.record_version < 0)
    THEN NULL
  WHEN e.enrollment_id IS NULL AND s.status = 'WAITLISTED' THEN NULL
  WHEN e.enrollment_id IS NULL THEN 'CREATED'
  ELSE 'UPDATED' END"""

# OFFSET 0 keeps the lookups one by one and by index: the tables may be a hundred times as large as the batch. With
# coalesce() in the place of CASE, row-level security would keep the child from being looked up by index.
JUDGE = f"""
INSERT INTO judged_enrollment (index, child_id, source_record_id, record_id, record_version, program_id, sector,
  status, begins, ends, exit_reason, grade, neighborhood_id, content_hash, enrollment_id, stored_child_id,
  was_open, verdict)
SELECT s.index, child.id, CASE WHEN s.ref IS NULL THEN r.source_record_id ELSE sole.source_record_id END,
  s.record_id, coalesce(s.record_version, e.record_version + 1, 1), s.program_id,
  s.sector, s.status, s.begins, s.ends, s.exit_reason, s.grade, s.neighborhood_id, s.content_hash,
  coalesce(e.enrollment_id, s.new_key), e.child_id, coalesce(e.ends IS NULL AND e.status IN ({_OPEN}), false),
  {_VERDICT}
FROM staged_enrollment s
LEFT JOIN LATERAL (
  SELECT source_record_id FROM source_record r
  WHERE r.community_id = $1 AND r.organization_id = $2 AND r.record_id = s.source_id OFFSET 0
) AS r ON s.ref IS NULL
LEFT JOIN LATERAL (
  SELECT child_id FROM child_link l
  WHERE l.community_id = $1 AND l.source_record_id = r.source_record_id AND l.undone_at IS NULL OFFSET 0
) AS l ON true
LEFT JOIN LATERAL (
  SELECT enrollment_id, child_id, program_id, status, ends, record_version, content_hash, is_second
  FROM enrollment e
  WHERE e.community_id = $1 AND e.organization_id = $2 AND e.record_id = s.record_id OFFSET 0
) AS e ON true
CROSS JOIN LATERAL (SELECT CASE WHEN s.ref IS NULL THEN l.child_id ELSE s.child_id END AS id) AS child
-- The same words about another child are other words.
CROSS JOIN LATERAL (SELECT s.content_hash = e.content_hash AND child.id = e.child_id AS is_known) AS said
-- By our reference, the record says it that is its source's only one of the child.
LEFT JOIN LATERAL (
  SELECT min(source_record_id::text)::uuid AS source_record_id FROM child_link l
  WHERE l.community_id = $1 AND l.organization_id = $2 AND l.child_id = child.id AND l.undone_at IS NULL
  HAVING count(*) = 1 OFFSET 0
) AS sole ON s.ref IS NOT NULL
ORDER BY s.index
"""
"""Give the staged rows their children and verdicts; those that are not plain get none."""

COLLIDING = f"""
DELETE FROM judged_enrollment WHERE verdict IS NULL OR verdict <> 'UNCHANGED' AND (child_id, program_id) IN (
  SELECT child_id, program_id FROM judged_enrollment
  WHERE verdict <> 'UNCHANGED' AND ends IS NULL AND status IN ({_OPEN})
  GROUP BY child_id, program_id HAVING count(*) > 1)
RETURNING index
"""
"""Take out the rows that are not plain, those of two open enrollments in one place among them."""

STORED_CHILDREN = """
SELECT child_id FROM enrollment WHERE community_id = $1 AND organization_id = $2 AND record_id = ANY ($3)
"""
LEAVING = """
DELETE FROM judged_enrollment WHERE verdict <> 'UNCHANGED' AND child_id = ANY ($1) RETURNING index, child_id
"""
