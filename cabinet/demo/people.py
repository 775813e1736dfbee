"""The children themselves, as they are; what each source knows of them is another matter."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from random import Random

from cabinet.demo.chance import pick, stream
from cabinet.demo.clock import Clock, age_on
from cabinet.demo.households import Household, households
from cabinet.demo.names import Races
from cabinet.demo.town import SERVICE_TYPES, Place, Town
from cabinet.demo.traits import traits_of
from cabinet.sectors.education import K_TO_12
from cabinet.tables.terms import CharacteristicKind, CharacteristicValue, Sex

PRE_K_SHARE = {4: 0.62, 3: 0.24}
PUBLIC_SCHOOL_SHARE = 0.93
REPEATS_GRADE_SHARE = 0.02
SCHOOL_CHOICE_SHARE = 0.06
NONBINARY_SHARE = 0.006
UNINSURED_KEPT_SHARE = 0.55
"""How many of the uninsured keep the doctor they would have if insured."""

TEENAGE = 13
ENTERS_SCHOOL_AT = 5


# Children are compared as themselves, never field by field: twins differ in little.
@dataclass(frozen=True, slots=True, eq=False)
class Person:
    number: int
    household: int
    given_name: str
    family_name: str
    birth_date: date
    age: int
    sex: Sex
    races: Races
    place: Place
    address: str
    postal_code: str
    poor: bool
    grade: str | None
    school: str | None
    district_id: str | None
    """The id the public schools know the child by; None for who is not in them."""
    medical_home: str | None
    insurance: CharacteristicValue
    traits: frozenset[CharacteristicKind]

    def may_use(self, service_type: str) -> bool:
        kind = SERVICE_TYPES[service_type]
        if kind.grades and self.grade:
            return self.grade in kind.grades
        return kind.min_age <= self.age <= kind.max_age


def people(town: Town, clock: Clock, seed: int) -> tuple[Person, ...]:
    """Return the town's children, no two of them equal in name, birth date and sex."""
    rng = stream(seed, town.community.code, "people")
    everyone = _Families(town, clock, rng).children()
    return tuple(islice(everyone, town.children))


@dataclass
class _Families:
    town: Town
    clock: Clock
    rng: Random

    def children(self) -> Iterator[Person]:
        known: set[tuple[str, str, date]] = set()
        number = 0
        for household in households(self.town, self.clock, self.rng):
            taken: set[str] = set()
            for birth_date in household.births:
                number += 1
                child = self._child(number, household, birth_date, taken)
                taken.add(child.given_name)
                key = (child.given_name, child.family_name, child.birth_date)
                if key not in known:
                    known.add(key)
                    yield child

    def _child(self, number: int, household: Household, birth_date: date, taken: set[str]) -> Person:
        age = age_on(birth_date, self.clock.today)
        sex = self._sex(age)
        grade = self._grade(birth_date)
        is_public = grade is not None and (grade == "PK" or self.rng.random() < PUBLIC_SCHOOL_SHARE)
        return Person(
            number=number,
            household=household.number,
            given_name=self._given_name(household, sex, taken),
            family_name=household.family_name,
            birth_date=birth_date,
            age=age,
            sex=sex,
            races=household.races,
            place=household.place,
            address=household.address,
            postal_code=household.postal_code,
            poor=household.poor,
            grade=grade,
            school=self._school(household.place, grade) if grade and is_public else None,
            district_id=f"{2_400_000 + number * 7}" if is_public else None,
            medical_home=self._medical_home(household.insurance),
            insurance=household.insurance,
            traits=traits_of(household, grade, sex, self.rng),
        )

    def _sex(self, age: int) -> Sex:
        if age >= TEENAGE and self.rng.random() < NONBINARY_SHARE:
            return Sex.NONBINARY
        return self.rng.choice((Sex.FEMALE, Sex.MALE))

    def _given_name(self, household: Household, sex: Sex, taken: set[str]) -> str:
        background = self.rng.choice(household.backgrounds)
        as_girl = sex is Sex.FEMALE or (sex is Sex.NONBINARY and self.rng.choice((True, False)))
        names = background.girls if as_girl else background.boys
        return self.rng.choice([name for name in names if name not in taken])

    def _grade(self, birth_date: date) -> str | None:
        """Return the grade of the school year: kindergarten for who is five by 1 September."""
        age = age_on(birth_date, self.clock.year_begins.replace(month=9))
        if age < ENTERS_SCHOOL_AT:
            return "PK" if self.rng.random() < PRE_K_SHARE.get(age, 0) else None
        step = age - ENTERS_SCHOOL_AT
        step -= step > 0 and self.rng.random() < REPEATS_GRADE_SHARE
        return str(K_TO_12[step]) if step < len(K_TO_12) else None

    def _school(self, place: Place, grade: str) -> str:
        choices = [school.code for school in self.town.schools if grade in school.grades]
        if self.rng.random() < SCHOOL_CHOICE_SHARE:
            return self.rng.choice(choices)
        return next(code for code in place.feeder if code in choices)

    def _medical_home(self, insurance: CharacteristicValue) -> str | None:
        homes = self.town.medical_homes
        is_uninsured = insurance is CharacteristicValue.UNINSURED
        share = sum(homes.values()) * (UNINSURED_KEPT_SHARE if is_uninsured else 1)
        return pick(self.rng, homes) if self.rng.random() < share else None
