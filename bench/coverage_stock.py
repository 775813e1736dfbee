"""The community that the coverage bench asks about, of any size: the same children on every machine.

Written by SQL straight into the tables, with eight enrollments a child over three years, and forty services.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

import asyncpg

from bench.children import FUNCTIONS
from cabinet.communities import add_community, add_member
from cabinet.db import Database, analyze
from cabinet.embedded import embedded_postgres
from cabinet.migrate import migrate, settle
from cabinet.settings import Mode, Settings
from cabinet.tables.terms import Role

CODE, STAFF, DAY = "bench", "bench-staff", date(2026, 10, 15)
SERVICES, ENROLLMENTS = 40, 8
NEIGHBORHOODS, SCHOOLS, PROGRAMS, ORGANIZATIONS = 50, 60, 300, 40

# Of the services that are needed by rule or by need, some children are in need of each. Half of the enrollments
# are of this school year, and one in eight waits.
ROWS = """
INSERT INTO service_type (community_id, code, name, sector, min_age, max_age, need_rule)
  SELECT uuid '{community}', 'MORE_' || n, 'More ' || n, 'OUT_OF_SCHOOL_TIME', 5, 17, 'UNIVERSAL'
  FROM generate_series(1, {services}
    - (SELECT count(*)::int FROM service_type WHERE community_id = '{community}')) n;
INSERT INTO organization (community_id, organization_id, code, name, sector)
  SELECT uuid '{community}', bench.key(n, 2), 'organization-' || n, 'Organization ' || n,
    CASE WHEN n <= 4 THEN 'EDUCATION' WHEN n <= 10 THEN 'HEALTH' ELSE 'OUT_OF_SCHOOL_TIME' END
  FROM generate_series(1, {organizations}) n;
INSERT INTO neighborhood (community_id, neighborhood_id, code, name)
  SELECT uuid '{community}', bench.key(n, 3), 'n' || n, 'Neighborhood ' || n
  FROM generate_series(1, {neighborhoods}) n;
INSERT INTO school (community_id, school_id, organization_id, code, name)
  SELECT uuid '{community}', bench.key(n, 4), bench.key(1, 2), 's' || n, 'School ' || n
  FROM generate_series(1, {schools}) n;
CREATE UNLOGGED TABLE bench.program AS
  SELECT n AS number, bench.key(n, 5) AS program_id, o.organization_id, o.sector
  FROM generate_series(1, {programs}) n
  JOIN organization o ON o.organization_id = bench.key(1 + n % {organizations}, 2);
INSERT INTO program (community_id, program_id, organization_id, code, name, sector)
  SELECT uuid '{community}', program_id, organization_id, 'program-' || number, 'Program ' || number, sector
  FROM bench.program;
INSERT INTO service (community_id, program_id, service_type_id, code, name)
  SELECT uuid '{community}', p.program_id, t.service_type_id, p.number || '-' || nth, 'Service'
  FROM bench.program p CROSS JOIN generate_series(1, 2) nth
  JOIN (SELECT service_type_id, row_number() OVER (ORDER BY code) - 1 AS place FROM service_type
    WHERE community_id = '{community}') t ON t.place = (p.number * nth) % {services}
  WHERE nth = 1 OR p.number % 5 = 0;

INSERT INTO child (community_id, child_id, birth_month, sex, race_ethnicity, sectors, organization_ids)
  SELECT uuid '{community}', bench.child_key(n), bench.born(n), CASE WHEN n % 2 = 0 THEN 'FEMALE' ELSE 'MALE' END,
    CASE (n % 9) WHEN 0 THEN '{{}}'::text[] WHEN 1 THEN '{{ASIAN,WHITE}}' WHEN 2 THEN '{{ASIAN}}'
      WHEN 3 THEN '{{HISPANIC_OR_LATINO}}' WHEN 4 THEN '{{BLACK_OR_AFRICAN_AMERICAN}}' ELSE '{{WHITE}}' END,
    '{{EDUCATION}}', ARRAY[bench.key(1, 2)]
  FROM generate_series(1, {children}) n;
INSERT INTO child_year (community_id, child_id, school_year, organization_id, sector, grade, school_id,
    neighborhood_id)
  SELECT uuid '{community}', bench.child_key(n), 2027, bench.key(1, 2), 'EDUCATION',
    bench.grade(bench.born(n), 2027), bench.key(1 + floor({schools} * bench.chance(n, 11))::int, 4),
    bench.key(1 + floor({neighborhoods} * bench.chance(n, 12))::int, 3)
  FROM generate_series(1, {children}) n
  UNION ALL
  SELECT uuid '{community}', bench.child_key(n), 2027, bench.key(12, 2), 'OUT_OF_SCHOOL_TIME', NULL, NULL,
    bench.key(1 + floor({neighborhoods} * bench.chance(n, 13))::int, 3)
  FROM generate_series(1, {children}) n WHERE n % 3 = 0;
