"""A database can be brought to this version and back, and no migration waits or works without end."""

import asyncio
from collections.abc import Iterator
from uuid import uuid4

import asyncpg
import pytest
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, Engine, event

from cabinet.migrate import alembic_config, migrate
from cabinet.tables import metadata
from tests.conftest import on_database, run_sql

REVISIONS = list(ScriptDirectory.from_config(alembic_config("postgresql://unused")).walk_revisions())


@pytest.fixture
def empty_url(postgres: str) -> Iterator[str]:
    name = f"test_{uuid4().hex}"
    asyncio.run(run_sql(postgres, f"CREATE DATABASE {name}"))
    yield on_database(postgres, name)
    asyncio.run(run_sql(postgres, f"DROP DATABASE {name} WITH (FORCE)"))


async def ours(url: str) -> set[str]:
    """Return the names of the tables and functions that stand in a database."""
    connection = await asyncpg.connect(url)
    rows = await connection.fetch(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        " UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
    )
    await connection.close()
    return {row["relname"] for row in rows}


def test_up_down_and_up_again(empty_url: str) -> None:
    migrate(empty_url)
    first = asyncio.run(ours(empty_url))
    assert first > {*metadata.tables, "alembic_version", "app_communities"}
    migrate(empty_url, "base")
    assert asyncio.run(ours(empty_url)) == {"alembic_version"}
    migrate(empty_url)
    assert asyncio.run(ours(empty_url)) == first


def test_migrating_twice_changes_nothing(empty_url: str) -> None:
    migrate(empty_url)
    migrate(empty_url)
    assert {"child", "alembic_version"} <= asyncio.run(ours(empty_url))


def test_every_statement_of_a_migration_has_its_time(empty_url: str) -> None:
    seen: set[tuple[str, str]] = set()

    def look(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        if statement.lstrip().startswith(("CREATE", "DROP", "ALTER", "GRANT", "COMMENT")):
            settings = "SELECT current_setting('lock_timeout'), current_setting('statement_timeout')"
            lock, whole = connection.exec_driver_sql(settings).one()
            seen.add((lock, whole))

    event.listen(Engine, "before_cursor_execute", look)
    try:
        migrate(empty_url)
        migrate(empty_url, "base")
    finally:
        event.remove(Engine, "before_cursor_execute", look)
    assert seen == {("5s", "10min")}


@pytest.mark.parametrize("revision", REVISIONS, ids=lambda revision: revision.revision)
def test_every_migration_says_whether_it_can_be_undone(revision: Script) -> None:
    assert "Reversible:" in (revision.module.__doc__ or "")


OLD_WITHDRAWALS = """
INSERT INTO withdrawn_record (community_id, organization_id, sector, entity, record_id, record_version, payload)
VALUES
  (gen_random_uuid(), gen_random_uuid(), 'HEALTH', 'referral', 'r1', 2,
    '{"status": "COMPLETED", "sent": "2026-09-01", "closed": "2026-09-08", "recipient": "Smile"}'),
  (gen_random_uuid(), gen_random_uuid(), 'EDUCATION', 'attendance_event', 'a1', 2,
    '{"category": "ABSENT", "attended_on": "2026-09-02"}'),
  (gen_random_uuid(), gen_random_uuid(), 'HEALTH', 'need', 'n1', 2, NULL)
"""


def test_what_was_withdrawn_before_it_was_listed_is_listed_as_it_stood(empty_url: str) -> None:
    async def insert_and_read(sql: str) -> list[tuple[object, ...]]:
        connection = await asyncpg.connect(empty_url)
        # What these rows refer to has no part in it.
        await connection.execute("SET session_replication_role = replica")
        rows = [tuple(row) for row in await connection.fetch(sql)]
        await connection.close()
        return rows

    migrate(empty_url, "0017")
    asyncio.run(insert_and_read(OLD_WITHDRAWALS))
    migrate(empty_url)
    listed = "SELECT kind, day::text, closed::text, said, recipient FROM withdrawn_record ORDER BY record_id"
    assert asyncio.run(insert_and_read(listed)) == [
        ("ATTENDANCE", "2026-09-02", None, "ABSENT", None),
        ("NEED", None, None, None, None),
        ("REFERRAL", "2026-09-01", "2026-09-08", "COMPLETED", "Smile"),
    ]
