"""What holds between groups that overlap: they do not add up to the total, and yet tell of each other.

All groups together count more than there are children, by as much as children are in several. That excess may be
known, as it is from another tabulation, and it may be small itself. Who is outside a group is the total less the
group, and who is known to be outside is that less those of whom nothing is known. An attacker is given all of it,
as groups that are never shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from cabinet.coverage.dimensions import UNKNOWN
from cabinet.disclosure.numbered import Array

GroupKey: TypeAlias = tuple[str, ...]

TOTAL: GroupKey = ("total",)
_OF_NO_GROUP = ("", "", "")
"""Groups have up to three values: a key of four is of none."""
KNOWN_EXCESS: GroupKey = ("known excess", *_OF_NO_GROUP)
_EXCESS: GroupKey = ("excess", *_OF_NO_GROUP)
_TOGETHER: tuple[GroupKey, GroupKey] = (("together", *_OF_NO_GROUP), ("together again", *_OF_NO_GROUP))


@dataclass(frozen=True)
class Related:
    """Groups that are never shown, and the sums that hold between groups: each a whole with its parts.

    Of a group that is never shown it says how often each of the others counts in it.
    """

    hidden: Mapping[GroupKey, Array]
    sums: Sequence[tuple[GroupKey, tuple[GroupKey, ...]]]


def parts_of(total: GroupKey, groups: Sequence[GroupKey]) -> Related:
    """Relate groups that part the children."""
    return Related({}, [(total, tuple(groups))] if groups else [])


def relate(total: GroupKey, groups: Sequence[GroupKey], overlap: int) -> Related:
    """Relate groups that overlap in one place of their keys; the total is among `groups`, too.

    The excess stands there twice. As a cell that everybody knows, it lets a small group follow from all others as
    it would without overlap; as one that nobody knows, it is protected where it is small.
    """
    parted = tuple(key for key in groups if key != total)
    if not parted:
        return parts_of(total, ())
    everybody, together = _marked(groups, [total]), _marked(groups, parted)
    excess = together - everybody
    hidden = {**dict.fromkeys(_TOGETHER, together), KNOWN_EXCESS: excess, _EXCESS: excess}
    sums: list[tuple[GroupKey, tuple[GroupKey, ...]]] = [(each, parted) for each in _TOGETHER]
    sums += [(each, (total, key)) for each, key in zip(_TOGETHER, (KNOWN_EXCESS, _EXCESS), strict=True)]
    unknown = tuple(key for key in parted if key[overlap] == UNKNOWN)
    for value in dict.fromkeys(key[overlap] for key in parted):
        inside = tuple(key for key in parted if key[overlap] == value)
        outside: GroupKey = (f"not {value}", *_OF_NO_GROUP)
        hidden[outside] = everybody - _marked(groups, inside)
        sums.append((total, (*inside, outside)))
        if unknown and value != UNKNOWN:
            others: GroupKey = (f"known and not {value}", *_OF_NO_GROUP)
            hidden[others] = hidden[outside] - _marked(groups, unknown)
            sums.append((outside, (*unknown, others)))
    return Related(hidden, sums)


def _marked(groups: Sequence[GroupKey], some: Sequence[GroupKey]) -> Array:
    among = set(some)
    return np.fromiter((key in among for key in groups), np.int64, len(groups))
