"""What the measures are made of: one question or several, counted on one snapshot, checked and audited as one."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from uuid import UUID

from cabinet import audit
from cabinet.access import Action, Grant, grant
from cabinet.coverage.asking import Asking, asking, check_day, check_dimensions
from cabinet.coverage.basis import Basis, data_version, find_basis
from cabinet.coverage.counting import count_all, find_tabulation
from cabinet.coverage.dimensions import Dimension
from cabinet.coverage.figure import About, Figure, Measured, ServiceName
from cabinet.coverage.index.indexes import Indexes
from cabinet.coverage.measures import Measure
from cabinet.coverage.naming import Names, in_order, names_of
from cabinet.coverage.overlapping import TOTAL, GroupKey
from cabinet.coverage.population import Population
from cabinet.coverage.protect import ServiceCounts
from cabinet.coverage.question import Question
from cabinet.coverage.slices import Whole, protect_alike, protect_together, with_all_groups
from cabinet.coverage.tabulation import Approach, Tabulation
from cabinet.coverage.tally import COVERAGE, MAX_ROWS, POPULATION, Counting, tally, together
from cabinet.db import Connection, Database
from cabinet.viewer import Viewer


@dataclass(frozen=True)
class Asked:
    """What every measure is asked with: of whom, which services (None: all), on what day, broken down by what."""

    population: Population
    services: tuple[str, ...] | None
    as_of: date
    breakdown_by: tuple[Dimension, ...] = ()
    indexes: Indexes | None = None
    """Where it may be counted from memory; without, everything is asked of the database."""
    approach: Approach = Approach.COMBINED_MULTIRACIAL
    """How race and ethnicity are tabulated, where they are broken down by."""

    @property
    def overlaps(self) -> bool:
        """Whether a child can be in several groups."""
        return Tabulation(self.approach).overlaps and Dimension.RACE_ETHNICITY in self.breakdown_by


Slices = Mapping[str, tuple[Population, date]]
"""The populations and days to count, by name."""

ALL = "all"
"""The name of the slice where there is only one."""


def one_slice(asked: Asked) -> "Slices":
    return {ALL: (asked.population, asked.as_of)}


@dataclass(frozen=True)
class Gathered:
    """Counts by slice, not protected yet, with all that is needed to name them."""

    asked: Asked
    asking: Asking
    wanted: tuple[str, ...]
    questions: Mapping[str, Question]
    slices: Mapping[str, list[ServiceCounts]]
    version: str

    @property
    def granted(self) -> Grant:
        return self.asking.granted

    @property
    def known(self) -> tuple[str, ...]:
        """The services asked for of whom they reach the viewer may count."""
        return self.asking.known(self.wanted)

    @cached_property
    def names(self) -> Names:
        return names_of(self.asking.labels)

    def service(self, code: str) -> ServiceName:
        return ServiceName.of(self.asking.types[code])

    @property
    def unknown_services(self) -> tuple[ServiceName, ...]:
        return tuple(self.service(code) for code in self.wanted if code not in self.known)

    def together(self, wholes: Sequence[Whole] = (), hidden: frozenset[str] = frozenset()) -> "Shown":
        """Return what may be shown of the slices, protected as one answer; exact levels are shown all."""
        if not self.granted.is_exact:
            return Shown(self, protect_together(self.slices, wholes, hidden))
        return Shown(self, {name: each for name, each in self.slices.items() if name not in hidden})

    def alike(self) -> "Shown":
        """Return what may be shown of the days of a series: the groups of all on each, and withheld alike."""
        return Shown(self, with_all_groups(self.slices) if self.granted.is_exact else protect_alike(self.slices))


@dataclass(frozen=True)
class Shown:
    """Counts by slice as the viewer may see them: whatever is made of these tells nothing else."""

    gathered: Gathered
    slices: Mapping[str, list[ServiceCounts]]

    def counts(self, name: str) -> Mapping[str, ServiceCounts]:
        """Return a slice's counts by service."""
        return {service.service: service for service in self.slices[name]}

    def codes(self, name: str, measure: Measure) -> Sequence[str]:
        """Return of what a slice gives a measure: of the services that have it, or of the population itself."""
        counts = self.counts(name)
        made_of = {cell for cell in (measure.numerator, measure.denominator) if cell is not None}
        if made_of <= counts[POPULATION].groups[TOTAL].keys():
            return [POPULATION]
        return [code for code in self.gathered.known if made_of <= counts[code].groups[TOTAL].keys()]

    def abouts(self, name: str, code: str, of: str | None = None) -> list[tuple[GroupKey, About]]:
        """Return what a slice's counts of a service are about: the total first, then the groups in order."""
        gathered = self.gathered
        service = gathered.service(code) if code != POPULATION else None
        day = gathered.questions[name].as_of
        parted = [key for key in self.counts(name)[code].groups if key != TOTAL]
        named = in_order(gathered.asked.breakdown_by, parted, gathered.names)
        return [(TOTAL, About(day, service, (), of)), *((key, About(day, service, v, of)) for key, v in named)]

    def measured(
        self, name: str, figures: Iterable[Figure], first: int | None = None, beside: Sequence[str] = ()
    ) -> Measured:
        """Put figures together as an answer that stands on a slice, and on those beside it.

        `first` is how many are given.
        """
        every = tuple(figures)
        withheld = sum(figure.is_withheld for figure in every)
        return Measured(self._basis(name, beside), every[:first], withheld, self.gathered.unknown_services)

    def _basis(self, name: str, beside: Sequence[str]) -> Basis:
        gathered = self.gathered
        populations = {each if beside else None: self.counts(each)[POPULATION] for each in (name, *beside)}
        every = [question.population for question in gathered.questions.values()]
        return find_basis(gathered.granted, gathered.questions[name], populations, gathered.version, every)


