"""How complete the data are: of how many children a dimension is known, and which months of attendance came in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from cabinet.access import Grant
from cabinet.calendar import school_year_begins, school_year_of
from cabinet.coverage.dimensions import FACETS, UNKNOWN, Dimension
from cabinet.coverage.measures import Measure, Polarity
from cabinet.coverage.parts import known
from cabinet.coverage.sums import ASKED, sums_of
from cabinet.coverage.tally import Counting
from cabinet.db import Database
from cabinet.disclosure.numbered import LARGEST, SMALLEST

COUNTABLE = tuple(dimension for dimension in Dimension if dimension is not Dimension.SECTORS_SERVING)
"""By how many sectors a child is served is counted, and known of everybody."""


def _measure(dimension: Dimension) -> Measure:
    first, *rest = dimension.lower().split("_")
    name = "".join((first, *(word.title() for word in rest), "Known"))
    definition = f"Children of whom {' '.join((first, *rest))} is known / population; unknown is no value."
    return Measure(name, 1, definition, Polarity.BETTER, known(dimension), "population")


KNOWN: Mapping[Dimension, Measure] = {dimension: _measure(dimension) for dimension in COUNTABLE}
REPORTS_RECEIVED = Measure(
    "reportsReceived",
    1,
    "Reports of attendance received / expected: of each program that gives the service, one for every month of the"
    " school year that has ended and in which any child was enrolled; received with any day of it. Of services"
    " with a dosage only.",
    Polarity.BETTER,
    "received",
    "expected",
)
RECORDS_LINKED = Measure(
    "recordsLinked", 1, "Of the source records counted by, the share that is tied to a child.", Polarity.BETTER
)

_COUNTS = """
  SELECT '' AS service_type{{asked_names}}, {known}
  FROM asked a JOIN {{profile}} p ON p.child_id = a.child_id
  GROUP BY 1{{asked_names}}
"""

# A service of few children tells of none: in which months some program of it has any is as much as its days.
_REPORTS = """
WITH month AS (
  SELECT first::date AS first, (first + interval '1 month - 1 day')::date AS last
  FROM generate_series($3::timestamp, $4::timestamp, interval '1 month') first
  WHERE first + interval '1 month - 1 day' <= $4::timestamp
),
giving AS (
  SELECT DISTINCT t.code, v.program_id
  FROM service v
  JOIN service_type t ON t.community_id = v.community_id AND t.service_type_id = v.service_type_id
  WHERE v.community_id = $1 AND t.code = ANY ($2) AND t.dosage_days IS NOT NULL
),
report AS (
  SELECT g.code, EXISTS (
    SELECT FROM enrollment w
    JOIN attendance_event a ON a.community_id = w.community_id AND a.enrollment_id = w.enrollment_id
    WHERE w.community_id = $1 AND w.program_id = g.program_id AND a.attended_on BETWEEN m.first AND m.last
  ) AS is_received
  FROM giving g CROSS JOIN month m
  WHERE EXISTS (
    SELECT FROM enrollment w
    WHERE w.community_id = $1 AND w.program_id = g.program_id AND w.begins <= m.last
      AND (w.status IN ('ENROLLED', 'COMPLETED', 'WITHDRAWN') AND w.ends >= m.first
           OR w.status = 'ENROLLED' AND w.ends IS NULL))
)
SELECT t.code, count(report.code) AS expected, count(*) FILTER (WHERE is_received) AS received, (
  SELECT count(*) FROM (
    SELECT DISTINCT w.child_id FROM enrollment w JOIN giving g ON g.program_id = w.program_id
    WHERE w.community_id = $1 AND g.code = t.code AND w.begins <= $4::date
      AND (w.status IN ('ENROLLED', 'COMPLETED', 'WITHDRAWN') AND w.ends >= $3::date
           OR w.status = 'ENROLLED' AND w.ends IS NULL)
    LIMIT $5) enrolled
) AS children
FROM (SELECT DISTINCT code FROM giving) t LEFT JOIN report ON report.code = t.code
GROUP BY t.code
"""


@dataclass(frozen=True)
class Reports:
    """Reports of a service's attendance; both None where they are of few children, and withheld."""

    received: int | None
    expected: int | None


def counting_known(dimensions: Iterable[Dimension]) -> Counting:
    """Return what counts, of the population itself, of whom each dimension is known."""
    cells = {known(each): FACETS[each].sql for each in dimensions}
    sums = ", ".join(f"count(*) FILTER (WHERE {sql} <> '{UNKNOWN}') AS {cell}" for cell, sql in cells.items())
    template = ASKED + sums_of(cells, _COUNTS.format(known=sums))
    return Counting(template, ("population",), ("population", *cells))


async def find_reports(
    database: Database, granted: Grant, services: Iterable[str], day: date
) -> Mapping[str, Reports]:
    """Return the reports of attendance by service, of those that have a dosage."""
    begins = school_year_begins(school_year_of(day))
    async with database.transaction(granted.scope) as connection:
        rows = await connection.fetch(_REPORTS, granted.community_id, list(services), begins, day, LARGEST + 1)
    return {
        row["code"]: Reports(None, None)
        if SMALLEST <= row["children"] <= LARGEST and not granted.is_exact
        else Reports(row["received"], row["expected"])
        for row in rows
    }
