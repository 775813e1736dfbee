"""The measures, each named and versioned, with the sentence that defines it and the counts it is made of."""

from dataclasses import dataclass
from enum import StrEnum


class Polarity(StrEnum):
    """Whether more of a measure is better for children, worse, or neither."""

    BETTER = "BETTER"
    WORSE = "WORSE"
    NEITHER = "NEITHER"


@dataclass(frozen=True)
class Measure:
    """A measure; `numerator` and `denominator` name the counts of a service it is made of, where it is.

    A `statistic` is neither: it is shown where these counts are, the denominator being whom it is of.
    """

    name: str
    version: int
    definition: str
    polarity: Polarity = Polarity.NEITHER
    numerator: str | None = None
    denominator: str | None = None
    statistic: str | None = None


def _count(name: str, cell: str, definition: str, polarity: Polarity = Polarity.NEITHER) -> Measure:
    return Measure(name, 1, definition, polarity, cell)


POPULATION = _count("population", "population", "Distinct children of the population on the day.")
ELIGIBLE = _count(
    "eligible", "eligible", "Of the population, children inside the service's grades (grade known) or ages."
)
IN_NEED = _count(
    "inNeed",
    "in_need",
    "Eligible, and the need is universal, or its rule holds on the day, or an identified need is open.",
)
SERVED = _count(
    "served",
    "served",
    "In need, and an enrollment is active on the day or an encounter lies within the recency window.",
    Polarity.BETTER,
)
GAP = _count("gap", "gap", "In need and not served.", Polarity.WORSE)
WAITLISTED = _count(
    "waitlisted", "waitlisted", "In need, not served, and on a waitlist on the day.", Polarity.WORSE
)
COVERAGE_RATE = Measure(
    "coverageRate", 1, "Served / in need; empty where nobody is in need.", Polarity.BETTER, "served", "in_need"
)
GAP_RATE = Measure("gapRate", 1, "Gap / in need; empty where nobody is in need.", Polarity.WORSE, "gap", "in_need")

SECTORS_SERVING = Measure(
    "sectorsServing",
    1,
    "Children served on the day by services of exactly so many sectors, as a share of the population.",
    Polarity.NEITHER,
    "population",
    "whole",
)
NONE_DESPITE_NEED = Measure(
    "noneDespiteNeed",
    1,
    "Children in need of a service who no sector serves with any, as a share of the children in need of one.",
    Polarity.WORSE,
    "population",
    "whole",
)
CASCADE = (
    Measure("inNeed", 1, IN_NEED.definition, numerator="in_need", denominator="in_need"),
    Measure(
        "contacted",
        1,
        "In need, and in the school year so far referred to the service or on its lists, or met in the recency"
        " window.",
        Polarity.BETTER,
        "contacted",
        "in_need",
    ),
    Measure(
        "enrolled",
        1,
        "Contacted, and enrolled in the school year so far, or met in the recency window.",
        Polarity.BETTER,
        "enrolled",
        "in_need",
    ),
    Measure(
        "attended",
        1,
        "Enrolled, and present on a day of the school year so far, or met in the recency window.",
        Polarity.BETTER,
        "attended",
        "in_need",
    ),
    Measure(
        "enough",
        1,
        "Attended as many days of the school year so far as the service's dosage asks, or met in the recency"
        " window; not given for a service without a dosage.",
        Polarity.BETTER,
        "enough",
        "in_need",
    ),
    Measure(
        "outcome",
        1,
        "Attended enough, and completed the program in the school year so far.",
        Polarity.BETTER,
        "outcome",
        "in_need",
    ),
)
"""The steps from a need to an outcome, each as a share of those in need."""
RATE_DIFFERENCE = Measure(
    "rateDifference", 1, "The rate less that of the reference: a group, another population, or everybody asked."
)
RATE_RATIO = Measure("rateRatio", 1, "The rate divided by that of the reference; empty where that is zero.")
INDEX_OF_DISPARITY = Measure(
    "indexOfDisparity",
    1,
    "Mean absolute difference of the groups' rates from the reference, in percent of it; unknown is no group.",
)
CONCENTRATION_INDEX = Measure(
    "concentrationIndex",
    1,
    "Concentration index of the rate over the groups, from the worst off to the best off; below zero: it gathers"
    " among the worst off.",
)

MEASURES = (POPULATION, ELIGIBLE, IN_NEED, SERVED, GAP, WAITLISTED, COVERAGE_RATE, GAP_RATE)
"""What coverage counts."""
