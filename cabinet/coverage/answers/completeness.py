"""How complete the data are that the answers stand on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from uuid import UUID

from cabinet.access import Action, Grant, Level, grant
from cabinet.coverage.asking import check_dimensions
from cabinet.coverage.basis import linked_share
from cabinet.coverage.beside import beside
from cabinet.coverage.completeness import (
    COUNTABLE,
    KNOWN,
    RECORDS_LINKED,
    REPORTS_RECEIVED,
    Reports,
    counting_known,
    find_reports,
)
from cabinet.coverage.dimensions import FACETS, Dimension
from cabinet.coverage.figure import About, Figure, Measured, counted, figure_of
from cabinet.coverage.gather import ALL, Asked, Shown, gather, one_slice
from cabinet.coverage.population import Population
from cabinet.coverage.tally import MAX_ROWS_OF_MANY_SUMS as LONGEST
from cabinet.coverage.tally import POPULATION
from cabinet.db import Database
from cabinet.errors import InputInvalid
from cabinet.viewer import Viewer


async def completeness(
    database: Database,
    viewer: Viewer,
    community_id: UUID,
    asked: Asked,
    dimensions: Sequence[Dimension] | None = None,
) -> Measured:
    """Return of whom each dimension is known (None: every one the viewer sees), the records linked, and reports.

    Records and reports are of the community, whoever the population is. Raises Forbidden, InputInvalid.
    """
    granted = grant(viewer, community_id, Action.READ_COVERAGE)
    wanted = _dimensions(granted, asked, dimensions)
    about_children = replace(asked, services=())
    gathered = await gather(
        *(database, viewer, community_id, about_children, lambda _: one_slice(asked), "completeness"),
        *((counting_known(wanted),), LONGEST),
    )
    codes = gathered.asking.wanted(asked.services)
    reports = await find_reports(database, granted, gathered.asking.known(codes), asked.as_of)
    linked = await linked_share(database, viewer, community_id)
    shown = await beside(replace(gathered, wanted=tuple(codes)).together)
    return await beside(partial(_answer, shown, wanted, reports, linked))


def _dimensions(granted: Grant, asked: Asked, dimensions: Sequence[Dimension] | None) -> list[Dimension]:
    if dimensions is None:
        seen = (each for each in COUNTABLE if granted.level is Level.COMMUNITY or granted.sees(FACETS[each].label))
        return [each for each in seen if each not in asked.breakdown_by]
    for each in dimensions:
        check_dimensions(granted, Population(), (each,))
        if each not in COUNTABLE or each in asked.breakdown_by:
            raise InputInvalid(
                f"Of a group of {each} everybody knows whether it is known.", hint="Leave it out of one of both."
            )
    return list(dict.fromkeys(dimensions))


def _answer(
    shown: Shown, dimensions: Sequence[Dimension], reports: Mapping[str, Reports], linked: float | None
) -> Measured:
    figures = [*_of_children(shown, dimensions), *_of_records(shown, reports, linked)]
    return shown.measured(ALL, figures)


def _of_children(shown: Shown, dimensions: Sequence[Dimension]) -> Iterator[Figure]:
    counts = shown.counts(ALL)[POPULATION]
    for dimension in dimensions:
        for key, about in shown.abouts(ALL, POPULATION):
            yield figure_of(KNOWN[dimension], counts, key, about)


def _of_records(shown: Shown, reports: Mapping[str, Reports], linked: float | None) -> Iterator[Figure]:
    about = About(shown.gathered.asked.as_of)
    yield Figure(RECORDS_LINKED, about, value=linked)
    for code in shown.gathered.known:
        if code in reports:
            here = replace(about, service=shown.gathered.service(code))
            yield counted(REPORTS_RECEIVED, vars(reports[code]), here)
