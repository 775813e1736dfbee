"""Where, for whom, and in which service most children are missed."""

from functools import partial
from uuid import UUID

from cabinet.coverage.beside import beside
from cabinet.coverage.figure import Figure, Measured, counted
from cabinet.coverage.gather import ALL, Asked, Shown, gather, one_slice
from cabinet.coverage.measures import GAP_RATE
from cabinet.coverage.overlapping import TOTAL
from cabinet.coverage.tally import POPULATION
from cabinet.db import Database
from cabinet.errors import InputInvalid
from cabinet.viewer import Viewer

MAX_FIGURES = 500


async def gaps(database: Database, viewer: Viewer, community_id: UUID, asked: Asked, first: int) -> Measured:
    """Return the gaps of the services, group by group, the most children first.

    What is withheld comes last, in the order of names: its place would tell its size. Raises Forbidden,
    InputInvalid.
    """
    if not 1 <= first <= MAX_FIGURES:
        raise InputInvalid(f"first takes 1 to {MAX_FIGURES} gaps.")
    gathered = await gather(database, viewer, community_id, asked, lambda _: one_slice(asked), "gaps")
    shown = await beside(gathered.together)
    return await beside(partial(_ranked, shown, first))


def _ranked(shown: Shown, first: int) -> Measured:
    figures = [
        counted(GAP_RATE, service.groups[key], about)
        for code, service in shown.counts(ALL).items()
        if code != POPULATION
        for key, about in shown.abouts(ALL, code)
        if key != TOTAL or not shown.gathered.asked.breakdown_by
    ]
    missed = [figure for figure in figures if figure.is_withheld or _missed(figure)]
    return shown.measured(ALL, sorted(missed, key=_place), first)


def _missed(figure: Figure) -> int:
    return (figure.numerator.value or 0) if figure.numerator is not None else 0


def _place(figure: Figure) -> tuple[bool, int, float]:
    if figure.is_withheld:
        return True, 0, 0.0
    return False, -_missed(figure), -(figure.value or 0.0)
