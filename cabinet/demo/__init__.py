"""Two invented communities to try the server on: no child, family or organization in them exists.

What the rows say is set down in `harbor_city` and `mill_river`; how unequal it is, in `reach` and `needs`.
"""

from datetime import date

from cabinet.demo.batches import DemoBatch, batches_of
from cabinet.demo.clock import Clock
from cabinet.demo.people import Person, people
from cabinet.demo.story import TOWNS, tell
from cabinet.demo.town import DemoCommunity

__all__ = ["COMMUNITIES", "DemoBatch", "DemoCommunity", "Person", "demo_batches", "demo_people"]

DEFAULT_SEED = 20260901

COMMUNITIES = tuple(town.community for town in TOWNS.values())


def demo_batches(community_code: str, today: date, seed: int = DEFAULT_SEED) -> list[DemoBatch]:
    """Return a community's rows in the order they must be taken in, the same ones for the same day and seed.

    All are made before the first is returned (about a second for Harbor City), so that their number is known.
    """
    return list(batches_of(tell(community_code, today, seed)))


def demo_people(community_code: str, today: date, seed: int = DEFAULT_SEED) -> tuple[Person, ...]:
    """Return the children the rows are about: the truth that matching is measured against."""
    return people(TOWNS[community_code], Clock(today), seed)
