"""What an answer stands on: its day, the data it was counted from, and how much of that is known."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from uuid import UUID

from cabinet.access import Action, Grant, Level, grant
from cabinet.calendar import school_year_of
from cabinet.coverage.dimensions import UNKNOWN, Dimension
from cabinet.coverage.overlapping import TOTAL
from cabinet.coverage.population import Population, Reference
from cabinet.coverage.protect import ServiceCounts
from cabinet.coverage.question import Question
from cabinet.coverage.tabulation import Tabulation
from cabinet.db import Database
from cabinet.scope import Scope
from cabinet.tables.security import Login
from cabinet.viewer import Viewer

_VERSION = """
SELECT concat_ws('-', newest.xid, (
  -- A transaction that began before the newest and has not ended: with it, the same number would be other data.
  SELECT string_agg(open.xid::text, '-' ORDER BY open.xid) FROM pg_snapshot_xip(pg_current_snapshot()) open (xid)
  WHERE open.xid < newest.xid))
FROM (SELECT coalesce(max(xid), '0'::xid8) AS xid FROM change WHERE community_id = $1) newest
"""
# Records that wait for their child, several rows of one once. What is in doubt and counts meanwhile is tied to a
# child like any other: were it not, an agency could tell by its share that others know somebody alike.
_LINKED = """
SELECT
  (SELECT count(*) FROM child_link
   WHERE community_id = $1 AND undone_at IS NULL AND ($2::text[] IS NULL OR sector = ANY ($2))
     AND ($3::uuid[] IS NULL OR organization_id = ANY ($3))) AS linked,
  (SELECT count(*) FROM source_record
   WHERE community_id = $1
     AND ($2::text[] IS NULL OR sector = ANY ($2)) AND ($3::uuid[] IS NULL OR organization_id = ANY ($3)))
  + (SELECT count(DISTINCT (w.organization_id, coalesce(to_jsonb(w.named), w.payload #> '{child,identity}')))
     FROM (
       SELECT *, CASE kind WHEN 'child' THEN record_id ELSE payload #>> '{child,source_id}' END AS named
       FROM match_review
       WHERE community_id = $1 AND state = 'OPEN' AND source_record_id IS NULL
         AND ($2::text[] IS NULL OR sector = ANY ($2)) AND ($3::uuid[] IS NULL OR organization_id = ANY ($3))
     ) AS w
     WHERE NOT EXISTS (
       SELECT FROM source_record r
       WHERE r.community_id = $1 AND r.organization_id = w.organization_id AND r.record_id = w.named)) AS records
"""
_DIGITS = 3


@dataclass(frozen=True)
class UnknownShare:
    """The share of a population of which a dimension is not known; None where it would tell a withheld count.

    `of` names the population where there are several.
    """

    dimension: Dimension
    share: float | None
    of: str | None = None


@dataclass(frozen=True)
class Basis:
    """`data_version`: every change up to it is counted; answers of one version are of the same data."""

    community_id: UUID
    as_of: date
    school_year: int
    level: Level
    data_version: str
    unknown: tuple[UnknownShare, ...]
    populations: tuple[Reference, ...]
    """The named populations that were asked by, in the versions that were looked up."""
    tabulation: Tabulation | None = None
    """How race and ethnicity are tabulated, where they are broken down by."""


async def data_version(database: Database, community_id: UUID) -> str:
    """Return the version of a community's data: the newest transaction in its ledger, and those still open before.

    Asked as the writer, whose ledger it is, in a transaction that can only read. It is read before the counting:
    what is written while that goes on may be counted as well.
    """
    async with database.transaction(Scope(Login.WRITER, (community_id,))) as connection:
        await connection.execute("SET TRANSACTION READ ONLY")
        version: str = await connection.fetchval(_VERSION, community_id)
        return version


async def linked_share(database: Database, viewer: Viewer, community_id: UUID) -> float | None:
    """Return the share of the source records a viewer counts by that is tied to a child; None without any.

    Asked as the writer, for a role that reads counts reads no record; nothing but the share leaves here.
    """
    granted = grant(viewer, community_id, Action.READ_COVERAGE)
    sectors = list(granted.scope.sectors) if granted.level is Level.SECTOR else None
    organizations = list(granted.scope.organizations) if granted.level is Level.CLIENTS else None
    async with database.transaction(Scope(Login.WRITER, (community_id,))) as connection:
        await connection.execute("SET TRANSACTION READ ONLY")
        row = await connection.fetchrow(_LINKED, community_id, sectors, organizations)
    return round(row["linked"] / row["records"], _DIGITS) if row["records"] else None


def find_basis(
    granted: Grant,
    question: Question,
    populations: Mapping[str | None, ServiceCounts],
    version: str,
    others: Iterable[Population] = (),
) -> Basis:
    """Say what an answer stands on; `populations` are their counts as shown, by name where there are several.

    `others` are what it was asked of beside the question's own population.
    """
    unknown = tuple(
        UnknownShare(dimension, _unknown_share(population, position), of)
        for of, population in populations.items()
        for position, dimension in enumerate(question.breakdown_by)
    )
    as_of = question.as_of
    references = question.population.references.union(*(each.references for each in others))
    named = tuple(sorted(references, key=attrgetter("code", "version")))
    by_race = Dimension.RACE_ETHNICITY in question.breakdown_by
    tabulation = question.tabulation if by_race else None
    year = school_year_of(as_of)
    return Basis(granted.community_id, as_of, year, granted.level, version, unknown, named, tabulation)


def _unknown_share(population: ServiceCounts, position: int) -> float | None:
    """Return the share; None of other dimensions than the one by which groups overlap: they do not add up."""
    groups = population.groups
    if population.overlap not in (None, position):
        return None
    counts = [row["population"] for key, row in groups.items() if key != TOTAL and key[position] == UNKNOWN]
    known = [value for value in counts if value is not None]
    everybody = groups[TOTAL]["population"]
    if len(known) < len(counts) or not everybody:
        return None
    return round(sum(known) / everybody, _DIGITS)
