"""The children of a community, each at a slot: what holds of them all through the school year."""

import numpy as np

from cabinet.coverage.index.keys import Keys
from cabinet.coverage.index.spans import Array

NO_MONTH = -1


class Children:
    """One array a column; who is told of later has the slots after."""

    COLUMNS = (
        *(("born", np.int32), ("sex", np.uint8), ("races", np.uint8), ("grade", np.uint8)),
        *(("school", np.uint16), ("neighborhood", np.uint16), ("last_day", np.uint16)),
    )
    """Month of birth, counted from year 0; place of the school and of the neighborhood in the catalog, from 1;
    the last day of the year on which the child is said to be there, 0 if there is none."""

    born: Array
    sex: Array
    races: Array
    grade: Array
    school: Array
    neighborhood: Array
    last_day: Array

    def __init__(self) -> None:
        self._keys = Keys()
        for name, kind in self.COLUMNS:
            setattr(self, name, np.empty(0, kind))

    def __len__(self) -> int:
        return len(self.born)

    @property
    def nbytes(self) -> int:
        return self._keys.nbytes + sum(int(getattr(self, name).nbytes) for name, _ in self.COLUMNS)

    def slots_of(self, keys: Array) -> Array:
        """Return the slots of different children; those that were not known get the next ones."""
        slots = self._keys.add(keys)
        self._make_room(len(self._keys))
        return slots

    def find(self, keys: Array) -> Array:
        """Return the slot of each child, -1 where it is not known."""
        return self._keys.find(keys)

    def forget(self, slots: Array) -> None:
        for name, _ in self.COLUMNS:
            getattr(self, name)[slots] = 0
        self.born[slots] = NO_MONTH

    def _make_room(self, count: int) -> None:
        more = count - len(self)
        for name, kind in self.COLUMNS if more else ():
            setattr(self, name, np.concatenate((getattr(self, name), np.zeros(more, kind))))
        if more:
            self.born[-more:] = NO_MONTH
