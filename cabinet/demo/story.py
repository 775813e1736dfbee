"""Everything that is so in a demo community on a day, before any source says its part of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from cabinet.demo.clock import Clock
from cabinet.demo.encounters import Encounter, encounters
from cabinet.demo.enrollments import Enrollment, enrollments
from cabinet.demo.harbor_city import HARBOR_CITY
from cabinet.demo.mill_river import MILL_RIVER
from cabinet.demo.needs import Need, needs
from cabinet.demo.people import Person, people
from cabinet.demo.town import Town

TOWNS = {town.community.code: town for town in (HARBOR_CITY, MILL_RIVER)}


@dataclass(frozen=True)
class Story:
    town: Town
    clock: Clock
    seed: int
    people: tuple[Person, ...]
    needs: tuple[Need, ...]
    enrollments: tuple[Enrollment, ...]
    encounters: tuple[Encounter, ...]

    def roster(self, source: str) -> list[Person]:
        return sorted(self._rosters[source], key=lambda child: child.number)

    @cached_property
    def _rosters(self) -> dict[str, set[Person]]:
        """Who is on each source's list: its patients or students, and whoever it says something about."""
        known: dict[str, set[Person]] = {organization.code: set() for organization in self.town.organizations}
        for source, child in self._ties():
            known[source].add(child)
        # The birth registry knows the children nobody else does, so that no child is in no record at all.
        known[self.town.health_department] |= set(self.people).difference(*known.values())
        return known

    def _ties(self) -> Iterator[tuple[str, Person]]:
        for child in self.people:
            if child.district_id:
                yield self.town.district, child
            if child.medical_home:
                yield child.medical_home, child
        yield from ((need.source, need.child) for need in self.needs)
        yield from ((encounter.source, encounter.child) for encounter in self.encounters)
        yield from ((item.program.organization, item.child) for item in self.enrollments)


def tell(community_code: str, today: date, seed: int) -> Story:
    town, clock = TOWNS[community_code], Clock(today)
    everyone = people(town, clock, seed)
    needed = needs(town, everyone, clock, seed)
    return Story(
        town=town,
        clock=clock,
        seed=seed,
        people=everyone,
        needs=needed,
        enrollments=enrollments(town, everyone, needed, clock, seed),
        encounters=encounters(town, everyone, needed, clock, seed),
    )
