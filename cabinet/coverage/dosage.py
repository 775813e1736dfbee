"""How much of a service those got who took part in it: intensity, duration and breadth.

The three are those of S. S. Chaput, P. M. D. Little and H. Weiss, Understanding and Measuring Attendance in
Out-of-School Time Programs (Harvard Family Research Project, 2004). A day is one day present, of however many
sessions; a week runs from Monday; the year is the school year so far.
"""

from cabinet.coverage.cascade import OF_YEAR, PRESENT
from cabinet.coverage.statistics import with_statistics
from cabinet.coverage.sums import ASKED, sums_of
from cabinet.coverage.tally import Counting

_TOOK_PART = f"""{OF_YEAR},
took_part AS (
  SELECT o.child_id, o.service_type AS code, count(DISTINCT a.attended_on) AS days,
    count(DISTINCT date_trunc('week', a.attended_on)) AS weeks
  {PRESENT.strip()} AND o.service_type = ANY ({{services}})
  GROUP BY o.child_id, o.service_type
),
-- Of the population itself, in how many services each child took part.
took_part_in AS (
  SELECT child_id, '' AS code, count(*) AS services FROM took_part GROUP BY child_id
)"""
_COUNTS = """
  SELECT t.code AS service_type{asked_names}, count(*) AS participants, 0 AS any_participants, 0 AS participations
  FROM asked a JOIN took_part t ON t.child_id = a.child_id
  GROUP BY t.code{asked_names}
  UNION ALL
  SELECT t.code{asked_names}, 0, count(*), sum(t.services)
  FROM asked a JOIN took_part_in t ON t.child_id = a.child_id
  GROUP BY t.code{asked_names}
"""
_VALUES = """
  SELECT child_id, code, days, weeks, NULL::bigint AS services FROM took_part
  UNION ALL SELECT child_id, code, NULL, NULL, services FROM took_part_in"""
_MEANS = {
    "intensity": "avg(t.days::numeric / t.weeks)::float8",
    "duration": "avg(t.days)::float8",
    "breadth": "avg(t.services)::float8",
}
_CELLS = ("participants", "any_participants", "participations")

DOSAGE = Counting(
    ASKED + _TOOK_PART + with_statistics(sums_of(_CELLS, _COUNTS), _MEANS, _VALUES),
    ("population", "participants"),
    ("population", "any_participants", "participations"),
    statistics=tuple(_MEANS),
)
"""Who took part in each service, and of the population who did in any and in how many, all added up."""
