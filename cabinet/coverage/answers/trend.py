"""Any measure of coverage over a series of days."""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial
from uuid import UUID

from cabinet.coverage.askable import countings_of, longest_of
from cabinet.coverage.beside import beside
from cabinet.coverage.figure import Figure, Measured, figure_of
from cabinet.coverage.gather import Asked, Shown, gather
from cabinet.coverage.measures import Measure
from cabinet.db import Database
from cabinet.errors import InputInvalid
from cabinet.viewer import Viewer

MAX_DAYS = 24


async def trend(
    database: Database,
    viewer: Viewer,
    community_id: UUID,
    asked: Asked,
    days: Sequence[date],
    measures: Sequence[Measure],
) -> Measured:
    """Return the measures on each of the days, in their order; the answer stands on the last.

    What has to be withheld on one day is withheld on all. Raises Forbidden, InputInvalid.
    """
    if not 1 <= len(days) <= MAX_DAYS:
        raise InputInvalid(f"A trend is over 1 to {MAX_DAYS} days.")
    series = {day.isoformat(): (asked.population, day) for day in sorted(set(days))}
    countings = countings_of(measures)
    longest = longest_of(countings)
    gathered = await gather(database, viewer, community_id, asked, lambda _: series, "trend", countings, longest)
    shown = await beside(gathered.alike)
    return await beside(partial(_answer, shown, measures))


def _answer(shown: Shown, measures: Sequence[Measure]) -> Measured:
    return shown.measured(max(shown.slices), _figures(shown, measures))


def _figures(shown: Shown, measures: Sequence[Measure]) -> Iterator[Figure]:
    """Yield service by service and group by group, each over its days."""
    days = sorted(shown.slices)
    for measure in measures:
        for code in shown.codes(days[-1], measure):
            abouts = [shown.abouts(day, code) for day in days]
            for position in range(len(abouts[0])):
                for day, named in zip(days, abouts, strict=True):
                    key, about = named[position]
                    yield figure_of(measure, shown.counts(day)[code], key, about)
