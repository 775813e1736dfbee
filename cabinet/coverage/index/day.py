"""What one day makes of the columns: whom each service reaches, who needs it and is missed, as bits."""

from collections.abc import Sequence
from datetime import date
from functools import cached_property

import numpy as np

from cabinet.coverage.dimensions import SECTOR_COUNTS, Dimension
from cabinet.coverage.index.bits import packed, unpacked
from cabinet.coverage.index.columns import Columns
from cabinet.coverage.index.eligibility import Eligibility
from cabinet.coverage.index.layout import Layout
from cabinet.coverage.index.marks import Marks
from cabinet.coverage.index.profile import Facet, Profile
from cabinet.coverage.index.spans import Array
from cabinet.coverage.tabulation import COMBINED, Tabulation

MEASURES = ("eligible", "in_need", "served", "waitlisted")
_IN_NEED = MEASURES.index("in_need")
_LAYOUTS = 4
"""Breakdowns of a day that are kept; the first made goes first."""


class Day:
    """The children of a community on one day, until the next change: made once, asked often."""

    def __init__(self, columns: Columns, day: date) -> None:
        self._columns, self._place = columns, columns.year.place(day)
        self.size, self.types = len(columns.children), columns.catalog.types
        enrolled, marks = np.zeros(self.size, bool), Marks(columns.catalog, self.size)
        for slots, programs in columns.enrolled.on(self._place):
            enrolled[slots] = True
            marks.mark_in_programs(slots, programs)
        self._reached = marks.of_types(columns.encounters.on(self._place))
        self.profile = Profile(columns, day, enrolled)
        self.here = packed(self.profile.here)
        self._bits = self._decided(marks)
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

    def _decided(self, marks: Marks) -> Array:
        """Say of each type who is eligible, in need, served, and waiting while missed."""
        bits = np.zeros((len(self._reached), len(MEASURES), len(self.here)), np.uint64)
        eligible, needed, served, missed = (bits[:, place] for place in range(len(MEASURES)))
        inside = Eligibility(self._columns.children.grade, self.profile.ages)
        of_whom = inside.of({kind.for_whom: kind for kind in self.types.values()})
        by_rule = {kind.rule: packed(self.profile.has_any(kind.rule)) for kind in self.types.values()}
        needed[:] = marks.of_types(self._columns.needs.on(self._place))
        for number, kind in self.types.items():
            eligible[number] = of_whom[kind.for_whom]
            needed[number] |= by_rule[kind.rule]
            if kind.is_universal:
                needed[number] = eligible[number]
        needed &= eligible
        np.bitwise_and(needed, self._reached, out=served)
        np.bitwise_and(needed, ~self._reached, out=missed)
        missed &= marks.of_programs(self._columns.waiting.on(self._place))
        return bits
