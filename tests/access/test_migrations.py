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
