"""The measures that can be asked for by name, and what has to be counted for them."""

from collections.abc import Iterable

from cabinet.coverage import participation_measures as measures
from cabinet.coverage.dosage import DOSAGE
from cabinet.coverage.measures import MEASURES, Measure
from cabinet.coverage.retention import RETENTION
from cabinet.coverage.served_enough import SERVED_ENOUGH
from cabinet.coverage.tally import COVERAGE, MAX_ROWS, MAX_ROWS_OF_MANY_SUMS, Counting
from cabinet.coverage.waiting import WAITING

_COUNTED_BY = {
    SERVED_ENOUGH: measures.EFFECTIVE_COVERAGE,
    WAITING: measures.WAITING,
    DOSAGE: measures.DOSAGE,
    RETENTION: measures.RETENTION,
}

BY_NAME = {measure.name: measure for measure in (*MEASURES, *(m for each in _COUNTED_BY.values() for m in each))}


def countings_of(wanted: Iterable[Measure]) -> tuple[Counting, ...]:
    """Return what gives all counts of the measures; who is served enough, or waits, is counted with coverage's."""
    asked = set(wanted)
    found = [counting for counting, own in _COUNTED_BY.items() if asked.intersection(own)]
    covered = {SERVED_ENOUGH, WAITING}.intersection(found)
    return (*found, *([COVERAGE] if asked.intersection(MEASURES) and not covered else []))


def longest_of(countings: tuple[Counting, ...]) -> int:
    """Return how many rows an answer of these may have."""
    return MAX_ROWS if countings == (COVERAGE,) else MAX_ROWS_OF_MANY_SUMS
