"""By how many sectors children are served, and whom none serves although there is a need."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from uuid import UUID

from cabinet.coverage.asking import Asking
from cabinet.coverage.beside import beside
from cabinet.coverage.dimensions import SECTOR_COUNTS, Dimension
from cabinet.coverage.figure import About, Figure, Measured, counted
from cabinet.coverage.gather import ALL, Asked, Gathered, Shown, Slices, gather
from cabinet.coverage.measures import NONE_DESPITE_NEED, SECTORS_SERVING
from cabinet.coverage.measures import POPULATION as POPULATION_MEASURE
from cabinet.coverage.naming import in_order
from cabinet.coverage.overlapping import TOTAL, GroupKey
from cabinet.coverage.population import Population
from cabinet.coverage.slices import Whole
from cabinet.coverage.tally import POPULATION
from cabinet.db import Database
from cabinet.viewer import Viewer

Groups = Mapping[GroupKey, Mapping[str, int | None]]

_NEEDING, _OTHERS = "in need", "not in need"


async def overlap(database: Database, viewer: Viewer, community_id: UUID, asked: Asked) -> Measured:
    """Return how many children are served by exactly 0, 1, 2 ... sectors, and by none despite a need.

    `services` says which needs count; what serves a child is every service there is. Raises Forbidden, also for
    who counts within one sector or among own clients, and InputInvalid.
    """

    def slices(asking: Asking) -> Slices:
        needing = Population(in_need_of=tuple(asking.wanted(asked.services)))
        return {
            ALL: (asked.population, asked.as_of),
            _NEEDING: (Population(all_of=(asked.population, needing)), asked.as_of),
            _OTHERS: (Population(all_of=(asked.population,), none_of=needing), asked.as_of),
        }

    parted = replace(asked, services=(), breakdown_by=(Dimension.SECTORS_SERVING, *asked.breakdown_by))
    gathered = await gather(database, viewer, community_id, parted, slices, "overlap")
    return await beside(partial(_answer, gathered))


def _answer(gathered: Gathered) -> Measured:
    shown = gathered.together((Whole(ALL, (_NEEDING, _OTHERS)),), frozenset({_OTHERS}))
    return shown.measured(ALL, _figures(shown))


def _figures(shown: Shown) -> Iterator[Figure]:
    everybody = shown.counts(ALL)[POPULATION].groups
    needing = shown.counts(_NEEDING)[POPULATION].groups
    dimensions = shown.gathered.asked.breakdown_by
    yield counted(POPULATION_MEASURE, everybody[TOTAL], About(shown.gathered.asked.as_of))
    for key, values in in_order(dimensions, _keys(everybody, dimensions), shown.gathered.names):
        about = About(shown.gathered.asked.as_of, group=values)
        yield counted(SECTORS_SERVING, _share(everybody, key), about)
        if key[0] == SECTOR_COUNTS[0]:
            yield counted(NONE_DESPITE_NEED, _share(needing, key), about)


def _keys(groups: Groups, dimensions: Sequence[Dimension]) -> list[GroupKey]:
    """Return the groups, also of a number of sectors that serves nobody, where it is the only thing asked by."""
    found = [key for key in groups if key != TOTAL]
    return found if len(dimensions) > 1 else [(number,) for number in SECTOR_COUNTS]


def _share(groups: Groups, key: GroupKey) -> Mapping[str, int | None]:
    return {
        "population": groups[key]["population"] if key in groups else 0,
        "whole": groups[TOTAL]["population"],
    }
