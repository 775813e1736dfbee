"""The rows of places and supply, from organizations and neighborhoods to the seats of each service."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from cabinet.demo.chance import stream
from cabinet.demo.clock import Season
from cabinet.demo.geography import point, polygon
from cabinet.demo.story import Story
from cabinet.demo.town import SERVICE_TYPES, Entry, Program, Town

Fields = dict[str, Any]

SPARE_SEATS, ROUNDED_TO = 6, 5
APPOINTMENTS_A_MONTH = (60, 180)
FREE_APPOINTMENTS = (2, 18)


def organization_rows(town: Town) -> list[Fields]:
    return [
        {"code": organization.code, "name": organization.name, "sector": organization.sector}
        for organization in town.organizations
    ]


def neighborhood_rows(town: Town) -> list[Fields]:
    return [
        {
            "code": place.code,
            "name": place.name,
            "geometry": polygon(town, place),
            "postal_codes": list(place.postal_codes),
        }
        for place in town.places
    ]


def location_rows(town: Town) -> list[Fields]:
    return [_location(town, number) for number in range(len(town.all_sites))]


def _location(town: Town, number: int) -> Fields:
    site = town.all_sites[number]
    place = town.place_of[site.place]
    longitude, latitude = point(town, place, number)
    return {
        "code": site.code,
        "name": site.name,
        "address": f"{10 + number * 12} {place.name} Avenue",
        "postal_code": place.postal_codes[0],
        "latitude": latitude,
        "longitude": longitude,
        "neighborhood": place.code,
    }


def school_rows(town: Town) -> list[Fields]:
    return [
        {
            "code": school.code,
            "name": school.name,
            "organization": town.district,
            "location": school.code,
            "grades": list(school.grades),
        }
        for school in town.schools
    ]


def program_rows(programs: Iterable[Program]) -> list[Fields]:
    return [
        {
            "code": program.code,
            "name": program.name,
            "organization": program.organization,
            "sector": program.sector,
        }
        for program in programs
    ]


def service_rows(programs: Iterable[Program]) -> list[Fields]:
    return [_service(program, kind) for program in programs for kind in program.service_types]


def _service(program: Program, service_type: str) -> Fields:
    kind = SERVICE_TYPES[service_type]
    return {
        "code": service_code(program, service_type),
        "name": program.name if len(program.service_types) == 1 else f"{program.name}: {kind.name}",
        "program": program.code,
        "service_type": service_type,
        "min_age": kind.min_age,
        "max_age": kind.max_age,
        "grades": list(kind.grades),
        "locations": list(program.sites),
    }


def service_code(program: Program, service_type: str) -> str:
    if len(program.service_types) == 1:
        return program.code
    return f"{program.code}-{service_type.lower().replace('_', '-')}"


class Seats:
    """The seats of today; those of a program with enrollments agree with who is enrolled."""

    def __init__(self, story: Story) -> None:
        self.clock = story.clock
        self.rng = stream(story.seed, story.town.community.code, "capacity")
        self.taken = Counter((item.program.code, item.site) for item in story.enrollments if item.holds_seat)

    def rows(self, programs: Iterable[Program]) -> list[Fields]:
        return [row for program in programs for row in self._of(program)]

    def _of(self, program: Program) -> Iterator[Fields]:
        for site in program.sites:
            available, maximum = self._numbers(program, site)
            for service_type in program.service_types:
                yield {
                    "service": service_code(program, service_type),
                    "location": site,
                    "available": available,
                    "maximum": maximum,
                    "funded": maximum,
                    "updated": self.clock.today.isoformat(),
                }

    def _numbers(self, program: Program, site: str) -> tuple[int, int]:
        taken = self.taken[program.code, site]
        if program.entry is Entry.CONTACT:
            return self.rng.randint(*FREE_APPOINTMENTS), self.rng.randint(*APPOINTMENTS_A_MONTH)
        if program.seats is None:
            maximum = -(-(taken + SPARE_SEATS) // ROUNDED_TO) * ROUNDED_TO
            return maximum - taken, maximum
        is_over = program.season is Season.SUMMER and self.clock.summer_is_over
        return 0 if is_over else program.seats - taken, program.seats
