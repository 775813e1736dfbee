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
_LARGE, _SECONDS, _KEPT = 5_000, 60.0, 1_000
_GROWTH = 20
"""A community may grow by one in so many before it is counted again."""


@dataclass(frozen=True)
class Size:
    """Children, and records with a given and with a family name."""

    children: int
    given: int
    family: int


_known: OrderedDict[UUID, tuple[float, int, Size]] = OrderedDict()


async def size_of(connection: Connection, community_id: UUID, new: int) -> Size:
    """Count a small community each time, and a large one once a minute or when it has grown.

    `new` are the children that are about to be added to it: of a large one a few more are nothing.
    """
    until, left, size = _known.get(community_id, (0.0, 0, None))
    if size is None or monotonic() > until or new > left:
        size = Size(**await connection.fetchrow(_COUNT, community_id))
        until, left = monotonic() + _SECONDS, size.children // _GROWTH
    if size.children >= _LARGE:
        _known[community_id] = until, left - new, size
        _known.move_to_end(community_id)
        while len(_known) > _KEPT:
            _known.popitem(last=False)
    return size
