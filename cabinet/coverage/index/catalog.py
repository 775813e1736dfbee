"""What there is: service types, which programs give them, schools and neighborhoods, each under a number."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from uuid import UUID

import numpy as np

from cabinet.coverage.dimensions import UNKNOWN
from cabinet.coverage.index.dates import Year, months_before
from cabinet.coverage.index.spans import Array
from cabinet.coverage.index.vocabulary import KINDS, KNOWN_GRADES
from cabinet.db import Connection, Record
from cabinet.tables.terms import NeedRule

_TYPES = """
SELECT service_type_id, code, sector, min_age, max_age, grades, need_rule, need_characteristics, recency_months
FROM service_type WHERE community_id = $1 ORDER BY service_type_id
"""
_SERVICES = """
SELECT DISTINCT program_id, service_type_id FROM service WHERE community_id = $1 AND service_type_id IS NOT NULL
"""
_PLACES = """
SELECT 'schools' AS what, school_id AS id, code FROM school WHERE community_id = $1
UNION ALL SELECT 'neighborhoods', neighborhood_id, code FROM neighborhood WHERE community_id = $1
UNION ALL SELECT 'programs', program_id, code FROM program WHERE community_id = $1
ORDER BY 1, 2
"""


MOST = 2**16 - 2
"""Numbers that a column of two bytes can hold, beside the one for none."""
NONE = -1
"""The type that a program gives which gives no more."""


@dataclass(frozen=True)
class ServiceType:
    """A service type as the question goes by it."""

    code: str
    sector: str
    ages: tuple[int, int] | None
    grades: frozenset[int]
    is_universal: bool
    rule: tuple[int, ...]
    """Characteristics of which any one, if it is YES, makes a need."""
    recency_months: int | None

    @classmethod
    def of(cls, row: Record) -> "ServiceType":
        ages = (row["min_age"], row["max_age"])
        return cls(
            row["code"],
            row["sector"],
            None if None in ages else ages,
            frozenset(KNOWN_GRADES.index(grade) for grade in row["grades"]),
            row["need_rule"] == NeedRule.UNIVERSAL,
            tuple(KINDS.index(kind) for kind in row["need_characteristics"]),
            row["recency_months"],
        )

    @property
    def for_whom(self) -> tuple[object, ...]:
        """Return what decides who is eligible; types of which it is the same have the same eligible children."""
        return self.ages, self.grades

    def recent_after_each(self, year: Year) -> Sequence[int]:
        """Return, for each day of the year, the ordinal of the day after which an encounter still counts on it."""
        if self.recency_months is None:
            return [date.max.toordinal()] * (year.place(year.last))
        return [months_before(day, self.recency_months) for day in year.days]


@dataclass(frozen=True)
class Numbers:
    """Ids in the order in which they were first met: an id keeps its number whatever comes later."""

    numbers: Mapping[UUID, int] = field(default_factory=dict)
    names: Sequence[str] = ()

    def and_of(self, rows: Iterable[tuple[UUID, str]]) -> "Numbers":
        """Return these with more, or with new names. Raises OverflowError where numbers run out."""
        numbers, names = dict(self.numbers), list(self.names)
        for key, name in rows:
            if numbers.setdefault(key, len(names)) == len(names):
                names.append(name)
            names[numbers[key]] = name
        if len(names) > MOST:
            raise OverflowError(f"more than {MOST} of one kind")
        return Numbers(numbers, names)

    @property
    def labels(self) -> tuple[list[str], list[int]]:
        """Return the different names, UNKNOWN first, and for each number the place of its name; 0 stands for none.

        A school may itself be called UNKNOWN; its children are then counted with those of no known school.
        """
        labels = list(dict.fromkeys((UNKNOWN, *self.names)))
        places = {label: place for place, label in enumerate(labels)}
        return labels, [0, *(places[name] for name in self.names)]


@dataclass(frozen=True)
class Catalog:
    """The catalog of one community, which is read anew as a whole when any of it has changed."""

    kinds: Numbers = field(default_factory=Numbers)
    types: Mapping[int, ServiceType] = field(default_factory=dict)
    given_by: Mapping[int, Sequence[int]] = field(default_factory=dict)
    """The numbers of the types that a program gives."""
    programs: Numbers = field(default_factory=Numbers)
    schools: Numbers = field(default_factory=Numbers)
    neighborhoods: Numbers = field(default_factory=Numbers)

    @cached_property
    def gives(self) -> Sequence[Array]:
        """Return, of each program, the number of the first type it gives, of the second and so on, or NONE."""
        most = max(map(len, self.given_by.values()), default=1)
        gives = np.full((most, len(self.programs.names)), NONE, np.intp)
        for program, types in self.given_by.items():
            gives[: len(types), program] = types
        return list(gives)

    @property
    def recency(self) -> Mapping[int, int | None]:
        """Return the window of each type; the days on which an encounter counts were worked out from it."""
        return {number: kind.recency_months for number, kind in self.types.items()}

    def keeps_windows_of(self, earlier: "Catalog") -> bool:
        return {**self.recency, **earlier.recency} == self.recency


async def read_catalog(connection: Connection, community_id: UUID, earlier: Catalog) -> Catalog:
    """Read what there is now; what was there before keeps its number. Raises OverflowError."""
    types = await connection.fetch(_TYPES, community_id)
    rows = await connection.fetch(_PLACES, community_id)
    services = await connection.fetch(_SERVICES, community_id)
    kinds = earlier.kinds.and_of((row["service_type_id"], row["code"]) for row in types)
    named = {
        what: getattr(earlier, what).and_of((row["id"], row["code"]) for row in rows if row["what"] == what)
        for what in ("programs", "schools", "neighborhoods")
    }
    given: dict[int, list[int]] = {}
    for row in services:
        program = named["programs"].numbers[row["program_id"]]
        given.setdefault(program, []).append(kinds.numbers[row["service_type_id"]])
    by_number = {kinds.numbers[row["service_type_id"]]: ServiceType.of(row) for row in types}
    return Catalog(kinds, by_number, given, **named)
