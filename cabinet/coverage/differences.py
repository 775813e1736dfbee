"""Figures made of other figures: where one of these is withheld, so are they, and they tell nothing else."""

from collections.abc import Sequence

from cabinet.coverage.disparity import concentration_index, index_of_disparity, ratio, standing
from cabinet.coverage.figure import About, Figure, derived, rate_of
from cabinet.coverage.measures import CONCENTRATION_INDEX, INDEX_OF_DISPARITY, RATE_DIFFERENCE, RATE_RATIO


def rate_difference(figure: Figure, reference: Figure) -> Figure:
    """Return how far a rate is from the reference's, and which way that stands."""
    rate, other = rate_of(figure), rate_of(reference)
    value = None if rate is None or other is None else rate - other
    stands = None if value is None else standing(value, figure.measure.polarity)
    return derived(RATE_DIFFERENCE, figure.about, value, (figure, reference), stands)


def rate_ratio(figure: Figure, reference: Figure) -> Figure:
    """Return the rate as a multiple of the reference's."""
    rate, other = rate_of(figure), rate_of(reference)
    value = None if rate is None or other is None else ratio(rate, other)
    return derived(RATE_RATIO, figure.about, value, (figure, reference))


def disparity_index(groups: Sequence[Figure], reference: Figure, about: About) -> Figure:
    """Return the index of disparity of the groups that have a rate."""
    rates = [rate for figure in groups if (rate := rate_of(figure)) is not None]
    other = rate_of(reference)
    value = None if other is None else index_of_disparity(rates, other)
    return derived(INDEX_OF_DISPARITY, about, value, (*groups, reference))


def concentration(groups: Sequence[Figure], about: About) -> Figure:
    """Return the concentration index of groups in order, and how the worst off stand by it."""
    sized = [
        (figure.denominator.value or 0, rate)
        for figure in groups
        if figure.denominator is not None and (rate := rate_of(figure)) is not None
    ]
    value = concentration_index(sized)
    polarity = groups[0].measure.polarity if groups else None
    stands = None if value is None or polarity is None else standing(-value, polarity)
    return derived(CONCENTRATION_INDEX, about, value, groups, stands)
