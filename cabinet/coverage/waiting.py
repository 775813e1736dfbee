"""How long those on a waitlist have waited, beside what coverage counts."""

from cabinet.coverage.statistics import with_statistics
from cabinet.coverage.sums import ASKED, REACHED_AND_WAITING, SUMS
from cabinet.coverage.tally import COVERAGE, Counting

_WAITS = f"""
  SELECT e.child_id, e.service_type AS code, {{day}} - w.since AS days
  FROM eligible e{REACHED_AND_WAITING}
  WHERE e.in_need AND r.child_id IS NULL AND w.child_id IS NOT NULL"""
_MEDIAN = {"median_days_waiting": "percentile_cont(0.5) WITHIN GROUP (ORDER BY t.days)"}

WAITING = Counting(ASKED + with_statistics(SUMS, _MEDIAN, _WAITS), COVERAGE.cells, statistics=tuple(_MEDIAN))
"""Coverage's counts, and of those waitlisted the median of the days since each came on the first list still on."""
