"""All that is held of one community in one school year, and how rows of facts are put into it."""

from uuid import UUID

import numpy as np

from cabinet.coverage.index.catalog import Catalog
from cabinet.coverage.index.children import NO_MONTH, Children
from cabinet.coverage.index.copied import Rows
from cabinet.coverage.index.dates import EPOCH, FOREVER, Year
from cabinet.coverage.index.spans import Array, Spans
from cabinet.coverage.index.statements import (
    CHARACTERISTIC,
    CHILD,
    ENCOUNTER,
    ENCOUNTERS,
    ENROLLMENT,
    ENROLLMENTS,
    NEED,
    NEEDS,
    PERSON,
    PLACE_BITS,
    RANK_BITS,
    SCHOOL_YEAR,
    VALUE_BITS,
)
from cabinet.coverage.index.vocabulary import YES

_MONTHS_TO_1970 = 1970 * 12


class Columns:
    """The columns of one index. Whoever writes to them must be alone; whoever reads them, too, while they grow."""

    def __init__(self, community_id: UUID, year: Year, catalog: Catalog, keys: Array) -> None:
        self.community_id, self.year, self.catalog = community_id, year, catalog
        self.children = Children(keys)
        self.enrolled, self.waiting = Spans(), Spans()
        self.characteristics, self.needs, self.encounters = Spans(), Spans(), Spans()
        self._parts = {
            CHILD: (self.characteristics,),
            ENROLLMENTS: (self.enrolled, self.waiting),
            NEEDS: (self.needs,),
            ENCOUNTERS: (self.encounters,),
        }
        self._undecided: dict[int, list[Rows]] = {SCHOOL_YEAR: [], CHARACTERISTIC: []}

    @property
    def nbytes(self) -> int:
        return self.children.nbytes + sum(spans.nbytes for part in self._parts.values() for spans in part)

    def forget(self, part: str, slots: Array) -> None:
        """Forget one part of what is said of some children, to take it in anew."""
        touched = np.zeros(len(self.children), bool)
        touched[slots] = True
        if part == CHILD:
            self.children.forget(slots)
        for spans in self._parts[part]:
            spans.forget(touched)

    def take(self, rows: Rows) -> None:
        """Take rows of facts, in any order; `settle` has to follow when all are there."""
        for about, put in (
            (PERSON, self._put_person),
            (ENROLLMENT, self._put_enrollment),
            (NEED, self._put_need),
            (ENCOUNTER, self._put_encounter),
            *((about, self._undecided[about].append) for about in self._undecided),
        ):
            part = rows[rows["about"] == about]
            if len(part):
                put(part)

    def settle(self) -> None:
        """Decide between several organizations' words, of which there may be no more to come."""
        years, characteristics = (
            np.concatenate(parts) if parts else None
            for parts in (self._undecided[SCHOOL_YEAR], self._undecided[CHARACTERISTIC])
        )
        if years is not None:
            self._put_years(years)
        if characteristics is not None:
            self._put_characteristics(characteristics)
        for parts in self._undecided.values():
            parts.clear()

    def _put_person(self, rows: Rows) -> None:
        children, slot, begins = self.children, rows["slot"], rows["begins"].astype(np.int64)
        months = (np.datetime64("2000-01-01") + begins.clip(-(10**6), 10**7)).astype("M8[M]").astype(np.int64)
        children.born[slot] = np.where(_is_known(begins), months + _MONTHS_TO_1970, NO_MONTH)
        children.sex[slot], children.races[slot] = rows["what"], rows["which"]

    def _put_years(self, rows: Rows) -> None:
        """Write the word that goes before all others last; an empty value is no word."""
        children, what = self.children, rows["what"].astype(np.int64)
        rows = rows[np.argsort(-(what & ((1 << RANK_BITS) - 1)), kind="stable")]
        slot, places = rows["slot"], rows["which"]
        for column, values in (
            (children.grade, rows["what"] >> RANK_BITS),
            (children.school, places >> PLACE_BITS),
            (children.neighborhood, places & ((1 << PLACE_BITS) - 1)),
        ):
            said = np.flatnonzero(values)
            column[slot[said]] = values[said]
        np.maximum.at(children.last_day, slot, self._place(rows["ends"]).clip(0, FOREVER).astype(np.uint16))

    def _put_characteristics(self, rows: Rows) -> None:
        """Put YES behind all others, then the latest, then the organization that goes before."""
        is_yes = (rows["what"] & ((1 << VALUE_BITS) - 1)) == YES
        self._put(self.characteristics, rows[np.lexsort((-rows["which"], rows["begins"], is_yes))])

    def _put_enrollment(self, rows: Rows) -> None:
        is_waiting = rows["which"] == 1
        self._put(self.waiting, rows[is_waiting])
        self._put(self.enrolled, rows[~is_waiting])

    def _put_need(self, rows: Rows) -> None:
        self._put(self.needs, rows)

    def _put_encounter(self, rows: Rows) -> None:
        """Let an encounter hold from its day to the last of the year on which it is recent."""
        ordinals, last = rows["begins"].astype(np.int64) + EPOCH, np.zeros(len(rows), np.int64)
        for number in np.unique(rows["what"]):
            of_type = rows["what"] == number
            recent_after = self.catalog.types[int(number)].recent_after_each(self.year)
            last[of_type] = np.searchsorted(recent_after, ordinals[of_type], side="left")
        self.encounters.add(rows["slot"], rows["what"], self._place(rows["begins"]), last)

    def _put(self, spans: Spans, rows: Rows) -> None:
        spans.add(rows["slot"], rows["what"], self._place(rows["begins"]), self._place(rows["ends"]))

    def _place(self, days: Array) -> Array:
        return days.astype(np.int64) + EPOCH - self.year.first.toordinal() + 1


def _is_known(days: Array) -> Array:
    return days > np.iinfo(np.int32).min
