"""The measures of seats, each named and versioned, with the sentence that defines it."""

from cabinet.coverage.measures import Measure, Polarity
from cabinet.coverage.seats import NeedPolicy

_WHERE = "in the neighborhoods that the population asked about is of, by the latest numbers posted up to the day."

SEATS = Measure("seats", 2, f"Seats there are {_WHERE}", Polarity.BETTER)
SEATS_AVAILABLE = Measure("seatsAvailable", 2, f"Seats free {_WHERE}")
SEATS_FUNDED = Measure("seatsFunded", 2, f"Seats paid for {_WHERE}")
UTILIZATION = Measure("utilization", 1, "1 - available / maximum; empty where either is not known.")
VACANCY = Measure("vacancy", 1, "Available / maximum; empty where either is not known.")


def _seat_gap(name: str, definition: str) -> Measure:
    return Measure(name, 2, f"{definition}; below zero, seats to spare.", Polarity.WORSE)


SEAT_GAPS = {
    NeedPolicy.ALL_ELIGIBLE: _seat_gap(
        "seatGapOfAllEligible", "Eligible children less all seats of their neighborhoods"
    ),
    NeedPolicy.ALL_IN_NEED: _seat_gap(
        "seatGapOfAllInNeed", "Children in need less all seats of their neighborhoods"
    ),
    NeedPolicy.NOT_SERVED: _seat_gap(
        "seatGapOfNotServed", "Children in need and not served less the free seats there"
    ),
    NeedPolicy.WAITING: _seat_gap("seatGapOfWaiting", "Children on a waitlist less the free seats there"),
}
SEATS_A_CHILD = Measure(
    "seatsPerChild",
    1,
    "Seats per eligible child within reach of the middle of the neighborhood, by two-step floating catchment"
    " areas; children of no known place are left out, and a place of no known seats counts as none.",
    Polarity.BETTER,
)
SERVICE_DESERT = Measure(
    "serviceDesert",
    1,
    "1 where more than 50 children are eligible and have no seat in the neighborhood, or less than one for three;"
    " else 0.",
    Polarity.WORSE,
)
SEATS_A_PUPIL = Measure(
    "seatsPerPupil",
    1,
    "Seats per eligible child within reach of the child's school, by two-step floating catchment areas among the"
    " children of schools; those of no known school or of one of no known place are left out, and a place of no"
    " known seats counts as none.",
    Polarity.BETTER,
)
SCHOOL_DESERT = Measure(
    "schoolServiceDesert",
    1,
    "1 where more than 50 of the school's children are eligible and have no seat within reach of it, or, shared"
    " with the children of other schools, less than one for three; else 0.",
    Polarity.WORSE,
)
SEATS_WITHOUT_PLACE = Measure("seatsWithoutPlace", 1, "Seats of places that nobody knows the coordinates of.")
