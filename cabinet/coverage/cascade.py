"""Where children are lost on the way from a need to an outcome."""

from enum import StrEnum

from cabinet.coverage.sums import ASKED, sums_of
from cabinet.coverage.tally import Counting


class Step(StrEnum):
    """The steps of the cascade, in order; who is at one has been at all before it."""

    IN_NEED = "in_need"
    CONTACTED = "contacted"
    ENROLLED = "enrolled"
    ATTENDED = "attended"
    ENOUGH = "enough"
    OUTCOME = "outcome"


OF_YEAR = """,
-- Enrollments of the school year up to the day, whatever became of them.
of_year AS (
  SELECT w.child_id, w.enrollment_id, w.status, w.ends, t.code AS service_type
  FROM enrollment w
  JOIN service v ON v.community_id = {community} AND v.program_id = w.program_id
  JOIN asked_type t ON t.service_type_id = v.service_type_id
  WHERE w.community_id = {community} AND w.begins <= {day} AND (w.ends IS NULL OR w.ends >= {year_begins})
)"""
PRESENT = """
  FROM of_year o
  JOIN attendance_event a ON a.community_id = {community} AND a.enrollment_id = o.enrollment_id
  WHERE o.status IN ('ENROLLED', 'COMPLETED', 'WITHDRAWN') AND a.category IN ('PRESENT', 'TARDY')
    AND a.attended_on BETWEEN {year_begins} AND {day}"""
"""The days present in these enrollments, in the school year so far."""

WAY = (
    OF_YEAR
    + """,
-- An encounter is contact, participation and dose in one.
met AS (
  SELECT DISTINCT e.child_id, t.code AS service_type
  FROM encounter e JOIN asked_type t ON t.service_type_id = e.service_type_id
  WHERE e.community_id = {community} AND e.occurred_on <= {day}
    AND e.occurred_on > {day} - make_interval(months => t.recency_months)
),
referred AS (
  SELECT DISTINCT r.child_id, t.code AS service_type
  FROM referral r JOIN asked_type t ON t.service_type_id = r.service_type_id
  WHERE r.community_id = {community} AND r.sent BETWEEN {year_begins} AND {day} AND r.status <> 'CANCELLED'
),
taken_part AS (
  SELECT child_id, service_type,
    bool_or(status IN ('ENROLLED', 'COMPLETED', 'WITHDRAWN')) AS enrolled,
    bool_or(status = 'COMPLETED' AND ends <= {day}) AS completed
  FROM of_year GROUP BY child_id, service_type
),
days AS (
  SELECT o.child_id, o.service_type, count(DISTINCT a.attended_on) AS days"""
    + PRESENT
    + """
  GROUP BY o.child_id, o.service_type
),
way AS (
  SELECT e.child_id, e.service_type, e.in_need,
    e.in_need AND (part.child_id IS NOT NULL OR met.child_id IS NOT NULL OR referred.child_id IS NOT NULL)
      AS contacted,
    e.in_need AND (coalesce(part.enrolled, false) OR met.child_id IS NOT NULL) AS enrolled,
    e.in_need AND (days.days IS NOT NULL OR met.child_id IS NOT NULL) AS attended,
    e.in_need AND (coalesce(days.days >= coalesce(t.dosage_days, 1), false) OR met.child_id IS NOT NULL) AS enough,
    coalesce(part.completed, false) AS completed
  FROM eligible e
  JOIN asked_type t ON t.code = e.service_type
  LEFT JOIN taken_part part ON part.child_id = e.child_id AND part.service_type = e.service_type
  LEFT JOIN met ON met.child_id = e.child_id AND met.service_type = e.service_type
  LEFT JOIN referred ON referred.child_id = e.child_id AND referred.service_type = e.service_type
  LEFT JOIN days ON days.child_id = e.child_id AND days.service_type = e.service_type
)"""
)
_COUNTS = """
  SELECT w.service_type{asked_names},
    count(*) AS eligible,
    count(*) FILTER (WHERE w.in_need) AS in_need,
    count(*) FILTER (WHERE w.contacted) AS contacted,
    count(*) FILTER (WHERE w.enrolled) AS enrolled,
    count(*) FILTER (WHERE w.attended) AS attended,
    count(*) FILTER (WHERE w.enough) AS enough,
    count(*) FILTER (WHERE w.enough AND w.completed) AS outcome
  FROM asked a JOIN way w ON w.child_id = a.child_id
  GROUP BY w.service_type{asked_names}
"""
_CELLS = ("eligible", *Step)

CASCADE = Counting(ASKED + WAY + sums_of(_CELLS, _COUNTS), ("population", *_CELLS))
