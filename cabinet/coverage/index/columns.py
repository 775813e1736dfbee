"""All that is held of one community in one school year, and how rows of facts are put into it."""

from uuid import UUID

import numpy as np

from cabinet.coverage.index.catalog import Catalog
from cabinet.coverage.index.children import NO_MONTH, Children
from cabinet.coverage.index.copied import Rows
from cabinet.coverage.index.dates import EPOCH, FOREVER, Year
from cabinet.coverage.index.facts import (
    CHARACTERISTIC,
    CHILD,
    ENCOUNTER,
    ENCOUNTERS,
    ENROLLMENT,
    ENROLLMENTS,
    NEED,
    NEEDS,
    PERSON,
    RANK_BITS,
    SCHOOL_YEAR,
    VALUE_BITS,
    Fact,
)
from cabinet.coverage.index.numbering import Numbering
from cabinet.coverage.index.spans import Array, Spans
from cabinet.coverage.index.vocabulary import YES

_MONTHS_TO_1970 = 1970 * 12


class Columns:
    """The columns of one index. Whoever writes to them must be alone; whoever reads them, too, while they grow."""

    def __init__(self, community_id: UUID, year: Year, catalog: Catalog) -> None:
        self.community_id, self.year, self.catalog = community_id, year, catalog
        self.children = Children()
        self.enrolled, self.waiting = Spans(), Spans()
        self.characteristics, self.needs, self.encounters = Spans(), Spans(), Spans()
        self._parts = {
            CHILD: (self.characteristics,),
            ENROLLMENTS: (self.enrolled, self.waiting),
            NEEDS: (self.needs,),
            ENCOUNTERS: (self.encounters,),
        }
        self._put = {
            PERSON: self._put_persons,
            SCHOOL_YEAR: self._put_years,
            CHARACTERISTIC: self._put_characteristics,
            ENROLLMENT: self._put_enrollments,
            NEED: self._put_needs,
            ENCOUNTER: self._put_encounters,
        }

    @property
    def nbytes(self) -> int:
        return self.children.nbytes + sum(spans.nbytes for part in self._parts.values() for spans in part)

    def forget(self, part: str, keys: Array) -> None:
        """Forget one part of what is said of some children, to take it in anew. Who is not known gets a slot."""
        slots = self.children.slots_of(keys)
        touched = np.zeros(len(self.children), bool)
        touched[slots] = True
        if part == CHILD:
            self.children.forget(slots)
        for spans in self._parts[part]:
            spans.forget(touched)

    def take(self, fact: Fact, rows: Rows, numbering: Numbering) -> None:
        """Take rows of one kind, in any order. Of one that several organizations tell of, all have to be there."""
        self._put[fact](rows, self.children.find(rows["child"]), numbering)

    def arrange(self) -> None:
        """Put in order what was taken in, where the order of what is said does not decide."""
        for spans in (self.enrolled, self.waiting, self.needs, self.encounters):
            spans.arrange()

    def _put_persons(self, rows: Rows, slot: Array, _: Numbering) -> None:
        children, begins = self.children, rows["begins"].astype(np.int64)
        slot = children.slots_of(rows["child"])
        months = (np.datetime64("2000-01-01") + begins.clip(-(10**6), 10**7)).astype("M8[M]").astype(np.int64)
        children.born[slot] = np.where(_is_known(begins), months + _MONTHS_TO_1970, NO_MONTH)
        children.sex[slot], children.races[slot] = rows["sex"], rows["races"]

    def _put_years(self, rows: Rows, slot: Array, numbering: Numbering) -> None:
        """Write the word that goes before all others last; an empty value is no word."""
        children, what = self.children, rows["what"].astype(np.int32)
        rank = (what & ((1 << RANK_BITS) - 1)) | numbering.organizations.find(rows["organization"])
        order = np.argsort(-rank, kind="stable")
        for column, values in (
            (children.grade, what >> RANK_BITS),
            (children.school, numbering.schools.find(rows["school"]) + 1),
            (children.neighborhood, numbering.neighborhoods.find(rows["neighborhood"]) + 1),
        ):
            said = order[values[order] > 0]
            column[slot[said]] = values[said]
        np.maximum.at(children.last_day, slot, self._place(rows["ends"]).clip(0, FOREVER).astype(np.uint16))

    def _put_characteristics(self, rows: Rows, slot: Array, numbering: Numbering) -> None:
        """Put YES behind all others, then the latest, then the organization that goes before."""
        what, begins = rows["what"].astype(np.uint16), rows["begins"].astype(np.int32)
        is_yes = (what & ((1 << VALUE_BITS) - 1)) == YES
        order = np.lexsort((-numbering.organizations.find(rows["organization"]), begins, is_yes))
        begins, ends = self._place(begins), self._place(rows["ends"])
        self.characteristics.add(slot[order], what[order], begins[order], ends[order])

    def _put_enrollments(self, rows: Rows, slot: Array, numbering: Numbering) -> None:
        program, begins, ends = self._spans(rows, numbering.programs.find(rows["program"]))
        is_known, is_waiting = program >= 0, rows["is_waiting"]
        for spans, some in ((self.waiting, is_known & is_waiting), (self.enrolled, is_known & ~is_waiting)):
            spans.add(slot[some], program[some], begins[some], ends[some])

    def _put_needs(self, rows: Rows, slot: Array, numbering: Numbering) -> None:
        number, begins, ends = self._spans(rows, numbering.types.find(rows["type"]))
        some = number >= 0
        self.needs.add(slot[some], number[some], begins[some], ends[some])

    def _put_encounters(self, rows: Rows, slot: Array, numbering: Numbering) -> None:
        """Let an encounter hold from its day to the last of the year on which it is recent, if it is on any."""
        number = numbering.types.find(rows["type"])
        ordinals, last = rows["begins"].astype(np.int64) + EPOCH, np.zeros(len(rows), np.int64)
        for each in np.unique(number[number >= 0]).tolist():
            of_type = number == each
            recent_after = self.catalog.types[each].recent_after_each(self.year)
            last[of_type] = np.searchsorted(recent_after, ordinals[of_type], side="left")
        some = last > 0
        self.encounters.add(slot[some], number[some], self._place(rows["begins"])[some], last[some])

    def _spans(self, rows: Rows, number: Array) -> tuple[Array, Array, Array]:
        return number, self._place(rows["begins"]), self._place(rows["ends"])

    def _place(self, days: Array) -> Array:
        return days.astype(np.int64) + EPOCH - self.year.first.toordinal() + 1


def _is_known(days: Array) -> Array:
    return days > np.iinfo(np.int32).min
