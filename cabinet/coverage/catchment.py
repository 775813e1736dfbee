"""Seats within reach of where children live: two-step floating catchment areas, and service deserts."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

_EARTH_KM = 6371.0088
"""Mean radius of the earth (IUGG)."""
MANY_CHILDREN = 50
CHILDREN_A_SEAT = 3
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Point:
    """Degrees north and east, WGS 84."""

    latitude: float
    longitude: float


def kilometres(one: Point, other: Point) -> float:
    """Return the great-circle distance, by the haversine formula; the earth taken as a sphere."""
    north = radians(other.latitude - one.latitude) / 2
    east = radians(other.longitude - one.longitude) / 2
    breadth = cos(radians(one.latitude)) * cos(radians(other.latitude))
    return 2 * _EARTH_KM * asin(min(1.0, sqrt(sin(north) ** 2 + breadth * sin(east) ** 2)))


def seats_a_child(
    children: Sequence[int | None], seats: Sequence[int], reached: Sequence[Sequence[bool]]
) -> list[float | None]:
    """Return, place by place, the seats per child within reach of its children.

    `reached[place][site]` says whether a site is within reach of a place. First each site's seats are divided by
    all children within its reach, then each place adds up the sites within its own: W. Luo and F. Wang,
    Environment and Planning B 30 (2003), 865-884. Where a site's ratio is 1/8 and another's 1/4, who reaches both
    has 3/8. A place whose number of children is not to be told (None) leaves every site within its reach without
    a ratio, and every place that reaches one of these without an answer: it could be worked out otherwise.
    """
    ratios: list[float | None] = []
    for site, offered in enumerate(seats):
        demand = [number for place, number in enumerate(children) if reached[place][site]]
        known = [number for number in demand if number is not None]
        is_known = len(known) == len(demand)
        ratios.append((offered / sum(known) if sum(known) else 0.0) if is_known else None)
    return [_added(ratios, row) for row in reached]


def _added(ratios: Sequence[float | None], within: Sequence[bool]) -> float | None:
    total = 0.0
    for ratio, is_within in zip(ratios, within, strict=True):
        if is_within and ratio is None:
            return None
        total += ratio or 0.0 if is_within else 0.0
    return total


def is_desert(children: int, seats: int) -> bool:
    """Whether so many children have no seat, or more than three share one.

    R. Malik and others, America's Child Care Deserts in 2018 (Center for American Progress): a tract with more
    than 50 children that has no provider, or more than three children for each slot.
    """
    return children > MANY_CHILDREN and children > CHILDREN_A_SEAT * seats


def is_out_of_reach(children: int, seats_each: float) -> bool:
    """Whether so many children have within reach no seat, or more than three of those who share it for each.

    The same bounds where seats are those within reach: E. Davis, W. Lee and A. Sojourner, Early Childhood Research
    Quarterly 47 (2019), 472-486.
    """
    return children > MANY_CHILDREN and seats_each * CHILDREN_A_SEAT < 1 - _ROUNDING
