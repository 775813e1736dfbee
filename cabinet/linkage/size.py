"""How many children a community has: what a name in common is worth, and how many others it could be."""

from collections import OrderedDict
from dataclasses import dataclass
from time import monotonic
from uuid import UUID

from cabinet.db import Connection

_COUNT = """
SELECT (SELECT count(*) FROM child WHERE community_id = $1) AS children,
  (SELECT count(given) FROM child_comparison WHERE community_id = $1) AS given,
  (SELECT count(family) FROM child_comparison WHERE community_id = $1) AS family
"""
_LARGE, _SECONDS, _KEPT = 5_000, 1.0, 1_000


@dataclass(frozen=True)
class Size:
    """Children, and records with a given and with a family name."""

    children: int
    given: int
    family: int


_known: OrderedDict[UUID, tuple[float, Size]] = OrderedDict()


async def size_of(connection: Connection, community_id: UUID) -> Size:
    """Count a small community each time; a large one, of which a row more or less is nothing, once a second."""
    until, size = _known.get(community_id, (0.0, None))
    if size is not None and monotonic() < until:
        return size
    row = await connection.fetchrow(_COUNT, community_id)
    size = Size(**row)
    if size.children >= _LARGE:
        _known[community_id] = monotonic() + _SECONDS, size
        _known.move_to_end(community_id)
        while len(_known) > _KEPT:
            _known.popitem(last=False)
    return size
