"""Where children are lost between a need and an outcome."""

from collections.abc import Iterator
from functools import partial
from uuid import UUID

from cabinet.coverage.beside import beside
from cabinet.coverage.cascade import CASCADE, Step
from cabinet.coverage.figure import Figure, Measured, counted
from cabinet.coverage.gather import ALL, Asked, Shown, gather, one_slice
from cabinet.coverage.measures import CASCADE as STEPS
from cabinet.coverage.tally import MAX_ROWS_OF_MANY_SUMS as LONGEST
from cabinet.db import Database
from cabinet.viewer import Viewer


async def cascade(database: Database, viewer: Viewer, community_id: UUID, asked: Asked) -> Measured:
    """Return, service by service and group by group, how many of those in need came to each step.

    Raises Forbidden, InputInvalid.
    """
    slices = one_slice(asked)
    gathered = await gather(
        database, viewer, community_id, asked, lambda _: slices, "cascade", (CASCADE,), LONGEST
    )
    shown = await beside(gathered.together)
    return await beside(partial(_answer, shown))


def _answer(shown: Shown) -> Measured:
    return shown.measured(ALL, _figures(shown))


def _figures(shown: Shown) -> Iterator[Figure]:
    for code in shown.gathered.known:
        has_dosage = shown.gathered.asking.types[code]["dosage_days"] is not None
        groups = shown.counts(ALL)[code].groups
        for key, about in shown.abouts(ALL, code):
            for step in STEPS:
                if has_dosage or step.numerator != Step.ENOUGH:
                    yield counted(step, groups[key], about)
