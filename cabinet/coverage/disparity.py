"""How unequal a rate is between groups; which way is worse follows from the measure's polarity."""

from collections.abc import Sequence
from enum import StrEnum

from cabinet.coverage.measures import Polarity


class Standing(StrEnum):
    """How a group stands beside its reference: of a gap, more is behind; of children served, more is ahead."""

    AHEAD = "AHEAD"
    BEHIND = "BEHIND"
    LEVEL = "LEVEL"


def ratio(rate: float, reference: float) -> float | None:
    """Return the rate ratio; None where the reference is zero."""
    return rate / reference if reference else None


def standing(difference: float, polarity: Polarity) -> Standing | None:
    """Say how a group stands whose rate is so much higher than the reference's; None without a polarity."""
    if polarity is Polarity.NEITHER:
        return None
    if not difference:
        return Standing.LEVEL
    return Standing.AHEAD if (difference > 0) == (polarity is Polarity.BETTER) else Standing.BEHIND


def index_of_disparity(rates: Sequence[float], reference: float) -> float | None:
    """Return the mean absolute difference of the groups' rates from the reference, in percent of the reference.

    ID = (sum |r - R| / n) / R * 100: J. N. Pearcy and K. G. Keppel, Public Health Reports 117 (2002), 273-280.
    None where there is no group or the reference is zero.
    """
    if not rates or not reference:
        return None
    return sum(abs(rate - reference) for rate in rates) / len(rates) / reference * 100


def concentration_index(groups: Sequence[tuple[int, float]]) -> float | None:
    """Return the concentration index of groups, each (children, rate), from the worst off to the best off.

    Between -1 and 1; below zero where what is measured gathers among the worst off. The sum over neighbouring
    groups of p[t] L[t + 1] - p[t + 1] L[t], p and L being the running shares of children and of what is measured:
    O. O'Donnell and others, Analyzing Health Equity Using Household Survey Data (World Bank, 2008), chapter 8,
    where deaths of children in India by wealth give -0.1694. None where nothing is measured at all.
    """
    children = sum(size for size, _ in groups)
    measured = sum(size * rate for size, rate in groups)
    if not children or not measured:
        return None
    index = share = reached = 0.0
    for size, rate in groups:
        next_share, next_reached = share + size / children, reached + size * rate / measured
        index += share * next_reached - next_share * reached
        share, reached = next_share, next_reached
    return index
