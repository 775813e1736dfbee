"""Who is inside of what a type of service asks for: by grade where it is known and asked for, by age otherwise."""

from collections.abc import Mapping
from typing import TypeVar

import numpy as np

from cabinet.coverage.index.bits import packed
from cabinet.coverage.index.catalog import ServiceType
from cabinet.coverage.index.spans import Array
from cabinet.coverage.index.vocabulary import KNOWN_GRADES

K = TypeVar("K")

_AT_ONCE = 8
"""Types that are looked up together, a bit of a byte each."""


class Eligibility:
    """The children by grade and age, of which there are few pairs: each type decides of every pair once."""

    def __init__(self, grades: Array, ages: Array) -> None:
        self._ages = int(ages.max(initial=-1)) + 2
        self._pairs = grades.astype(np.intp) * self._ages + (ages + 1)

    def of(self, kinds: Mapping[K, ServiceType]) -> Mapping[K, Array]:
        """Return, of each type, who is inside, as bits."""
        found: dict[K, Array] = {}
        asked = list(kinds.items())
        for begin in range(0, len(asked), _AT_ONCE):
            some = asked[begin : begin + _AT_ONCE]
            inside = np.array([self._pairs_inside(kind) for _, kind in some])
            of_child = np.take(np.packbits(inside, axis=0, bitorder="little")[0], self._pairs)
            found |= {key: packed(of_child & np.uint8(1 << bit)) for bit, (key, _) in enumerate(some)}
        return found

    def _pairs_inside(self, kind: ServiceType) -> Array:
        ages = np.arange(-1, self._ages - 1)
        low, high = kind.ages or (1, 0)
        inside = np.empty((len(KNOWN_GRADES), self._ages), bool)
        inside[:] = (ages >= max(low, 0)) & (ages <= high)
        for grade in range(1, len(KNOWN_GRADES)) if kind.grades else ():
            inside[grade] = grade in kind.grades
        return inside.ravel()