async def gather(
    database: Database,
    viewer: Viewer,
    community_id: UUID,
    asked: Asked,
    slices: Callable[[Asking], Slices],
    deed: str,
    countings: Sequence[Counting] = (COVERAGE,),
    longest: int = MAX_ROWS,
) -> Gathered:
    """Count every slice on one snapshot; `deed` is the name of the question in the audit.

    Which slices there are may follow from what can be asked of the community; several `countings` are protected as
    one; `longest` is how many rows each may have in all.

    Raises Forbidden, InputInvalid.
    """
    granted = grant(viewer, community_id, Action.READ_COVERAGE)
    version = await data_version(database, community_id)
    async with database.transaction(granted.scope, "repeatable_read") as connection:
        found = await asking(connection, granted)
        wanted = found.wanted(asked.services)
        parts = slices(found)
        for population, day in parts.values():
            check_day(day)
            check_dimensions(granted, population, asked.breakdown_by)
            found.check(population, asked.breakdown_by)
        asked_of = {
            name: Question(
                community_id, population, found.known(wanted), day, asked.breakdown_by, is_exact=granted.is_exact
            )
            for name, (population, day) in parts.items()
        }
        questions = await _tabulated(connection, asked_of, asked)
        counted = await _count(connection, found, questions, asked.indexes, countings, longest)
        await audit.record(connection, viewer, community_id, deed, _detail(granted, asked, questions))
    return Gathered(asked, found, tuple(wanted), questions, counted, version)


async def _tabulated(
    connection: Connection, questions: Mapping[str, Question], asked: Asked
) -> Mapping[str, Question]:
    """Tabulate all slices alike: by what is most frequent on the last of their days."""
    last = max(questions.values(), key=lambda question: question.as_of)
    tabulation = await find_tabulation(connection, last, asked.indexes, asked.approach)
    return {name: replace(question, tabulation=tabulation) for name, question in questions.items()}


async def _count(
    connection: Connection,
    found: Asking,
    questions: Mapping[str, Question],
    indexes: Indexes | None,
    countings: Sequence[Counting],
    longest: int,
) -> dict[str, list[ServiceCounts]]:
    every: dict[str, list[list[ServiceCounts]]] = {name: [] for name in questions}
    for counting in countings:
        # An index is of a later moment than the snapshot: what is laid side by side is counted on one.
        memory = indexes if len(countings) == 1 else None
        rows = await count_all(connection, list(questions.values()), memory, counting, longest)
        for (name, question), each in zip(questions.items(), rows, strict=True):
            every[name].append(tally(question, found.types, each, counting))
    return {name: together(each) for name, each in every.items()}


def _detail(granted: Grant, asked: Asked, questions: Mapping[str, Question]) -> dict[str, object]:
    return {
        "level": granted.level,
        "services": list(asked.services or ()),
        "breakdown_by": list(asked.breakdown_by),
        "tabulation": asked.approach,
        "slices": {
            name: {"as_of": each.as_of, "population": repr(each.population)} for name, each in questions.items()
        },
    }
