"""Which counts of a service are parts of which: sums that a reader could take apart."""

from itertools import combinations

from cabinet.coverage.dimensions import Dimension


def known(dimension: Dimension) -> str:
    """Return the name of the count of children of whom a dimension is known."""
    return f"known_{dimension.lower()}"


PARTS = (
    ("population", ("eligible", "not_eligible")),
    ("eligible", ("in_need", "not_in_need")),
    ("in_need", ("served", "gap")),
    ("gap", ("waitlisted", "not_waitlisted")),
)
"""Of the counts of coverage, each with the two it is the sum of."""
STEPS = tuple(
    (before, (after, f"{before} and not {after}"))
    for before, after in combinations(("in_need", "contacted", "enrolled", "attended", "enough", "outcome"), 2)
)
"""The same of the steps of the cascade: who is lost between any two, for who leaves one out asks by the next."""

MORE_PARTS = (
    ("served", ("served_enough", "served_not_enough")),
    # Two sums away, and asked for as often: who gets enough is the rest of who needs it.
    ("in_need", ("served_enough", "in_need_and_not_served_enough")),
    ("population", ("could_stay", "could_not_stay")),
    ("could_stay", ("kept", "not_kept")),
    ("population", ("participants", "not_participants")),
    ("population", ("any_participants", "no_participants")),
    ("participations", ("any_participants", "further_participations")),
    *(("population", (known(each), f"not_{known(each)}")) for each in Dimension),
)
"""Each with the two it is the sum of. Of two services, further participations are the children of both: the mean
number of services would tell them."""

EVERY_PART = (*PARTS, *STEPS, *MORE_PARTS)
