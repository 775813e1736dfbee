"""How well a community's sources are linked, as those see it who see counts: small ones are withheld."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cabinet.access import Action, Grant, Level, grant
from cabinet.coverage.answer import Count
from cabinet.db import Database, Record
from cabinet.disclosure.suppress import Key, Sum, Table, suppress
from cabinet.viewer import Viewer

# What an earlier run said of sources that share nobody any more is history.
_LATEST = """
SELECT q.*, one.code AS one_code, one.name AS one_name, one.sector AS one_sector,
  other.code AS other_code, other.name AS other_name, other.sector AS other_sector
FROM linkage_quality q
JOIN organization one ON one.community_id = q.community_id AND one.organization_id = q.organization_id
JOIN organization other ON other.community_id = q.community_id AND other.organization_id = q.other_organization_id
WHERE q.community_id = $1
  AND q.as_of = (SELECT max(latest.as_of) FROM linkage_quality latest WHERE latest.community_id = $1)
ORDER BY least(one.code, other.code), greatest(one.code, other.code)
"""


@dataclass(frozen=True)
class LinkedSource:
    """One of two sources, and how many children it has records of."""

    code: str
    name: str
    sector: str
    records: Count


@dataclass(frozen=True)
class LinkageQuality:
    """How two sources' records are linked and what is expected of it; what is withheld is None.

    `match_rate` is the share of the smaller source's records that are linked, `precision` the share of the links
    that is expected to be true, `recall` that of true pairs that is expected to be linked.
    """

    sources: tuple[LinkedSource, LinkedSource]
    linked: Count
    for_review: Count
    match_rate: float | None
    precision: float | None
    recall: float | None
    recall_with_review: float | None
    model_version: int
    as_of: datetime


async def linkage_quality(database: Database, viewer: Viewer, community_id: UUID) -> list[LinkageQuality]:
    """Return what the last run said of every two sources that share children. Raises Forbidden.

    A steward sees exact counts where both sources are of the own sector.
    """
    granted = grant(viewer, community_id, Action.READ_LINKAGE)
    async with database.transaction(granted.scope) as connection:
        rows = await connection.fetch(_LATEST, community_id)
    withheld = suppress(_table(rows))
    return [_quality(row, frozenset() if _is_own(row, granted) else withheld) for row in rows]


def _is_own(row: Record, granted: Grant) -> bool:
    own = granted.scope.sectors if granted.level is Level.SECTOR else ()
    return row["one_sector"] in own and row["other_sector"] in own


def _table(rows: Sequence[Record]) -> Table:
    """Return all counts of the answer: some of a source's records are linked with the other's, the rest not."""
    cells: dict[Key, int] = {}
    sums: list[Sum] = []
    implied: list[Key] = []
    for row in rows:
        one, other, linked = row["organization_id"], row["other_organization_id"], _linked(row)
        cells |= {linked: row["linked"], _shown(row): row["for_review"]}
        for source, records, beside in ((one, row["records"], other), (other, row["other_records"], one)):
            whole, alone = _records(source), ("alone", source, beside)
            cells |= {whole: records, alone: records - row["linked"]}
            sums.append(Sum(whole, (linked, alone)))
            implied.append(alone)
    return Table(cells, sums, frozenset(implied))


def _records(organization_id: UUID) -> Key:
    return ("records", organization_id)


def _linked(row: Record) -> Key:
    return ("linked", row["organization_id"], row["other_organization_id"])


def _shown(row: Record) -> Key:
    return ("for_review", row["organization_id"], row["other_organization_id"])


def _quality(row: Record, withheld: frozenset[Key]) -> LinkageQuality:
    one = _source(row, "one", _count(_records(row["organization_id"]), row["records"], withheld))
    other = _source(row, "other", _count(_records(row["other_organization_id"]), row["other_records"], withheld))
    linked = _count(_linked(row), row["linked"], withheld)
    for_review = _count(_shown(row), row["for_review"], withheld)
    first, second = sorted((one, other), key=lambda source: source.code)
    return LinkageQuality(
        (first, second),
        linked,
        for_review,
        _match_rate(linked, one.records, other.records),
        precision=_share(row["precision"], linked),
        recall=_share(row["recall"], linked),
        recall_with_review=_share(row["recall_with_review"], linked, for_review),
        model_version=row["version"],
        as_of=row["as_of"],
    )


def _source(row: Record, which: str, records: Count) -> LinkedSource:
    return LinkedSource(row[f"{which}_code"], row[f"{which}_name"], row[f"{which}_sector"], records)


def _count(key: Key, value: int, withheld: frozenset[Key]) -> Count:
    return Count(None if key in withheld else value)


def _match_rate(linked: Count, one: Count, other: Count) -> float | None:
    if linked.value is None or one.value is None or other.value is None:
        return None
    return linked.value / min(one.value, other.value)


def _share(share: float, *of: Count) -> float | None:
    """Return a share to three figures; none where it tells of a count that is withheld."""
    return None if any(count.is_withheld for count in of) else round(share, 3)
