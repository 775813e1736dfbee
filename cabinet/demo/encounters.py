"""Encounters of the last two years: check-ups, shots, dental visits, screenings and support contacts."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from cabinet.demo.chance import stream
from cabinet.demo.clock import Clock, age_on, between
from cabinet.demo.needs import Need
from cabinet.demo.people import Person
from cabinet.demo.reach import reach_of, yearly_checkup, yearly_dental
from cabinet.demo.town import Entry, Town
from cabinet.tables.terms import EncounterKind

VISIT, IMMUNIZATION = EncounterKind.VISIT, EncounterKind.IMMUNIZATION
SCREENING, CONTACT = EncounterKind.SCREENING, EncounterKind.SUPPORT_CONTACT

CODES = {
    "WELL_CHILD_VISIT": "ICD-10-CM|Z00.129",
    "IMMUNIZATION": "CVX|140",
    "DENTAL": "ICD-10-CM|Z01.20",
    "VISION": "ICD-10-CM|Z01.00",
    "HEARING_SCREENING": "ICD-10-CM|Z01.10",
    "DEVELOPMENTAL_SCREENING": "ICD-10-CM|Z13.42",
}
YEARS_BACK, YEAR_DAYS = 2, 364
CHECKUPS_AT_AGE = {0: 4, 1: 3, 2: 2}
EARLIER_YEAR_SHARE = 0.5
"""Not all of the year before last was shared: the partners joined over time."""
SHOT_SHARE_YOUNG, SHOT_SHARE_OLDER, SCHOOL_AGE = 0.6, 0.3, 6
SHOT_WITHOUT_HOME, SHOT_WITH_HOME = 0.42, 0.05
SECOND_DENTAL_SHARE = 0.12
DEVELOPMENT_AGE, DEVELOPMENT_SHARE = 5, 0.4
SCREENED_WITHIN_DAYS, HEARING_SHARE, NEWBORN_SHARE = 660, 0.45, 0.94
SUMMER_MONTHS = (7, 8)
MOST_CONTACTS = 4
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Encounter:
    child: Person
    source: str
    service_type: str
    kind: EncounterKind
    occurred_on: date


def encounters(
    town: Town, everyone: tuple[Person, ...], needs: Iterable[Need], clock: Clock, seed: int
) -> tuple[Encounter, ...]:
    care = _Care(town, clock, stream(seed, town.community.code, "encounters"))
    routine = (encounter for child in everyone for encounter in care.routine(child))
    return (*routine, *care.contacts(needs))


@dataclass(frozen=True)
class _Care:
    town: Town
    clock: Clock
    rng: Random

    def routine(self, child: Person) -> Iterator[Encounter]:
        for year in range(YEARS_BACK):
            if self.clock.days_ago(year * YEAR_DAYS) <= child.birth_date:
                break
            shared = EARLIER_YEAR_SHARE if year else 1
            yield from self._checkups(child, year, shared)
            yield from self._public_shots(child, year, shared)
            yield from self._dental(child, year, shared)
        yield from self._screenings(child)

    def _checkups(self, child: Person, year: int, shared: float) -> Iterator[Encounter]:
        home = child.medical_home
        if home is None:
            return
        age = age_on(child.birth_date, self.clock.days_ago(year * YEAR_DAYS))
        for _ in range(CHECKUPS_AT_AGE.get(age, 1)):
            if self.rng.random() >= yearly_checkup(child) * shared:
                continue
            day = self._day(child, year)
            yield Encounter(child, home, "WELL_CHILD_VISIT", VISIT, day)
            if self.rng.random() < (SHOT_SHARE_YOUNG if age < SCHOOL_AGE else SHOT_SHARE_OLDER):
                yield Encounter(child, home, "IMMUNIZATION", IMMUNIZATION, day)
            if age <= DEVELOPMENT_AGE and self.rng.random() < DEVELOPMENT_SHARE:
                yield Encounter(child, home, "DEVELOPMENTAL_SCREENING", SCREENING, day)

    def _public_shots(self, child: Person, year: int, shared: float) -> Iterator[Encounter]:
        share = SHOT_WITH_HOME if child.medical_home else SHOT_WITHOUT_HOME
        if self.rng.random() < share * shared:
            day = self._day(child, year)
            yield Encounter(child, self.town.health_department, "IMMUNIZATION", IMMUNIZATION, day)

    def _dental(self, child: Person, year: int, shared: float) -> Iterator[Encounter]:
        if child.age < 1 + year or self.rng.random() >= yearly_dental(child) * shared:
            return
        for _ in range(1 + (self.rng.random() < SECOND_DENTAL_SHARE)):
            yield Encounter(child, self.town.dental, "DENTAL", VISIT, self._day(child, year))

    def _screenings(self, child: Person) -> Iterator[Encounter]:
        source = self.town.health_department
        program = self.town.program_for("VISION")
        if child.school is not None and program is not None and self.rng.random() < program.share:
            day = self._school_day()
            yield Encounter(child, source, "VISION", SCREENING, day)
            if self.rng.random() < HEARING_SHARE:
                yield Encounter(child, source, "HEARING_SCREENING", SCREENING, day)
        elif child.age < YEARS_BACK and self.rng.random() < NEWBORN_SHARE:
            day = child.birth_date + timedelta(days=2)
            yield Encounter(child, source, "HEARING_SCREENING", SCREENING, day)

    def contacts(self, needs: Iterable[Need]) -> Iterator[Encounter]:
        """Yield the support contacts of the identified needs that were met without an enrollment."""
        reaches: dict[str, Callable[[Person], float]] = {
            kind: reach_of(self.town, program)
            for program in self.town.programs
            if program.entry is Entry.CONTACT
            for kind in program.service_types
        }
        for need in needs:
            reach = reaches.get(need.service_type)
            if reach is None or self.rng.random() >= reach(need.child):
                continue
            last = need.resolved or self.clock.today
            for _ in range(self.rng.randint(1, MOST_CONTACTS)):
                day = between(self.rng, need.opened, last)
                yield Encounter(need.child, need.source, need.service_type, CONTACT, day)

    def _day(self, child: Person, year: int) -> date:
        """Draw a weekday of the year so many years back, not before the child is three days old."""
        last = self.clock.days_ago(year * YEAR_DAYS)
        first = max(self.clock.days_ago((year + 1) * YEAR_DAYS - 1), child.birth_date + timedelta(days=3))
        return _workday(between(self.rng, first, last))

    def _school_day(self) -> date:
        day = between(self.rng, self.clock.days_ago(SCREENED_WITHIN_DAYS), self.clock.today)
        return _workday(day - timedelta(days=62) if day.month in SUMMER_MONTHS else day)


def _workday(day: date) -> date:
    return day - timedelta(days=max(day.weekday() - SATURDAY + 1, 0))
