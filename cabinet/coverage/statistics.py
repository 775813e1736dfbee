"""Figures of a child each, such as days, put together group by group beside the counts of the children."""

from collections.abc import Mapping

_WITH_STATISTICS = """
SELECT n.*, {names}
FROM ({sums}) n
LEFT JOIN (
  SELECT t.code AS service_type{{shown}}, {statistics}
  FROM ({values}) t
  JOIN asked g ON g.child_id = t.child_id
  GROUP BY {{sets}}
) s ON s.service_type = n.service_type{{same_statistics}}
"""


def with_statistics(sums: str, statistics: Mapping[str, str], values: str) -> str:
    """Return the statement of `sums` with `statistics` beside them, named expressions over `values`.

    That is a query of a child_id, the `code` of a service type, and what is known of the child in it. A statistic
    of nobody is null. Means are of exact numbers (numeric), so that no order of rows shows in the last digit.
    """
    return _WITH_STATISTICS.format(
        sums=sums,
        names=", ".join(f"s.{name}" for name in statistics),
        statistics=", ".join(f"{sql} AS {name}" for name, sql in statistics.items()),
        values=values,
    )
