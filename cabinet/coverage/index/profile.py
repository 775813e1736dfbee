"""What one day finds of each child, whatever the services: who is here, how old, and what is known of them."""

from collections.abc import Sequence
from datetime import date
from typing import TypeAlias

import numpy as np

from cabinet.coverage.dimensions import AGE_BANDS, MULTIPLE, UNKNOWN, Dimension
from cabinet.coverage.index.columns import Columns
from cabinet.coverage.index.dates import month_number
from cabinet.coverage.index.facts import VALUE_BITS
from cabinet.coverage.index.spans import Array
from cabinet.coverage.index.vocabulary import KINDS, KNOWN_GRADES, RACES, SEVERAL, SEXES, VALUES, YES
from cabinet.coverage.tabulation import COMBINATIONS

Facet: TypeAlias = tuple[Array, Sequence[str]]
"""For each child the place of its value among the labels; each label stands once."""

_NO_AGE = -1
_RACE_LABELS = (UNKNOWN, *RACES, MULTIPLE)
_RACE_PLACES = np.array([min(bits.bit_length(), len(RACES) + 1) for bits in range(2 * SEVERAL)], np.uint8)
"""By the bits of the races: one alone stands at its own place, and the bit of several behind all others."""


class Profile:
    """The children of a community on one day."""

    def __init__(self, columns: Columns, day: date, enrolled: Array) -> None:
        """Take who is in an enrollment under way as being here."""
        self._columns, self._place = columns, columns.year.place(day)
        born, month = columns.children.born, month_number(day)
        ages = np.where(born == _NO_AGE, _NO_AGE, (month - born) // 12)
        self.ages = np.maximum(ages, _NO_AGE).astype(np.int16)
        self.here = ((columns.children.last_day >= self._place) | enrolled) & (born <= month)
        self._characteristics = self._standing()

    @property
    def nbytes(self) -> int:
        return int(self.ages.nbytes + self.here.nbytes + self._characteristics.nbytes)

    def facet(self, dimension: Dimension) -> Facet:
        children, catalog = self._columns.children, self._columns.catalog
        match dimension:
            case Dimension.AGE_BAND:
                return self._age_band()
            case Dimension.GRADE:
                return children.grade, KNOWN_GRADES
            case Dimension.SEX:
                return children.sex, SEXES
            case Dimension.RACE_ETHNICITY:
                return _RACE_PLACES[children.races], _RACE_LABELS
            case Dimension.SCHOOL | Dimension.NEIGHBORHOOD:
                is_school = dimension is Dimension.SCHOOL
                labels, places = (catalog.schools if is_school else catalog.neighborhoods).labels
                return np.array(places)[children.school if is_school else children.neighborhood], labels
            case _:
                return self._characteristics[KINDS.index(dimension)], VALUES

    @property
    def combinations(self) -> Facet:
        """Return each child's races and ethnicities, of which any combination is a value of its own."""
        return self._columns.children.races & np.uint8(SEVERAL - 1), COMBINATIONS

    def of_races(self, wanted: Sequence[str]) -> Array:
        """Return who is of any of some races, alone or in combination; of several; or of none that is known."""
        bits = sum(1 << RACES.index(race) for race in set(wanted) & set(RACES)) | (MULTIPLE in wanted) * SEVERAL
        races = self._columns.children.races
        found: Array = (races & np.uint8(bits)) != 0
        return found | (races == 0) if UNKNOWN in wanted else found

    def has_any(self, kinds: Sequence[int]) -> Array:
        """Return of whom any of some characteristics is YES."""
        found = np.zeros(len(self.ages), bool)
        for kind in kinds:
            found |= self._characteristics[kind] == YES
        return found

    def _age_band(self) -> Facet:
        lasts = [last for last in AGE_BANDS.values() if last is not None]
        bands = np.searchsorted(lasts, self.ages, side="left") + 1
        return np.where(self.ages == _NO_AGE, 0, bands), (UNKNOWN, *AGE_BANDS)

    def _standing(self) -> Array:
        """Return the value of each characteristic that stands: of several the last written, as they are sorted."""
        values = np.zeros((len(KINDS), len(self.ages)), np.uint8)
        for slots, what in self._columns.characteristics.on(self._place):
            places = (what >> VALUE_BITS) * len(self.ages) + slots
            values.ravel()[places] = (what & ((1 << VALUE_BITS) - 1)).astype(np.uint8)
        return values
