"""Measures on one day, of every service and group: served enough, waiting, dosage and retention are asked so."""

from collections.abc import Iterator, Sequence
from functools import partial
from uuid import UUID

from cabinet.coverage.askable import countings_of, longest_of
from cabinet.coverage.beside import beside
from cabinet.coverage.figure import Figure, Measured, figure_of
from cabinet.coverage.gather import ALL, Asked, Shown, gather, one_slice
from cabinet.coverage.measures import Measure
from cabinet.db import Database
from cabinet.viewer import Viewer


async def on_day(
    database: Database, viewer: Viewer, community_id: UUID, asked: Asked, measures: Sequence[Measure], deed: str
) -> Measured:
    """Return the measures service by service and group by group; `deed` names the question in the audit.

    Raises Forbidden, InputInvalid.
    """
    countings, slices = countings_of(measures), one_slice(asked)
    longest = longest_of(countings)
    gathered = await gather(database, viewer, community_id, asked, lambda _: slices, deed, countings, longest)
    shown = await beside(gathered.together)
    return await beside(partial(_answer, shown, measures))


def _answer(shown: Shown, measures: Sequence[Measure]) -> Measured:
    return shown.measured(ALL, _figures(shown, measures))


def _figures(shown: Shown, measures: Sequence[Measure]) -> Iterator[Figure]:
    counts = shown.counts(ALL)
    for measure in measures:
        for code in shown.codes(ALL, measure):
            for key, about in shown.abouts(ALL, code):
                yield figure_of(measure, counts[code], key, about)