INSERT INTO characteristic (community_id, child_id, organization_id, sector, kind, value, begins, ends)
  SELECT uuid '{community}', bench.child_key(n), bench.key(1 + n % 2, 2), 'EDUCATION', kind,
    CASE WHEN bench.chance(n, 20 + place::int) < 0.3 THEN 'YES' ELSE 'NO' END,
    date '2025-09-01' + floor(bench.chance(n, 40 + place::int) * 300)::int,
    CASE WHEN bench.chance(n, 60 + place::int) < 0.2 THEN date '2026-10-01' END
  FROM generate_series(1, {children}) n CROSS JOIN unnest(ARRAY['ECONOMICALLY_DISADVANTAGED', 'IEP',
    'ENGLISH_LEARNER', 'HOMELESS']) WITH ORDINALITY AS k (kind, place)
  WHERE bench.chance(n, 80 + place::int) < 0.75;
INSERT INTO need (community_id, child_id, service_type_id, organization_id, sector, basis, opened, resolved,
    record_id, record_version, content_hash)
  SELECT uuid '{community}', bench.child_key(n), t.service_type_id, bench.key(5, 2), 'HEALTH', 'SCREENING',
    date '2025-09-01' + floor(bench.chance(n, 90) * 400)::int, NULL, 'n' || n, 1, ''
  FROM generate_series(1, {children}, 2) n
  JOIN (SELECT service_type_id, row_number() OVER (ORDER BY code) - 1 AS place FROM service_type
    WHERE community_id = '{community}') t ON t.place = floor({services} * bench.chance(n, 91))::int;
INSERT INTO encounter (community_id, child_id, service_type_id, organization_id, sector, kind, occurred_on,
    record_id, record_version, content_hash)
  SELECT uuid '{community}', bench.child_key(n), t.service_type_id, bench.key(6, 2), 'HEALTH', 'VISIT',
    date '2024-09-01' + floor(bench.chance(n, 100 + nth) * 770)::int, 'c' || n || '-' || nth, 1, ''
  FROM generate_series(1, {children}) n CROSS JOIN generate_series(1, 2) nth
  JOIN (SELECT service_type_id, row_number() OVER (ORDER BY code) - 1 AS place FROM service_type
    WHERE community_id = '{community}' AND recency_months IS NOT NULL) t ON t.place = (n + nth) % 8;

INSERT INTO enrollment (community_id, child_id, program_id, organization_id, sector, status, begins, ends,
    record_id, record_version, content_hash)
  SELECT uuid '{community}', bench.child_key(child), p.program_id, p.organization_id, p.sector,
    CASE WHEN n % 8 = 0 THEN 'WAITLISTED' WHEN is_open THEN 'ENROLLED' WHEN n % 3 = 0 THEN 'WITHDRAWN'
      ELSE 'COMPLETED' END,
    begins, CASE WHEN NOT is_open THEN begins + 30 + (n % 240)::int END, 'e' || n, 1, ''
  FROM (
    SELECT n, 1 + (n - 1) / {enrollments} AS child, 1 + ((n - 1) % {enrollments}) * 37 % {programs}
        + floor(37 * bench.chance(n, 6))::int AS program,
      date '2024-06-01' + floor(bench.chance(n, 7) * 850)::int AS begins, bench.chance(n, 8) < 0.4 AS is_open
    FROM generate_series(1, {children}::bigint * {enrollments}) n
  ) drawn JOIN bench.program p ON p.number = drawn.program;
DROP SCHEMA bench CASCADE;
"""


@dataclass(frozen=True)
class Stock:
    """A database that is up, with the community in it."""

    url: str
    settings: Settings
    community_id: UUID

    @property
    def folder(self) -> Path:
        """Where PostgreSQL listens, and its process id is written."""
        return self.settings.data.resolve() / "pg"


@contextmanager
def coverage_stock(folder: Path, children: int) -> Iterator[Stock]:
    """Start PostgreSQL on the folder with so many children in it; a folder that holds them is used as it is."""
    settings = Settings(mode=Mode.DEVELOPMENT, data=folder)
    filled = folder / "filled-with-children"
    if filled.exists() and int(filled.read_text()) != children:
        raise SystemExit(f"{folder} holds {filled.read_text().strip()} children; name another folder.")
    if not filled.exists():
        with embedded_postgres(folder) as url:
            migrate(url)
            asyncio.run(settle(url, settings))
            asyncio.run(fill(url, settings, children))
            filled.write_text(f"{children}\n")
    with embedded_postgres(folder) as url:
        yield Stock(url, settings, asyncio.run(_prepare(url)))


async def fill(url: str, settings: Settings, children: int) -> None:
    async with Database(url, settings) as database:
        community = await add_community(database, CODE, "Bench")
        await add_member(database, community, STAFF, Role.CABINET_STAFF)
    # Foreign keys hold by construction; checking millions of them would take most of the time.
    fast = {"session_replication_role": "replica", "synchronous_commit": "off", "work_mem": "256MB"}
    connection = await asyncpg.connect(url, server_settings=fast)
    counts = {"children": children, "services": SERVICES, "enrollments": ENROLLMENTS, "programs": PROGRAMS}
    places = {"neighborhoods": NEIGHBORHOODS, "schools": SCHOOLS, "organizations": ORGANIZATIONS}
    async with connection.transaction():
        await connection.execute(FUNCTIONS)
        await connection.execute(ROWS.format(community=community.community_id, **counts, **places))
    await connection.close()


async def _prepare(url: str) -> UUID:
    await analyze(url)
    connection = await asyncpg.connect(url)
    await connection.execute("VACUUM (ANALYZE)")
    community_id = await connection.fetchval("SELECT community_id FROM community WHERE code = $1", CODE)
    await connection.close()
    return UUID(str(community_id))
