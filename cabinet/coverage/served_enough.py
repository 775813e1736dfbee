"""Who of the served is served enough, beside what coverage counts."""

from cabinet.coverage.answer import COUNTED
from cabinet.coverage.cascade import WAY
from cabinet.coverage.sums import ASKED, COVERED, coverage_of, sums_of
from cabinet.coverage.tally import Counting

_ENOUGH = ",\n    count(*) FILTER (WHERE e.enough AND r.child_id IS NOT NULL) AS served_enough"

SERVED_ENOUGH = Counting(
    ASKED + WAY + sums_of((*COVERED, "served_enough"), coverage_of("way", _ENOUGH)),
    (*COUNTED, "served_enough"),
    of_dosage=frozenset({"served_enough"}),
)
"""Coverage's counts, and of the served those who had enough: the cascade's rule, of who is served on the day."""
