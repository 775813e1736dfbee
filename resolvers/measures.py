"""The questions about measures: the community found, its today put in, and the cabinet asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias
from uuid import UUID

from strawberry import ID

from cabinet.coverage.answers.access import Reach
from cabinet.coverage.answers.access import access as find_access
from cabinet.coverage.answers.capacity import capacity as find_capacity
from cabinet.coverage.answers.cascade import cascade as find_cascade
from cabinet.coverage.answers.compare import compare as find_comparison
from cabinet.coverage.answers.disparity import Beside
from cabinet.coverage.answers.disparity import disparity as find_disparity
from cabinet.coverage.answers.gaps import gaps as find_gaps
from cabinet.coverage.answers.overlap import overlap as find_overlap
from cabinet.coverage.answers.trend import trend as find_trend
from cabinet.coverage.dimensions import Dimension
from cabinet.coverage.figure import Measured
from cabinet.coverage.gather import Asked
from cabinet.coverage.measures import Measure
from cabinet.coverage.named import resolve
from cabinet.coverage.population import Population
from cabinet.coverage.seats import NeedPolicy
from cabinet.coverage.tabulation import Approach
from cabinet.db import Database
from cabinet.viewer import Viewer
from resolvers.context import Ask

Where: TypeAlias = tuple[Database, Viewer, UUID, Asked]


@dataclass(frozen=True)
class Wanted:
    """What every measure is asked with, as it came."""

    community: ID
    population: Population
    services: list[str] | None = None
    as_of: date | None = None
    breakdown_by: tuple[Dimension, ...] = ()
    approach: Approach = Approach.COMBINED_MULTIRACIAL


async def where(info: Ask, wanted: Wanted) -> Where:
    ask = info.context
    found = await ask.find_community(str(wanted.community))
    services = None if wanted.services is None else tuple(wanted.services)
    population = await resolve(ask.database, ask.viewer, found.community_id, wanted.population)
    day = wanted.as_of or found.today
    asked = Asked(population, services, day, wanted.breakdown_by, ask.indexes, wanted.approach)
    return ask.database, ask.viewer, found.community_id, asked


async def gaps(info: Ask, wanted: Wanted, first: int) -> Measured:
    return await find_gaps(*await where(info, wanted), first)


async def trend(info: Ask, wanted: Wanted, days: Sequence[date], measures: Sequence[Measure]) -> Measured:
    return await find_trend(*await where(info, wanted), days, measures)


async def compare(info: Ask, wanted: Wanted, against: Population, measures: Sequence[Measure]) -> Measured:
    database, viewer, community_id, asked = await where(info, wanted)
    other = await resolve(database, viewer, community_id, against)
    return await find_comparison(database, viewer, community_id, asked, other, measures)


async def overlap(info: Ask, wanted: Wanted) -> Measured:
    return await find_overlap(*await where(info, wanted))


async def disparity(info: Ask, wanted: Wanted, measure: Measure, against: Beside) -> Measured:
    return await find_disparity(*await where(info, wanted), measure, against)


async def capacity(info: Ask, wanted: Wanted, policy: NeedPolicy) -> Measured:
    return await find_capacity(*await where(info, wanted), policy)


async def access(info: Ask, wanted: Wanted, reach: Reach) -> Measured:
    return await find_access(*await where(info, wanted), reach)


async def cascade(info: Ask, wanted: Wanted) -> Measured:
    return await find_cascade(*await where(info, wanted))
