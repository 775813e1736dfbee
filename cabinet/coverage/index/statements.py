"""The statements that an index is read by, of a whole community or of some of its children."""

from collections.abc import Iterator, Sequence
from datetime import date
from uuid import UUID

from cabinet.coverage.index.catalog import Catalog
from cabinet.coverage.index.dates import Year, months_before
from cabinet.coverage.index.facts import ENCOUNTERS, ENROLLMENTS, NEEDS, PARTS, Fact
from cabinet.coverage.index.spans import Array

_DIGEST = "(SELECT sum(hashtextextended(t::text, 0))::text FROM service_type t WHERE t.community_id = $1)"
"""Service types are also written by the operator, who has no ledger: a change of theirs is known by its effect."""

MOMENT = f"SELECT pg_current_snapshot()::text AS snapshot, {_DIGEST} AS types"

PREPARE = (
    # An index on the community is then gone through once for all rows that are wanted, which are taken in the
    # order of the table. It also has the policy decided once, and not for each row again.
    "SET LOCAL enable_indexscan = off; SET LOCAL enable_seqscan = off; SET LOCAL work_mem = '64MB'"
)
"""How the planner is to read facts, whatever it knows of tables that may just have been filled."""

_NOT_COUNTED = ("attendance_event", "referral", "consent")


def _words(entities: Sequence[str]) -> str:
    return ", ".join(f"'{entity}'" for entity in entities)


def _touched(part: str) -> str:
    by_itself = (ENROLLMENTS, NEEDS, ENCOUNTERS)
    of_part = (
        f"c.entity = '{part}'" if part in by_itself else f"c.entity NOT IN ({_words((*by_itself, *_NOT_COUNTED))})"
    )
    return (
        f"string_agg(DISTINCT uuid_send(c.child_id), '') FILTER (WHERE c.child_id IS NOT NULL AND {of_part})"
        f' AS "{part}"'
    )


_SINCE = """
FROM change c
WHERE c.community_id = $1
  AND c.xid >= pg_snapshot_xmin($2::text::pg_snapshot) AND NOT pg_visible_in_snapshot(c.xid, $2::text::pg_snapshot)
"""
LOOK = f"""
SELECT pg_current_snapshot()::text AS snapshot, {_DIGEST} AS types,
  coalesce(bool_or(c.child_id IS NULL OR c.entity NOT IN ({_words(_NOT_COUNTED)})), false) AS is_changed
{_SINCE}
"""
CHANGES = f"""
SELECT pg_current_snapshot()::text AS snapshot, {_DIGEST} AS types,
  coalesce(bool_or(c.child_id IS NULL), false) AS is_supply,
  {", ".join(map(_touched, PARTS))}
{_SINCE}
"""
"""Snapshot and rows are of one statement and so of one moment. Children's keys come as one string of bytes."""

ORGANIZATIONS = "SELECT organization_id FROM organization WHERE community_id = $1 ORDER BY organization_id"
"""Where words tie, the organization whose id comes first goes before."""


def of_all(fact: Fact, community_id: UUID, year: Year, catalog: Catalog) -> str:
    """Return the statement that sends all rows of one kind that can count on a day of the year."""
    return _select(fact, community_id, year, catalog, "true")


def of_some(fact: Fact, children: Array, community_id: UUID, year: Year, catalog: Catalog) -> str:
    """Return the statement for some children. COPY takes no parameters, so that their keys stand in it."""
    # As a sub-select, of which the planner does not weigh every key.
    some = f"ARRAY(SELECT unnest('{{{','.join(_hex(children))}}}'::uuid[]))"
    return _select(fact, community_id, year, catalog, f"r.child_id = ANY ({some})")


def _select(fact: Fact, community_id: UUID, year: Year, catalog: Catalog, whose: str) -> str:
    return fact.select.format(
        community=f"'{community_id}'::uuid",
        school_year=year.number,
        first=f"date '{year.first}'",
        last=f"date '{year.last}'",
        recent_after=f"date '{_recent_after(year, catalog)}'",
        whose=whose,
    )


def _recent_after(year: Year, catalog: Catalog) -> str:
    """Return the day after which some encounter is recent on the first day of the year."""
    windows = [months for months in catalog.recency.values() if months is not None]
    if not windows:
        return "infinity"
    ordinal = months_before(year.first, max(windows))
    return date.fromordinal(ordinal).isoformat() if ordinal else "-infinity"


def _hex(keys: Array) -> Iterator[str]:
    text = keys.tobytes().hex()
    return (text[at : at + 32] for at in range(0, len(text), 32))
