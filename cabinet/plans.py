"""For how long PostgreSQL keeps the plans of a transaction that writes.

The writer's connections have every statement planned anew (`cabinet.db`): a plan made while the tables were small
would be kept through a whole load. Here is where that would cost more than the work itself.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from cabinet.db import Connection

MANY = 100

_BY_INDEX = """
SET LOCAL plan_cache_mode = force_generic_plan; SET LOCAL enable_seqscan = off;
SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off
"""


async def keep_plans(connection: Connection) -> None:
    """Let what is left of this transaction, which is about a few rows, be planned once for all times.

    To plan the statements was most of what a single row took. A plan that is kept outlives the size of its tables,
    so each of the few rows is looked up by an index, and no table is read whole.
    """
    await connection.execute(_BY_INDEX)


@asynccontextmanager
async def many(connection: Connection, rows: int) -> AsyncIterator[None]:
    """Let PostgreSQL keep the plans by which it checks references, where many rows have theirs checked.

    To PostgreSQL each check of a reference is a statement: half of the time of a large insert was planning those.
    """
    if rows < MANY:
        yield
        return
    await connection.execute("SET LOCAL plan_cache_mode = auto")
    yield
    await connection.execute("SET LOCAL plan_cache_mode = DEFAULT")
