"""How many seats are within reach of where children live or go to school, and where there are too few."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from uuid import UUID

from cabinet.coverage.answer import Count
from cabinet.coverage.asking import Asking
from cabinet.coverage.beside import beside
from cabinet.coverage.catchment import Point, is_desert, is_out_of_reach, kilometres, seats_a_child
from cabinet.coverage.dimensions import Dimension
from cabinet.coverage.figure import DIGITS, About, Figure, Measured
from cabinet.coverage.gather import ALL, Asked, Shown, Slices, gather, one_slice
from cabinet.coverage.measures import Measure
from cabinet.coverage.naming import in_order
from cabinet.coverage.population import Population
from cabinet.coverage.seat_measures import (
    SCHOOL_DESERT,
    SEATS_A_CHILD,
    SEATS_A_PUPIL,
    SEATS_WITHOUT_PLACE,
    SERVICE_DESERT,
)
from cabinet.coverage.seats import add_up
from cabinet.coverage.supply import Site, Supply, find_supply
from cabinet.db import Database
from cabinet.errors import InputInvalid
from cabinet.viewer import Viewer

LONGEST_WAY = 100.0
USUAL_WAY = 5.0


class AccessBy(StrEnum):
    """Where children set out from: where they live, or their school."""

    NEIGHBORHOOD = "NEIGHBORHOOD"
    SCHOOL = "SCHOOL"


_MEASURES = {
    AccessBy.NEIGHBORHOOD: (SEATS_A_CHILD, SERVICE_DESERT),
    AccessBy.SCHOOL: (SEATS_A_PUPIL, SCHOOL_DESERT),
}


@dataclass(frozen=True)
class Reach:
    """How far children go, in kilometres, and from where."""

    kilometres: float = USUAL_WAY
    by: AccessBy = AccessBy.NEIGHBORHOOD

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        return (Dimension(self.by),)

    def check(self) -> None:
        """Raise InputInvalid for no way at all, and for one that no child goes."""
        if not 0 < self.kilometres <= LONGEST_WAY:
            raise InputInvalid(f"reachKm takes more than 0 and up to {LONGEST_WAY:.0f} kilometres.")

    def within(self, start: Point | None, site: Point | None) -> bool:
        return start is not None and site is not None and kilometres(start, site) <= self.kilometres


@dataclass(frozen=True)
class Place:
    """A neighborhood or a school: where it is, how many eligible children are of it, and their seats."""

    about: About
    named: tuple[Dimension, str]
    point: Point | None
    children: Count
    seats_each: float | None
    seats_there: int | None
    """Of a neighborhood, the seats in it."""

    @property
    def is_share_withheld(self) -> bool:
        return self.seats_each is None and self.point is not None


async def access(database: Database, viewer: Viewer, community_id: UUID, asked: Asked, reach: Reach) -> Measured:
    """Return, service by neighborhood or school, the seats per eligible child within reach, and the deserts.

    Of a population of some neighborhoods (or schools) those alone are given, and their seats are shared with the
    children of all others.
    Raises Forbidden, InputInvalid.
    """
    reach.check()
    of_whom, (by,) = asked.population, reach.dimensions
    asked = replace(asked, breakdown_by=(by,), population=of_whom.without(by))

    def slices(found: Asking) -> Slices:
        found.check(of_whom)
        return one_slice(asked)

    gathered = await gather(database, viewer, community_id, asked, slices, "access")
    supply = await find_supply(database, gathered.granted, gathered.known, asked.as_of)
    shown = await beside(gathered.together)
    return await beside(partial(_answer, shown, supply, reach, of_whom))


def _answer(shown: Shown, supply: Supply, reach: Reach, of_whom: Population) -> Measured:
    figures = [
        figure for code in shown.gathered.known for figure in _of_service(shown, supply, reach, of_whom, code)
    ]
    return shown.measured(ALL, figures)


def _of_service(shown: Shown, supply: Supply, reach: Reach, of_whom: Population, code: str) -> Iterator[Figure]:
    lost = add_up(site.seats for site in supply.of(code) if site.point is None).maximum
    if lost != 0:
        about = About(shown.gathered.asked.as_of, shown.gathered.service(code))
        yield Figure(SEATS_WITHOUT_PLACE, about, value=None if lost is None else float(lost))
    seats, desert = _MEASURES[reach.by]
    for place in _places(shown, supply, reach, code):
        if not of_whom.may_hold(*place.named):
            continue
        share = None if place.seats_each is None or place.point is None else round(place.seats_each, DIGITS)
        yield Figure(seats, place.about, None, place.children, share, is_withheld=place.is_share_withheld)
        yield _desert(desert, place) if reach.by is AccessBy.NEIGHBORHOOD else _out_of_reach(desert, place)


def _places(shown: Shown, supply: Supply, reach: Reach, code: str) -> Iterator[Place]:
    gathered, sites = shown.gathered, supply.of(code)
    points = supply.middles if reach.by is AccessBy.NEIGHBORHOOD else supply.schools
    groups = shown.counts(ALL)[code].groups
    named = in_order(reach.dimensions, [(place,) for place in points], gathered.names)
    children = [groups[key]["eligible"] if key in groups else 0 for key, _ in named]
    shares = _shares(children, [points[key[0]] for key, _ in named], sites, reach)
    for (key, values), number, share in zip(named, children, shares, strict=True):
        about = About(gathered.asked.as_of, gathered.service(code), values)
        there = add_up(site.seats for site in sites if site.neighborhood == key[0]).maximum
        yield Place(about, (reach.dimensions[0], key[0]), points[key[0]], Count(number), share, there)


def _shares(
    children: Sequence[int | None], starts: Sequence[Point | None], sites: Sequence[Site], reach: Reach
) -> list[float | None]:
    """Return each place's seats per child; a place or a site of no known point reaches nothing."""
    offered = [site.seats.maximum or 0 for site in sites]
    reached = [[reach.within(start, site.point) for site in sites] for start in starts]
    return seats_a_child(children, offered, reached)


def _desert(measure: Measure, place: Place) -> Figure:
    children, seats = place.children, place.seats_there
    if children.value is None or seats is None:
        return Figure(measure, place.about, is_withheld=children.is_withheld)
    return Figure(measure, place.about, children, value=float(is_desert(children.value, seats)))


def _out_of_reach(measure: Measure, place: Place) -> Figure:
    children, share = place.children, place.seats_each
    if children.value is None or share is None or place.point is None:
        return Figure(measure, place.about, is_withheld=children.is_withheld or place.is_share_withheld)
    return Figure(measure, place.about, children, value=float(is_out_of_reach(children.value, share)))
