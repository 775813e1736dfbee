"""How many seats are within reach of where children live, and where there are too few."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from uuid import UUID

from cabinet.coverage.answer import Count
from cabinet.coverage.beside import beside
from cabinet.coverage.catchment import Point, is_desert, kilometres, seats_a_child
from cabinet.coverage.dimensions import Dimension
from cabinet.coverage.figure import DIGITS, About, Figure, Measured
from cabinet.coverage.gather import ALL, Asked, Shown, gather, one_slice
from cabinet.coverage.naming import in_order
from cabinet.coverage.seat_measures import SEATS_A_CHILD, SEATS_WITHOUT_PLACE, SERVICE_DESERT
from cabinet.coverage.seats import add_up
from cabinet.coverage.supply import Site, Supply, find_supply
from cabinet.db import Database
from cabinet.errors import InputInvalid
from cabinet.viewer import Viewer

LONGEST_WAY = 100.0
_BY = (Dimension.NEIGHBORHOOD,)


async def access(database: Database, viewer: Viewer, community_id: UUID, asked: Asked, reach: float) -> Measured:
    """Return, service by neighborhood, the seats per eligible child within `reach` kilometres, and the deserts.

    Raises Forbidden, InputInvalid.
    """
    if not 0 < reach <= LONGEST_WAY:
        raise InputInvalid(f"reachKm takes more than 0 and up to {LONGEST_WAY:.0f} kilometres.")
    asked = replace(asked, breakdown_by=_BY)
    gathered = await gather(database, viewer, community_id, asked, lambda _: one_slice(asked), "access")
    supply = await find_supply(database, gathered.granted, gathered.known, asked.as_of)
    shown = await beside(gathered.together)
    return await beside(partial(_answer, shown, supply, reach))


def _answer(shown: Shown, supply: Supply, reach: float) -> Measured:
    figures = [figure for code in shown.gathered.known for figure in _of_service(shown, supply, reach, code)]
    return shown.measured(ALL, figures)


def _of_service(shown: Shown, supply: Supply, reach: float, code: str) -> Iterator[Figure]:
    gathered, sites = shown.gathered, supply.of(code)
    about = About(gathered.asked.as_of, gathered.service(code))
    groups = shown.counts(ALL)[code].groups
    places = in_order(_BY, [(place,) for place in supply.middles], gathered.names)
    children = [groups[key]["eligible"] if key in groups else 0 for key, _ in places]
    middles = [supply.middles[key[0]] for key, _ in places]
    shares = _shares(children, middles, sites, reach)
    lost = add_up(site.seats for site in sites if site.point is None).maximum
    if lost != 0:
        yield Figure(SEATS_WITHOUT_PLACE, about, value=None if lost is None else float(lost))
    for (key, values), number, share, middle in zip(places, children, shares, middles, strict=True):
        here, count = About(about.as_of, about.service, values), Count(number)
        is_withheld = share is None and middle is not None
        shown_share = None if share is None or middle is None else round(share, DIGITS)
        yield Figure(SEATS_A_CHILD, here, None, count, shown_share, is_withheld=is_withheld)
        yield _desert(here, count, add_up(site.seats for site in sites if site.neighborhood == key[0]).maximum)


def _shares(
    children: Sequence[int | None], middles: Sequence[Point | None], sites: Sequence[Site], reach: float
) -> list[float | None]:
    """Return each place's seats per child; a place or a site of no known point reaches nothing."""
    offered = [site.seats.maximum or 0 for site in sites]
    reached = [[_is_within(middle, site.point, reach) for site in sites] for middle in middles]
    return seats_a_child(children, offered, reached)


def _is_within(middle: Point | None, site: Point | None, reach: float) -> bool:
    return middle is not None and site is not None and kilometres(middle, site) <= reach


def _desert(about: About, children: Count, seats: int | None) -> Figure:
    if children.value is None or seats is None:
        return Figure(SERVICE_DESERT, about, is_withheld=children.is_withheld)
    return Figure(SERVICE_DESERT, about, children, value=float(is_desert(children.value, seats)))
