"""One population beside another, or beside the whole community."""

from collections.abc import Iterator, Sequence
from functools import partial
from uuid import UUID

from cabinet.coverage.askable import countings_of
from cabinet.coverage.beside import beside
from cabinet.coverage.differences import rate_difference
from cabinet.coverage.figure import Figure, Measured, figure_of
from cabinet.coverage.gather import Asked, Gathered, Shown, Slices, gather
from cabinet.coverage.measures import Measure
from cabinet.coverage.population import Population
from cabinet.coverage.slices import Whole
from cabinet.coverage.tally import MAX_ROWS_OF_MANY_SUMS as LONGEST
from cabinet.db import Database
from cabinet.viewer import Viewer

THIS, OTHER = "population", "against"
_BOTH, _ONLY_THIS, _ONLY_OTHER = "both", "only population", "only against"
_WHOLES = (Whole(THIS, (_BOTH, _ONLY_THIS)), Whole(OTHER, (_BOTH, _ONLY_OTHER)))
_HIDDEN = frozenset({_BOTH, _ONLY_THIS, _ONLY_OTHER})


async def compare(
    database: Database,
    viewer: Viewer,
    community_id: UUID,
    asked: Asked,
    against: Population,
    measures: Sequence[Measure],
) -> Measured:
    """Return the measures of both populations, and of rates how far the first is from the second.

    The two may overlap: what they have in common and what only one has is counted too, not shown, and protected
    like what is. Raises Forbidden, InputInvalid.
    """
    slices = _slices(asked, against)
    countings = countings_of(measures)
    gathered = await gather(database, viewer, community_id, asked, lambda _: slices, "compare", countings, LONGEST)
    return await beside(partial(_answer, gathered, measures))


def _slices(asked: Asked, against: Population) -> Slices:
    this, other, day = asked.population, against, asked.as_of
    return {
        THIS: (this, day),
        OTHER: (other, day),
        _BOTH: (Population(all_of=(this, other)), day),
        _ONLY_THIS: (Population(all_of=(this,), none_of=other), day),
        _ONLY_OTHER: (Population(all_of=(other,), none_of=this), day),
    }


def _answer(gathered: Gathered, measures: Sequence[Measure]) -> Measured:
    shown = gathered.together(_WHOLES, _HIDDEN)
    return shown.measured(THIS, _figures(shown, measures), beside=(OTHER,))


def _figures(shown: Shown, measures: Sequence[Measure]) -> Iterator[Figure]:
    for measure in measures:
        is_rate = measure.statistic is None and measure.denominator is not None
        for code in shown.codes(THIS, measure):
            others = dict(shown.abouts(OTHER, code, OTHER))
            this, other = shown.counts(THIS)[code], shown.counts(OTHER)[code]
            for key, about in shown.abouts(THIS, code, THIS):
                figure = figure_of(measure, this, key, about)
                yield figure
                if key in others:
                    beside_it = figure_of(measure, other, key, others.pop(key))
                    yield beside_it
                    if is_rate:
                        yield rate_difference(figure, beside_it)
            for key, about in others.items():
                yield figure_of(measure, other, key, about)
