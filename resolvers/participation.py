"""The questions about what children get of a service, asked as the other measures are."""

from collections.abc import Sequence

from cabinet.coverage.answers.completeness import completeness as find_completeness
from cabinet.coverage.answers.on_day import on_day
from cabinet.coverage.dimensions import Dimension
from cabinet.coverage.figure import Measured
from cabinet.coverage.measures import COVERAGE_RATE, IN_NEED, SERVED, WAITLISTED
from cabinet.coverage.participation_measures import DOSAGE, EFFECTIVE_COVERAGE, RETENTION, WAITING
from resolvers.context import Ask
from resolvers.measures import Wanted, where


async def effective_coverage(info: Ask, wanted: Wanted) -> Measured:
    measures = (IN_NEED, SERVED, COVERAGE_RATE, *EFFECTIVE_COVERAGE)
    return await on_day(*await where(info, wanted), measures, "effective coverage")


async def waiting(info: Ask, wanted: Wanted) -> Measured:
    return await on_day(*await where(info, wanted), (WAITLISTED, *WAITING), "waiting")


async def dosage(info: Ask, wanted: Wanted) -> Measured:
    return await on_day(*await where(info, wanted), DOSAGE, "dosage")


async def retention(info: Ask, wanted: Wanted) -> Measured:
    return await on_day(*await where(info, wanted), RETENTION, "retention")


async def completeness(info: Ask, wanted: Wanted, dimensions: Sequence[Dimension] | None) -> Measured:
    return await find_completeness(*await where(info, wanted), dimensions)
