"""What one day makes of the columns: whom each service reaches, who needs it and is missed, as bits."""

from collections.abc import Sequence
from datetime import date
from functools import cached_property

import numpy as np

from cabinet.coverage.dimensions import SECTOR_COUNTS, Dimension
from cabinet.coverage.index.bits import packed, unpacked
from cabinet.coverage.index.catalog import ServiceType
from cabinet.coverage.index.columns import Columns
from cabinet.coverage.index.layout import Layout
from cabinet.coverage.index.profile import Facet, Profile
from cabinet.coverage.index.spans import Array
from cabinet.coverage.index.vocabulary import KNOWN_GRADES
from cabinet.coverage.tabulation import COMBINED, Tabulation

MEASURES = ("eligible", "in_need", "served", "waitlisted")
_IN_NEED = MEASURES.index("in_need")
_LAYOUTS = 4
"""Breakdowns of a day that are kept; the first made goes first."""


class Day:
    """The children of a community on one day, until the next change: made once, asked often."""

    def __init__(self, columns: Columns, day: date) -> None:
        self._columns, self._place = columns, columns.year.place(day)
        enrolled = columns.enrolled.on(self._place)
        self.profile = Profile(columns, day, enrolled[0])
        self.size, self.types = len(columns.children), columns.catalog.types
        self.here = packed(self.profile.here)
        reached = self._in_programs(enrolled)
        self._mark(reached, columns.encounters.on(self._place))
        self._reached = packed(reached)
        self._bits = np.zeros((len(reached), len(MEASURES), len(self.here)), np.uint64)
        self._decide()
        self._layouts: dict[tuple[tuple[Dimension, ...], bool], Layout] = {}

    @property
    def nbytes(self) -> int:
        layouts = sum(layout.nbytes for layout in self._layouts.values())
        return self.profile.nbytes + int(self._reached.nbytes + self._bits.nbytes) + layouts

    def layout(self, dimensions: tuple[Dimension, ...], tabulation: Tabulation = COMBINED) -> Layout:
        """Return the children in the order of their groups by some dimensions, of combinations each by itself."""
        if not dimensions:
            return self._together
        name = dimensions, tabulation.is_by_combination and Dimension.RACE_ETHNICITY in dimensions
        if name not in self._layouts:
            if len(self._layouts) >= _LAYOUTS:
                del self._layouts[next(iter(self._layouts))]
            facets = [self._counted_by(dimension, tabulation) for dimension in dimensions]
            self._layouts[name] = Layout.grouped(self._bits, self.size, self.profile.here, facets)
        return self._layouts[name]

    def _counted_by(self, dimension: Dimension, tabulation: Tabulation) -> Facet:
        if dimension is Dimension.RACE_ETHNICITY and tabulation.is_by_combination:
            return self.profile.combinations
        return self.facet(dimension)

    def facet(self, dimension: Dimension) -> Facet:
        """Return the value of each child, by its place among the labels."""
        return self._sectors_serving if dimension is Dimension.SECTORS_SERVING else self.profile.facet(dimension)

    @cached_property
    def _sectors_serving(self) -> Facet:
        """Count, for each child, the sectors of the services that reach it."""
        serving = np.zeros(self.size, np.uint8)
        for sector in {kind.sector for kind in self.types.values()}:
            of_sector = [number for number, kind in self.types.items() if kind.sector == sector]
            serving += unpacked(self.reached_by(of_sector), self.size)
        return serving, SECTOR_COUNTS

    @cached_property
    def _together(self) -> Layout:
        return Layout.together(self._bits)

    def in_need_of(self, numbers: Sequence[int]) -> Array:
        """Return who is in need of any of some types of service, as bits."""
        found: Array = np.bitwise_or.reduce(self._bits[list(numbers), _IN_NEED], axis=0)
        return found

    def reached_by(self, numbers: Sequence[int]) -> Array:
        """Return who is reached by any of some types of service, as bits."""
        found: Array = np.bitwise_or.reduce(self._reached[list(numbers)], axis=0)
        return found

    def _decide(self) -> None:
        """Say of each type who is eligible, in need, served, and waiting while missed."""
        waiting = packed(self._in_programs(self._columns.waiting.on(self._place)))
        marked = self._nobody()
        self._mark(marked, self._columns.needs.on(self._place))
        identified = packed(marked)
        inside = {kind.for_whom: kind for kind in self.types.values()}
        eligible = {rule: packed(self._eligible(kind)) for rule, kind in inside.items()}
        by_rule = {kind.rule: packed(self.profile.has_any(kind.rule)) for kind in self.types.values()}
        for number, kind in self.types.items():
            needed = eligible[kind.for_whom]
            if not kind.is_universal:
                needed = needed & (identified[number] | by_rule[kind.rule])
            reached = self._reached[number]
            served, missed = needed & reached, needed & ~reached & waiting[number]
            self._bits[number] = eligible[kind.for_whom], needed, served, missed

    def _eligible(self, kind: ServiceType) -> Array:
        """Return who is inside, looked up by grade and age; where the grade is known and asked for, it decides."""
        ages = np.arange(-1, int(self.profile.ages.max(initial=-1)) + 1)
        low, high = kind.ages or (1, 0)
        inside = np.tile((ages >= max(low, 0)) & (ages <= high), (len(KNOWN_GRADES), 1))
        if kind.grades:
            inside[1:] = np.isin(np.arange(1, len(KNOWN_GRADES)), list(kind.grades))[:, None]
        found: Array = np.take(inside.ravel(), self._grade_and_age)
        return found

    @cached_property
    def _grade_and_age(self) -> Array:
        ages = int(self.profile.ages.max(initial=-1)) + 2
        return self._columns.children.grade.astype(np.int32) * ages + self.profile.ages + 1

    def _nobody(self) -> Array:
        return np.zeros((len(self._columns.catalog.kinds.names), self.size), bool)

    @staticmethod
    def _mark(marked: Array, spans: tuple[Array, Array]) -> None:
        slots, types = spans
        marked[types, slots] = True

    def _in_programs(self, spans: tuple[Array, Array]) -> Array:
        """Return who is in a program that gives each type: a program may give several, or none."""
        marked, (slots, programs) = self._nobody(), spans
        given_by = self._columns.catalog.given_by
        for turn in range(max(map(len, given_by.values()), default=0)):
            gives = np.full(len(self._columns.catalog.programs.names), -1, np.int32)
            for program, types in given_by.items():
                gives[program] = types[turn] if turn < len(types) else -1
            given = np.take(gives, programs)
            some = np.flatnonzero(given >= 0)
            self._mark(marked, (slots[some], given[some]))
        return marked
