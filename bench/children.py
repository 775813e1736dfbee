"""The community that the reading bench asks about: the same children, programs and enrollments on every machine.

Written by SQL straight into the tables, as no importer would be waited for. Keys are counted, not drawn: a uuid's
time is the row's number, so that rows lie on disk in the order in which a server would have made them.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import asyncpg

from cabinet.embedded import embedded_postgres
from cabinet.migrate import migrate, settle
from cabinet.settings import Mode, Settings

CODE = "bench"
COMMUNITY = UUID("01890000-0000-7000-8000-000000000001")
STEWARD, SECTOR = "bench-steward", "OUT_OF_SCHOOL_TIME"
CHILDREN, ENROLLMENTS, PROGRAMS, ORGANIZATIONS = 300_000, 1_000_000, 3_000, 40
POOL = 8
"""Connections of every peer; the server's own default."""

# What is drawn is a hash of the row's number and of what is drawn, so that it is the same in every run.
FUNCTIONS = """
CREATE SCHEMA bench;
CREATE FUNCTION bench.chance(number bigint, what int) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN (hashint8extended(number, what) & 2147483647) / 2147483648.0;
CREATE FUNCTION bench.key(number bigint, what int) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN (lpad(to_hex(1700000000000 + number), 12, '0') || '7' || substr(md5(what || '.' || number), 1, 3)
    || '8' || substr(md5(what || '.' || number), 4, 15))::uuid;
CREATE FUNCTION bench.child_key(number bigint) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN overlay(overlay(md5('child ' || number) PLACING '4' FROM 13) PLACING '8' FROM 17)::uuid;
CREATE FUNCTION bench.born(number bigint) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN date_trunc('month', date '2008-07-01' + floor(bench.chance(number, 1) * 4380)::int)::date;
CREATE FUNCTION bench.grade(born date, school_year int) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN (ARRAY['PK', 'KG', '01', '02', '03', '04', '05', '06', '07', '08', '09', '10', '11', '12'])[
    greatest(1, least(14, school_year - extract(year FROM born)::int - 4))];
"""

# Organizations and programs differ in size as those of a town do: of 3,000 programs the smallest has some 180
# enrollments, most have below 300, the largest has 4,800. Seven organizations in forty are of other sectors than
# the steward's, and what they hold has to be left out by row-level security.
ROWS = """
INSERT INTO community (community_id, code, name, state, time_zone)
  VALUES ('{community}', '{code}', 'Bench', 'MA', 'America/New_York');

INSERT INTO organization (community_id, organization_id, code, name, sector)
  SELECT uuid '{community}', bench.key(n, 2), 'organization-' || n, 'Organization ' || n,
    CASE WHEN n > {organizations} - 4 THEN 'EDUCATION' WHEN n > {organizations} - 7 THEN 'HEALTH'
      ELSE '{sector}' END
  FROM generate_series(1, {organizations}) n;

CREATE UNLOGGED TABLE bench.program AS
  SELECT n AS number, o.organization_id, o.sector
  FROM generate_series(1, {programs}) n
  JOIN organization o
    ON o.organization_id = bench.key(1 + floor({organizations} * bench.chance(n, 3) ^ 1.5)::int, 2);
INSERT INTO program (community_id, program_id, organization_id, code, name, sector, description)
  SELECT uuid '{community}', bench.key(number, 4), organization_id, 'program-' || number,
    'Program "' || number || '"', sector,
    CASE WHEN number % 5 > 0 THEN repeat('What program ' || number || ' does for its children. ', 3) END
  FROM bench.program ORDER BY number;

CREATE UNLOGGED TABLE bench.enrollment AS
  SELECT n AS number, child, p.number AS program, p.organization_id, p.sector, begins,
    row_number() OVER (PARTITION BY child, p.number ORDER BY n) = 1 AND bench.chance(n, 8) < 0.6 AS is_open
  FROM (
    SELECT n, 1 + floor({children} * bench.chance(n, 5))::int AS child,
      1 + 1237 * floor({programs} * bench.chance(n, 6) ^ 1.5)::int % {programs} AS program,
      date '2023-09-01' + floor(bench.chance(n, 7) * 1095)::int AS begins
    FROM generate_series(1, {enrollments}) n
  ) drawn JOIN bench.program p ON p.number = drawn.program;

INSERT INTO child (community_id, child_id, birth_month, sex, sectors, organization_ids)
  SELECT uuid '{community}', bench.child_key(n), bench.born(n), CASE WHEN n % 2 = 0 THEN 'FEMALE' ELSE 'MALE' END,
    array_append(sectors, 'EDUCATION'), array_append(organizations, bench.key({organizations}, 2))
  FROM generate_series(1, {children}) n
  LEFT JOIN (
    SELECT child, array_agg(DISTINCT sector) FILTER (WHERE sector <> 'EDUCATION') AS sectors,
      array_agg(DISTINCT organization_id) FILTER (WHERE organization_id <> bench.key({organizations}, 2))
        AS organizations
    FROM bench.enrollment GROUP BY child
  ) known ON child = n
  ORDER BY n;

INSERT INTO child_year (community_id, child_id, school_year, organization_id, sector, grade)
  SELECT uuid '{community}', bench.child_key(n), 2026, bench.key({organizations}, 2), 'EDUCATION',
    bench.grade(bench.born(n), 2026)
  FROM generate_series(1, {children}) n
  UNION
  SELECT uuid '{community}', bench.child_key(child), extract(year FROM begins + interval '6 months')::int,
    organization_id, sector,
    bench.grade(bench.born(child), extract(year FROM begins + interval '6 months')::int)
  FROM bench.enrollment
  WHERE organization_id <> bench.key({organizations}, 2);

INSERT INTO enrollment (community_id, enrollment_id, child_id, program_id, organization_id, sector, status, begins,
    ends, exit_reason, record_id, record_version, content_hash)
  SELECT uuid '{community}', bench.key(number, 9), bench.child_key(child), bench.key(program, 4),
    organization_id, sector,
    CASE WHEN is_open THEN 'ENROLLED' WHEN number % 3 = 0 THEN 'WITHDRAWN' ELSE 'COMPLETED' END, begins,
    CASE WHEN NOT is_open THEN begins + 30 + (number % 240)::int END,
    CASE WHEN NOT is_open AND number % 3 = 0 THEN 'moved away' END,
    'record-' || number, 1, md5(number::text) || md5((-number)::text)
  FROM bench.enrollment ORDER BY number;

INSERT INTO membership (community_id, subject, role, sector)
  VALUES ('{community}', '{steward}', 'SECTOR_STEWARD', '{sector}');

DROP TABLE bench.program, bench.enrollment;
"""


