"""The measures, each named and versioned, with the sentence that defines it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    name: str
    version: int
    definition: str


MEASURES = (
    Measure("population", 1, "Distinct children of the population on the day."),
    Measure("eligible", 1, "Of the population, children inside the service's grades (grade known) or ages."),
    Measure(
        "inNeed",
        1,
        "Eligible, and the need is universal, or its rule holds on the day, or an identified need is open.",
    ),
    Measure(
        "served",
        1,
        "In need, and an enrollment is active on the day or an encounter lies within the recency window.",
    ),
    Measure("gap", 1, "In need and not served."),
    Measure("waitlisted", 1, "In need, not served, and on a waitlist on the day."),
    Measure("coverageRate", 1, "Served / in need; empty where nobody is in need."),
    Measure("gapRate", 1, "Gap / in need; empty where nobody is in need."),
)
