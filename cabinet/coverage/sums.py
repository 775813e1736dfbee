"""What is counted of the children's profiles, as templates of the end of the statement of a question."""

from collections.abc import Iterable

ASKED = """
asked AS (SELECT p.child_id{facets} FROM {profile} p WHERE {population}),
groups AS (SELECT {names}count(*) AS population FROM asked{by_names})"""

_SUMS = """
SELECT
  t.code AS service_type{{shown}},
  coalesce(sum(g.population), 0)::int AS population,
  {sums}
FROM (
  SELECT code FROM service_type WHERE community_id = {{community}} AND code = ANY ({{services}})
  UNION ALL SELECT ''  -- The population itself, whatever the services.
) t
CROSS JOIN groups g
LEFT JOIN ({counts}) x ON x.service_type = t.code{{same_group}}
GROUP BY {{sets}}
ORDER BY {{order}}
"""
REACHED_AND_WAITING = """
  LEFT JOIN reached r ON r.child_id = e.child_id AND r.service_type = e.service_type
  LEFT JOIN waiting w ON w.child_id = e.child_id AND w.service_type = e.service_type"""


def sums_of(cells: Iterable[str], counts: str) -> str:
    """Return the statement that sums `counts`, a query of these cells by service_type and {asked_names}."""
    sums = ",\n  ".join(f"coalesce(sum(x.{cell}), 0)::int AS {cell}" for cell in cells)
    return _SUMS.format(sums=sums, counts=counts)


def coverage_of(source: str, more: str = "") -> str:
    """Return the query of coverage's counts; `source` is who is eligible and who of them is in need."""
    return f"""
  SELECT e.service_type{{asked_names}},
    count(*) AS eligible,
    count(*) FILTER (WHERE e.in_need) AS in_need,
    count(*) FILTER (WHERE e.in_need AND r.child_id IS NOT NULL) AS served,
    count(*) FILTER (WHERE e.in_need AND r.child_id IS NULL AND w.child_id IS NOT NULL) AS waitlisted{more}
  FROM asked a
  JOIN {source} e ON e.child_id = a.child_id{REACHED_AND_WAITING}
  GROUP BY e.service_type{{asked_names}}
"""


COVERED = ("eligible", "in_need", "served", "waitlisted")
SUMS = sums_of(COVERED, coverage_of("eligible"))
COUNTS = ASKED + SUMS
