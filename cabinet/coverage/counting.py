"""A question counted: from an index in memory where there is one to ask, else by the SQL statement."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from cabinet.coverage.index.indexes import Indexes
from cabinet.coverage.question import Question, write_question
from cabinet.db import Connection
from cabinet.errors import InputInvalid

MAX_ROWS = 3_000

Rows: TypeAlias = Sequence[Mapping[str, Any]]


async def count_rows(connection: Connection, question: Question, indexes: Indexes | None) -> Rows:
    """Return the counts of a question by service and group; both ways give the same rows in the same order.

    Indexes count everybody's word, as who counts whole communities does: whoever reads rows is answered by SQL, in
    the scope of the connection. Raises InputInvalid.
    """
    statement, arguments = write_question(question)
    counted = await indexes.count(question) if indexes is not None and not question.is_exact else None
    if counted is not None:
        _check_size(len(counted))
        return _in_order(await asyncio.to_thread(counted.rows))
    # The planner cannot know how many children a condition leaves; a loop in a loop is never worth the risk.
    await connection.execute("SET LOCAL enable_nestloop = off")
    rows = await connection.fetch(statement, *arguments)
    _check_size(len(rows))
    return _in_order(rows)


def _check_size(rows: int) -> None:
    if rows > MAX_ROWS:
        raise InputInvalid(
            f"The answer would have {rows:,} rows, a service and a group each; {MAX_ROWS:,} are given.",
            hint="Name fewer services, or break down by fewer or coarser dimensions.",
        )


def _in_order(rows: Rows) -> Rows:
    """Order rows the same everywhere, whatever the database's collation: what is withheld may depend on it."""
    return sorted(rows, key=lambda row: (row["service_type"], row.get("d0") or "", row.get("d1") or ""))
