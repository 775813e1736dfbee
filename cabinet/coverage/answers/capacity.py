"""Seats beside children: how many there are, how full they are, and how many are missing."""

from collections.abc import Iterator
from functools import partial
from uuid import UUID

from cabinet.coverage.answer import Count
from cabinet.coverage.beside import beside
from cabinet.coverage.dimensions import UNKNOWN, Dimension
from cabinet.coverage.figure import DIGITS, About, Figure, Measured
from cabinet.coverage.gather import ALL, Asked, Shown, gather, one_slice
from cabinet.coverage.measures import Measure
from cabinet.coverage.naming import in_order
from cabinet.coverage.overlapping import TOTAL, GroupKey
from cabinet.coverage.seat_measures import (
    SEAT_GAPS,
    SEATS,
    SEATS_AVAILABLE,
    SEATS_FUNDED,
    UTILIZATION,
    VACANCY,
)
from cabinet.coverage.seats import NeedPolicy, Seats, add_up, seat_gap
from cabinet.coverage.supply import Supply, find_supply
from cabinet.db import Database
from cabinet.errors import InputInvalid
from cabinet.viewer import Viewer


def check_seats(breakdown_by: tuple[Dimension, ...]) -> None:
    """Raise InputInvalid for groups of children that no seat belongs to."""
    if breakdown_by not in ((), (Dimension.NEIGHBORHOOD,)):
        raise InputInvalid("Seats are somewhere, and for nobody in particular: break down by NEIGHBORHOOD only.")


async def capacity(
    database: Database, viewer: Viewer, community_id: UUID, asked: Asked, policy: NeedPolicy
) -> Measured:
    """Return seats, utilization and vacancy of the services, and under a policy of need the seat gap.

    By neighborhood or not at all; of a population of some neighborhoods, the seats that are there.
    Raises Forbidden, InputInvalid.
    """
    check_seats(asked.breakdown_by)
    gathered = await gather(database, viewer, community_id, asked, lambda _: one_slice(asked), "capacity")
    supply = await find_supply(database, gathered.granted, gathered.wanted, asked.as_of)
    supply = supply.within(asked.population)
    shown = await beside(gathered.together)
    return await beside(partial(_answer, shown, supply, policy))


def _answer(shown: Shown, supply: Supply, policy: NeedPolicy) -> Measured:
    figures = [
        figure
        for code in shown.gathered.wanted
        for key, about in _abouts(shown, supply, code)
        for figure in _figures(shown, supply, policy, code, key, about)
    ]
    return shown.measured(ALL, figures)


def _abouts(shown: Shown, supply: Supply, code: str) -> list[tuple[GroupKey, About]]:
    """Return the whole and every neighborhood that has children or a site."""
    gathered = shown.gathered
    about = About(gathered.asked.as_of, gathered.service(code))
    if not gathered.asked.breakdown_by:
        return [(TOTAL, about)]
    counted = shown.counts(ALL).get(code)
    keys: set[GroupKey] = {(site.neighborhood,) for site in supply.of(code)}
    keys |= {key for key in counted.groups if key != TOTAL} if counted else set()
    named = in_order(gathered.asked.breakdown_by, keys, gathered.names)
    return [(TOTAL, about), *((key, About(about.as_of, about.service, values)) for key, values in named)]


def _figures(
    shown: Shown, supply: Supply, policy: NeedPolicy, code: str, key: GroupKey, about: About
) -> Iterator[Figure]:
    seats = add_up(site.seats for site in supply.of(code) if key in (TOTAL, (site.neighborhood,)))
    yield _of_seats(SEATS, about, seats.maximum)
    yield _of_seats(SEATS_AVAILABLE, about, seats.available)
    yield _of_seats(SEATS_FUNDED, about, seats.funded)
    taken = seats.utilization
    yield _of_seats(UTILIZATION, about, taken)
    yield _of_seats(VACANCY, about, None if taken is None else 1 - taken)
    # Children of whom nobody knows where they live, and seats nobody knows where they are, do not belong together.
    if code in shown.gathered.known and key != (UNKNOWN,):
        yield _gap(shown, policy, code, key, about, seats)


def _of_seats(measure: Measure, about: About, value: float | None) -> Figure:
    return Figure(measure, about, value=None if value is None else round(value, DIGITS))


def _gap(shown: Shown, policy: NeedPolicy, code: str, key: GroupKey, about: About, seats: Seats) -> Figure:
    row = shown.counts(ALL)[code].groups.get(key)
    children = Count(0 if row is None else row[policy.cell])
    offered = seats.under(policy)
    is_known = children.value is not None and offered is not None
    value = float(seat_gap(children.value or 0, offered or 0)) if is_known else None
    return Figure(SEAT_GAPS[policy], about, children, value=value, is_withheld=children.is_withheld)
