"""How unequally services reach the groups of a dimension."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from cabinet.coverage.askable import countings_of, longest_of
from cabinet.coverage.beside import beside
from cabinet.coverage.differences import concentration, disparity_index, rate_difference, rate_ratio
from cabinet.coverage.dimensions import UNKNOWN
from cabinet.coverage.figure import Figure, Measured, counted
from cabinet.coverage.gather import ALL, Asked, Shown, gather, one_slice
from cabinet.coverage.measures import Measure
from cabinet.db import Database
from cabinet.errors import InputInvalid
from cabinet.viewer import Viewer


@dataclass(frozen=True)
class Beside:
    """What groups are held against: one of them (None: everybody asked), and their order, worst off first."""

    reference: str | None = None
    worst_off_first: tuple[str, ...] = ()


async def disparity(
    database: Database, viewer: Viewer, community_id: UUID, asked: Asked, measure: Measure, against: Beside
) -> Measured:
    """Return each group's rate with its difference and ratio to the reference, and the indices of all groups.

    The concentration index needs the order of the groups. Whose value is unknown is a group of its own, and in no
    index. Raises Forbidden, InputInvalid.
    """
    if len(asked.breakdown_by) != 1:
        raise InputInvalid("A disparity is between the groups of one dimension.", hint="Break down by one.")
    if against.worst_off_first and asked.overlaps:
        raise InputInvalid(
            "A concentration index is of groups that do not overlap.", hint="Tabulate by another approach."
        )
    countings = countings_of([measure])
    slices, longest = one_slice(asked), longest_of(countings)
    gathered = await gather(
        database, viewer, community_id, asked, lambda _: slices, "disparity", countings, longest
    )
    shown = await beside(gathered.together)
    return await beside(partial(_answer, shown, measure, against))


def _answer(shown: Shown, measure: Measure, against: Beside) -> Measured:
    figures = [
        figure for code in shown.codes(ALL, measure) for figure in _of_service(shown, code, measure, against)
    ]
    return shown.measured(ALL, figures)


def _of_service(shown: Shown, code: str, measure: Measure, against: Beside) -> Iterator[Figure]:
    counts = shown.counts(ALL)[code].groups
    total, *groups = [counted(measure, counts[key], about) for key, about in shown.abouts(ALL, code)]
    by_value = {figure.about.group[0].value: figure for figure in groups}
    reference = total if against.reference is None else _find(by_value, against.reference)
    yield total
    for figure in groups:
        yield figure
        if figure is not reference:
            yield rate_difference(figure, reference)
            yield rate_ratio(figure, reference)
    known = [figure for value, figure in by_value.items() if value != UNKNOWN]
    yield disparity_index([figure for figure in known if figure is not reference], reference, total.about)
    if against.worst_off_first:
        yield concentration(_ordered(by_value, against.worst_off_first), total.about)


def _find(by_value: dict[str, Figure], value: str) -> Figure:
    if value not in by_value:
        raise InputInvalid(
            f"No child asked for is in the group {value!r}.", hint="Name a group of the answer as the reference."
        )
    return by_value[value]


def _ordered(by_value: dict[str, Figure], order: Sequence[str]) -> list[Figure]:
    """Return the groups in their order, every known one; one that nobody is in has no place."""
    missing = sorted(set(by_value) - {*order, UNKNOWN})
    if missing:
        raise InputInvalid(
            f"The order leaves out the group {missing[0]!r}.",
            hint="Name every group of the answer, worst off first.",
        )
    return [by_value[value] for value in dict.fromkeys(order) if value in by_value.keys() - {UNKNOWN}]
