"""Who comes back: last year's participants still in the program, those who aged out left out.

Participation is enrollment here, and the year the school year. Still in the program is who is in it on the day.
"""

from cabinet.coverage.sums import ASKED, sums_of
from cabinet.coverage.tally import Counting
from cabinet.tables.terms import GRADES

_RISING = f"ARRAY[{', '.join(repr(grade) for grade in GRADES if grade != 'UG')}]"

# Whose grade or age is not known did not age out, as far as anybody knows; nor did who is in no grade (UG).
_COULD_STAY = f""",
could_stay AS (
  SELECT w.child_id, t.code AS service_type, bool_or(still.child_id IS NOT NULL) AS kept
  FROM enrollment w
  JOIN service v ON v.community_id = {{community}} AND v.program_id = w.program_id
  JOIN asked_type t ON t.service_type_id = v.service_type_id
  JOIN profile p ON p.child_id = w.child_id
  LEFT JOIN active_enrollment still ON still.child_id = w.child_id AND still.program_id = w.program_id
  WHERE w.community_id = {{community}} AND w.begins < {{year_begins}}
    AND (w.status IN ('ENROLLED', 'COMPLETED', 'WITHDRAWN') AND w.ends >= {{year_begins}} - interval '1 year'
         OR w.status = 'ENROLLED' AND w.ends IS NULL)
    AND NOT CASE
      WHEN t.grades <> '{{{{}}}}' AND p.grade IS NOT NULL THEN coalesce(
        array_position({_RISING}, p.grade)
          > (SELECT max(array_position({_RISING}, served)) FROM unnest(t.grades) served), false)
      ELSE coalesce(p.age > t.max_age, false) END
  GROUP BY w.child_id, t.code
)"""
_COUNTS = """
  SELECT c.service_type{asked_names},
    count(*) AS could_stay,
    count(*) FILTER (WHERE c.kept) AS kept
  FROM asked a JOIN could_stay c ON c.child_id = a.child_id
  GROUP BY c.service_type{asked_names}
"""
_CELLS = ("could_stay", "kept")

RETENTION = Counting(ASKED + _COULD_STAY + sums_of(_CELLS, _COUNTS), ("population", *_CELLS))
"""Last year's participants of a service's programs who could have stayed, and those still in one they were in."""
