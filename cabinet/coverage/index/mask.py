"""A population as a mask over the children of a day, as bits: a tree of conditions, evaluated from its leaves."""

from collections.abc import Iterator, Sequence

import numpy as np

from cabinet.coverage.index.bits import packed
from cabinet.coverage.index.day import Day
from cabinet.coverage.index.spans import Array
from cabinet.coverage.population import Ages, Population

_YOUNGEST, _OLDEST = 0, 200


def mask_of(population: Population, day: Day) -> Array:
    """Return who is here and in the population."""
    return day.here & _holds(population, day)


def _holds(population: Population, day: Day) -> Array:
    """Return of whom it holds; behind the last child, and of who is not here, it may say anything."""
    held = np.full_like(day.here, np.iinfo(np.uint64).max)
    for condition in _own_conditions(population, day):
        held &= condition
    for part in population.all_of:
        held &= _holds(part, day)
    if population.any_of is not None:
        either = np.zeros_like(held)
        for part in population.any_of:
            either |= _holds(part, day)
        held &= either
    if population.none_of is not None:
        held &= ~_holds(population.none_of, day)
    return held


def _own_conditions(population: Population, day: Day) -> Iterator[Array]:
    for dimension, wanted in population.values.items():
        places, labels = day.facet(dimension)
        yield packed(np.take(np.array([label in wanted for label in labels]), places))
    if population.ages is not None:
        yield packed(_of_ages(population.ages, day))
    if population.race_ethnicity is not None:
        yield packed(day.profile.of_races(population.race_ethnicity))
    if population.in_need_of is not None:
        yield day.in_need_of(_numbers(population.in_need_of, day))
    if population.served_by is not None:
        yield day.reached_by(_numbers(population.served_by, day))
    if population.sectors is not None:
        yield day.reached_by([number for number, kind in day.types.items() if kind.sector in population.sectors])


def _of_ages(ages: Ages, day: Day) -> Array:
    low = _YOUNGEST if ages.minimum is None else max(ages.minimum, _YOUNGEST)
    high = _OLDEST if ages.maximum is None else ages.maximum
    return (day.profile.ages >= low) & (day.profile.ages <= high)


def _numbers(codes: Sequence[str], day: Day) -> list[int]:
    return [number for number, kind in day.types.items() if kind.code in codes]