@dataclass(frozen=True)
class Drawn:
    """Keys to ask for, sorted as the tables' keys are: all programs, and some of the steward's enrollments."""

    programs: list[UUID]
    enrollments: list[UUID]


@dataclass(frozen=True)
class Bench:
    """A database that is up, with its rows in it."""

    url: str
    settings: Settings
    drawn: Drawn

    @property
    def socket_folder(self) -> Path:
        """Where PostgreSQL listens, and its process id is written."""
        return self.settings.data.resolve() / "pg"


@contextmanager
def bench_database(folder: Path, scale: float) -> Iterator[Bench]:
    """Start PostgreSQL on the folder with the community in it; a folder filled at this scale is used as it is."""
    settings = Settings(mode=Mode.DEVELOPMENT, data=folder, pool_size=POOL)
    filled = folder / "filled-at-scale"
    if not filled.exists():
        with embedded_postgres(folder) as url:
            migrate(url)
            asyncio.run(settle(url, settings))
            asyncio.run(fill(url, scale))
            filled.write_text(f"{scale}\n")
    if float(filled.read_text()) != scale:
        raise SystemExit(f"{folder} holds a community of scale {filled.read_text().strip()}; name another folder.")
    # From its second start on, the database has the memory of a server that stays.
    with embedded_postgres(folder) as url:
        migrate(url)
        yield Bench(url, settings, asyncio.run(prepare(url)))


async def fill(url: str, scale: float) -> None:
    # Foreign keys hold by construction; checking three million of them would take most of the time.
    connection = await asyncpg.connect(
        url,
        server_settings={"session_replication_role": "replica", "synchronous_commit": "off", "work_mem": "256MB"},
    )
    counts = {
        "children": int(CHILDREN * scale),
        "enrollments": int(ENROLLMENTS * scale),
        "programs": int(PROGRAMS * scale),
        "organizations": ORGANIZATIONS,
    }
    try:
        async with connection.transaction():
            await connection.execute(FUNCTIONS)
            await connection.execute(
                ROWS.format(**counts, community=COMMUNITY, code=CODE, steward=STEWARD, sector=SECTOR)
            )
            await connection.execute("DROP SCHEMA bench CASCADE")
    finally:
        await connection.close()


async def prepare(url: str) -> Drawn:
    """Forget what earlier runs left in the audit, let the planner see the rows, and draw keys to ask for."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("TRUNCATE audit_event")
        await connection.execute("VACUUM (ANALYZE)")
        await connection.execute("CHECKPOINT")
        programs = await connection.fetch("SELECT program_id FROM program ORDER BY program_id")
        enrollments = await connection.fetch(
            "SELECT enrollment_id FROM enrollment TABLESAMPLE SYSTEM (1) REPEATABLE (7) WHERE sector = $1"
            " ORDER BY enrollment_id",
            SECTOR,
        )
    finally:
        await connection.close()
    return Drawn([UUID(str(row[0])) for row in programs], [UUID(str(row[0])) for row in enrollments])
