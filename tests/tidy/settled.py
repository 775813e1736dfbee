"""What `cabinet tidy` finds: keys, events and jobs as they stand in the end, made old."""

from collections import Counter
from typing import Any
from uuid import UUID

import orjson

from cabinet.intake.rows import Kind
from tests.world import World, child, enrollment

TABLES = ("idempotency_key", "outbox", "delivery", "import_job", "import_remark")
SENDER = "club-program-of-harbor"
OLD, NEW = "now() - interval '91 days'", "now() - interval '20 days'"
AUDITED = "SELECT detail FROM audit_event WHERE action = 'tidy'"

Sql = Any


async def keys(world: World, *names: str) -> None:
    for name in names:
        row = enrollment(f"e-{name}", child("", name), "after")
        await world.post("club", Kind.ENROLLMENT, row, idempotency_key=f"key-{name}")


async def job(world: World, sql: Sql, state: str, finished: str, remarks: int = 0) -> UUID:
    """Make an import job as it stands in the end, with so many remarks."""
    source = await world.source("club")
    job_id: UUID = await sql.fetchval(
        "INSERT INTO import_job (community_id, organization_id, subject, format, file, bytes, folder, state,"
        f" recorded_at, finished_at, remarks, rejected) VALUES ($1, $2, $3, 'enrollments', 'a.csv', 1,"
        f" gen_random_uuid(), $4, {OLD}, {finished}, $5, $5) RETURNING import_job_id",
        *(source.community_id, source.organization_id, SENDER, state, remarks),
    )
    await sql.execute(
        "INSERT INTO import_remark SELECT $1, $2, n, $3, $4, 'a.csv', n, 'begins', 'DATE_INVALID', 'No date.', '',"
        " 1, true FROM generate_series(0, $5::integer - 1) n",
        *(source.community_id, job_id, source.organization_id, SENDER, remarks),
    )
    return job_id


async def events(world: World, sql: Sql, *states: str) -> None:
    """Make an old event for each state of its one delivery."""
    source = await world.source("club")
    webhook_id = await sql.fetchval(
        "INSERT INTO webhook (community_id, organization_id, url) VALUES ($1, $2, 'https://x.test/')"
        " RETURNING webhook_id",
        *(source.community_id, source.organization_id),
    )
    for state in states:
        outbox_id = await sql.fetchval(
            "INSERT INTO outbox (community_id, topic, payload, addressed_at, recorded_at)"
            f" VALUES ($1, 'enrollment.posted', '{{}}', {'NULL' if state == 'waiting' else OLD}, {OLD})"
            " RETURNING outbox_id",
            source.community_id,
        )
        if state in ("waiting", "for nobody"):
            continue
        await sql.execute(
            "INSERT INTO delivery (community_id, webhook_id, outbox_id, recorded_at, delivered_at, dead_at)"
            f" VALUES ($1, $2, $3, {OLD}, {OLD if state == 'delivered' else 'NULL'},"
            f" {OLD if state == 'given up' else 'NULL'})",
            *(source.community_id, webhook_id, outbox_id),
        )


async def standing(sql: Sql) -> dict[str, int]:
    return {table: await sql.fetchval(f"SELECT count(*) FROM {table}") for table in TABLES}


async def audited(sql: Sql) -> Counter[str]:
    found: Counter[str] = Counter()
    for row in await sql.fetch(AUDITED):
        detail = orjson.loads(row["detail"])
        found[detail["what"]] += detail["number"]
    return found


async def old(sql: Sql, table: str, column: str = "recorded_at") -> None:
    await sql.execute(f"UPDATE {table} SET {column} = {OLD} WHERE {column} IS NOT NULL")
