"""The catalog is what the database enforces: a table that forgets any of it is found here.

What `cabinet.tables` says today is made once more in a schema of its own, and the two are read and compared.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.schema import CreateIndex, CreateTable

from cabinet.tables import Holds, Label, metadata
from cabinet.tables.access import XID8
from cabinet.tables.catalog import is_about_children
from cabinet.tables.security import FUNCTIONS, Login, comments, table_security

MIGRATED, WRITTEN = "public", "written"
TABLES = list(metadata.sorted_tables)
COMMUNITY_TABLES = [t for t in TABLES if t.info["holds"] not in (Holds.REFERENCE, Holds.COMMUNITY)]
OUTSIDE_THE_CATALOG = {"alembic_version"}

ASPECTS = {
    "columns": """
        SELECT c.relname, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
          pg_get_expr(d.adbin, d.adrelid)
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE c.relnamespace = $1::regnamespace AND c.relkind = 'r'
          AND a.attnum > 0 AND NOT a.attisdropped""",
    "constraints": """
        SELECT c.relname, k.conname, pg_get_constraintdef(k.oid)
        FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
        WHERE k.connamespace = $1::regnamespace""",
    "indexes": """
        SELECT c.relname, pg_get_indexdef(i.indexrelid)
        FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
        WHERE c.relnamespace = $1::regnamespace""",
    "policies": """
        SELECT tablename, policyname, permissive, roles::text, cmd, qual, with_check
        FROM pg_policies WHERE schemaname = $1""",
    "grants on tables": """
        SELECT c.relname, r.rolname, g.privilege_type, g.is_grantable
        FROM pg_class c, aclexplode(c.relacl) g LEFT JOIN pg_roles r ON r.oid = g.grantee
        WHERE c.relnamespace = $1::regnamespace AND c.relkind = 'r' AND g.grantee <> c.relowner""",
    "grants on columns": """
        SELECT c.relname, a.attname, r.rolname, g.privilege_type, g.is_grantable
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid, aclexplode(a.attacl) g
        LEFT JOIN pg_roles r ON r.oid = g.grantee
        WHERE c.relnamespace = $1::regnamespace AND c.relkind = 'r'""",
    "functions": """
        SELECT proname, pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = $1::regnamespace""",
    "comments": """
        SELECT c.relname, a.attname, coalesce(col_description(c.oid, a.attnum), 'none')
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE c.relnamespace = $1::regnamespace AND c.relkind = 'r'
        UNION ALL SELECT relname, NULL, obj_description(oid) FROM pg_class
        WHERE relnamespace = $1::regnamespace AND relkind = 'r'""",
}
"""What is compared, each with the query that reads it of one schema."""


SABOTAGE = {
    "columns": "ALTER TABLE child ALTER COLUMN sex DROP NOT NULL",
    "constraints": "ALTER TABLE enrollment DROP CONSTRAINT enrollment_status_known",
    "indexes": "CREATE INDEX ON child (community_id, sex)",
    "policies": "ALTER POLICY cabinet_reader_child ON child USING (community_id = ANY (app_communities()))",
    "grants on tables": "GRANT SELECT ON child_identity TO PUBLIC",
    "grants on columns": "GRANT SELECT (organization_ids) ON child TO cabinet_reader_aggregate",
    "functions": "ALTER FUNCTION app_communities() IMMUTABLE",
    "comments": "COMMENT ON COLUMN child.sex IS NULL",
}
"""For each of them a change that must be noticed."""


@dataclass(frozen=True)
class Standing:
    """The migrated database, with the catalog made anew beside it."""

    owner: asyncpg.Connection

    async def read(self, aspect: str, schema: str) -> set[tuple[Any, ...]]:
        rows = await self.owner.fetch(ASPECTS[aspect], schema)
        return {
            tuple(v.replace(f"{schema}.", "") if isinstance(v, str) else v for v in row)
            for row in rows
            if row[0] not in OUTSIDE_THE_CATALOG
        }


@pytest.fixture
async def owner(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()


@pytest.fixture
async def standing(owner: asyncpg.Connection) -> Standing:
    await owner.execute(f"CREATE SCHEMA {WRITTEN}; SET search_path = {WRITTEN}, {MIGRATED}; {FUNCTIONS}")
    for table in TABLES:
        await owner.execute(str(CreateTable(table).compile(dialect=postgresql.dialect())))
        for index in table.indexes:
            await owner.execute(str(CreateIndex(index).compile(dialect=postgresql.dialect())))
        for statement in (*comments(table), *table_security(table)):
            await owner.execute(statement)
    return Standing(owner)


@pytest.mark.parametrize("aspect", ASPECTS)
async def test_a_migrated_database_is_what_the_catalog_says(standing: Standing, aspect: str) -> None:
    migrated, written = [await standing.read(aspect, schema) for schema in (MIGRATED, WRITTEN)]
    assert written
    assert migrated - written == set(), "the database has what the catalog does not say"
    assert written - migrated == set(), "the catalog says what the database does not have"


@pytest.mark.parametrize("aspect", ASPECTS)
async def test_a_departure_from_the_catalog_is_noticed(standing: Standing, aspect: str) -> None:
    await standing.owner.execute(f"SET search_path = {MIGRATED}; {SABOTAGE[aspect]}")
    await standing.owner.execute(f"SET search_path = {WRITTEN}, {MIGRATED}")
    assert await standing.read(aspect, MIGRATED) != await standing.read(aspect, WRITTEN)


async def test_alembic_finds_nothing_to_migrate(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(postgresql.base.ischema_names, "xid8", XID8)
    engine = create_async_engine(database_url.replace("postgresql://", "postgresql+asyncpg://", 1))
    async with engine.connect() as connection:
        differences = await connection.run_sync(compared)
    await engine.dispose()
    assert differences == []


def compared(connection: Connection) -> list[Any]:
    return list(compare_metadata(MigrationContext.configure(connection), metadata))


async def test_every_relation_of_the_database_is_in_the_catalog(owner: asyncpg.Connection) -> None:
    rows = await owner.fetch(
        "SELECT relname, relkind::text FROM pg_class"
        " WHERE relnamespace = 'public'::regnamespace AND relkind NOT IN ('i', 't')"
    )
    assert {tuple(row) for row in rows} == {
        *((table.name, "r") for table in TABLES),
        *((name, "r") for name in OUTSIDE_THE_CATALOG),
    }


async def test_nothing_happens_behind_a_statement(owner: asyncpg.Connection) -> None:
    """Triggers and rules cannot be distributed, and nobody who reads the code sees them."""
    assert await owner.fetch("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal") == []
    rules = "SELECT rulename FROM pg_rules WHERE schemaname = 'public'"
    assert await owner.fetch(rules) == []


async def test_every_table_is_closed_even_to_its_owner(owner: asyncpg.Connection) -> None:
    rows = await owner.fetch(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        " AND NOT (relrowsecurity AND relforcerowsecurity)"
    )
    assert {row["relname"] for row in rows} == OUTSIDE_THE_CATALOG


async def test_no_login_can_step_around_row_level_security(owner: asyncpg.Connection) -> None:
    rows = await owner.fetch(
        "SELECT r.rolname, r.rolsuper OR r.rolbypassrls OR r.rolcreaterole OR r.rolcreatedb AS is_mighty,"
        " EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid) AS is_member,"
        " EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid) AS owns"
        " FROM pg_roles r WHERE r.rolname LIKE 'cabinet_%'"
    )
    assert {tuple(row) for row in rows} == {(str(login), False, False, False) for login in Login}


@pytest.mark.parametrize("table", COMMUNITY_TABLES, ids=str)
async def test_the_community_comes_first(owner: asyncpg.Connection, table: Table) -> None:
    """First column, and first in every key, reference and ordered index, so that rows live where it lives.

    References to tables that all communities share, and GIN indexes, which have no order, are left out.
    """
    firsts = await owner.fetch(
        """
        SELECT conname AS name, attname FROM pg_constraint JOIN pg_attribute
          ON attrelid = conrelid AND attnum = conkey[1]
        WHERE conrelid = $1::regclass AND contype IN ('p', 'u', 'f') AND confrelid <> ALL ($2::regclass[])
        UNION ALL
        SELECT indexrelid::regclass::text, attname FROM pg_index
        JOIN pg_class i ON i.oid = indexrelid JOIN pg_am m ON m.oid = i.relam AND m.amname <> 'gin'
        JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
        WHERE indrelid = $1::regclass
        """,
        table.name,
        [t.name for t in TABLES if t.info["holds"] is Holds.REFERENCE],
    )
    assert next(iter(table.columns)).name == "community_id"
    assert firsts
    assert [row["name"] for row in firsts if row["attname"] != "community_id"] == []


async def test_who_reads_aggregates_has_no_right_to_anything_of_identity(owner: asyncpg.Connection) -> None:
    secret = [
        (table.name, column.name)
        for table in TABLES
        for column in table.columns
        if column.info["label"] is Label.IDENTITY or table.info["holds"] is Holds.IDENTITY
    ]
    readable = await owner.fetch(
        "SELECT t, c FROM unnest($1::text[], $2::text[]) AS secret (t, c)"
        " WHERE has_column_privilege($3, t, c, 'SELECT, INSERT, UPDATE, REFERENCES')",
        [table for table, _ in secret],
        [column for _, column in secret],
        Login.READER_AGGREGATE,
    )
    assert len(secret) > 20
    assert readable == []


@pytest.mark.parametrize("privilege", ["DELETE", "TRUNCATE", "TRIGGER", "MAINTAIN"])
async def test_no_login_empties_and_only_children_can_be_parted(owner: asyncpg.Connection, privilege: str) -> None:
    """Where a match is decided or undone rows go, and each stays in the journal of the decision."""
    rows = await owner.fetch(
        "SELECT login, relname FROM pg_class, unnest($1::text[]) AS login"
        " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        " AND has_table_privilege(login, oid, $2)",
        [str(login) for login in Login],
        privilege,
    )
    taken_apart = {(str(Login.WRITER), table.name) for table in TABLES if is_about_children(table)}
    assert {tuple(row) for row in rows} == (taken_apart if privilege == "DELETE" else set())


def test_every_column_is_labelled_and_described() -> None:
    columns = [column for table in TABLES for column in table.columns]
    assert [str(c) for c in columns if not isinstance(c.info.get("label"), Label)] == []
    assert [str(c) for c in columns if not (c.comment or "").endswith(".")] == []
    assert [t.name for t in TABLES if not (t.comment or "").endswith((".", "..."))] == []
