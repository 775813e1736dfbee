"""What a demo community is made of: its places, schools, organizations and programs."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, auto
from functools import cached_property

from cabinet.demo.clock import Season
from cabinet.demo.names import Origin
from cabinet.sectors import SECTORS

SERVICE_TYPES = {kind.code: kind for sector in SECTORS for kind in sector.service_types}
SECTOR_OF = {kind.code: sector.code for sector in SECTORS for kind in sector.service_types}

SAME, NEXT_TO, FAR = 1.0, 0.3, 0.12
"""How near a program is to a child's home, as the share of families it is not too far for."""


class Entry(StrEnum):
    """Who comes to be enrolled in a program."""

    OPEN = auto()
    """Whoever applies of the eligible, until the seats are taken."""
    BY_TRAIT = auto()
    """Children with one of the characteristics its service type names."""
    BY_NEED = auto()
    """Children with an identified need of its service type."""
    CONTACT = auto()
    """Nobody: it is visited, not enrolled in."""


@dataclass(frozen=True)
class DemoCommunity:
    code: str
    name: str
    state: str
    time_zone: str


@dataclass(frozen=True, eq=False)
class Place:
    """A neighborhood: its cell on the town's grid, its people, and the schools its children go to."""

    code: str
    name: str
    cell: tuple[int, int]
    postal_codes: tuple[str, ...]
    weight: float
    poverty: float
    origins: Mapping[Origin, float]
    feeder: tuple[str, str, str]


@dataclass(frozen=True)
class School:
    code: str
    name: str
    place: str
    grades: tuple[str, ...]


@dataclass(frozen=True)
class Site:
    code: str
    name: str
    place: str


@dataclass(frozen=True)
class Organization:
    """`prefix` starts the ids of its records; `has_roster` tells whether it sends a list of its children."""

    code: str
    name: str
    sector: str
    prefix: str
    has_roster: bool = False


@dataclass(frozen=True)
class Program:
    """What an organization offers, and how well it reaches those it is for.

    `share` of them come where nothing is in the way; `barrier` (0 to 1) is how far distance, language and
    cost keep children out, and `strain` (0 to 1) how much of its reach is lost where every household is poor.
    `seats` are those of one site; None means as many as come.
    """

    code: str
    name: str
    organization: str
    service_types: tuple[str, ...]
    sites: tuple[str, ...]
    entry: Entry = Entry.CONTACT
    share: float = 0.0
    barrier: float = 0.0
    strain: float = 0.0
    seats: int | None = None
    season: Season = Season.SCHOOL_YEAR

    @property
    def sector(self) -> str:
        return SECTOR_OF[self.service_types[0]]


@dataclass(frozen=True)
class Town:
    community: DemoCommunity
    children: int
    corner: tuple[float, float]
    """Longitude and latitude of the grid's south-western corner."""
    places: tuple[Place, ...]
    schools: tuple[School, ...]
    sites: tuple[Site, ...]
    organizations: tuple[Organization, ...]
    programs: tuple[Program, ...]
    district: str
    health_department: str
    medical_homes: Mapping[str, float]
    """Where children are patients, by the share of children."""
    dental: str

    @cached_property
    def place_of(self) -> dict[str, Place]:
        return {place.code: place for place in self.places}

    @cached_property
    def organization_of(self) -> dict[str, Organization]:
        return {organization.code: organization for organization in self.organizations}

    @cached_property
    def site_place(self) -> dict[str, str]:
        return {site.code: site.place for site in self.all_sites}

    @cached_property
    def all_sites(self) -> tuple[Site, ...]:
        return (*(Site(school.code, school.name, school.place) for school in self.schools), *self.sites)

    def program_for(self, service_type: str) -> Program | None:
        return next((program for program in self.programs if service_type in program.service_types), None)

    def reaches(self, program: Program, district_id: str | None) -> bool:
        """Tell whether a program is for a child at all: the schools serve their own students."""
        return program.organization != self.district or district_id is not None

    def nearest_sites(self, program: Program, home: Place) -> list[str]:
        steps = {site: self._steps_to(site, home) for site in program.sites}
        return [site for site in program.sites if steps[site] == min(steps.values())]

    def nearness(self, program: Program, home: Place) -> float:
        distance = self._steps_to(self.nearest_sites(program, home)[0], home)
        return SAME if distance == 0 else NEXT_TO if distance == 1 else FAR

    def _steps_to(self, site: str, home: Place) -> int:
        there = self.place_of[self.site_place[site]]
        return abs(home.cell[0] - there.cell[0]) + abs(home.cell[1] - there.cell[1])
