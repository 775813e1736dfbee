"""The children of a community, each at a slot: what holds of them all through the school year."""

from collections.abc import Sequence
from uuid import UUID

import numpy as np

from cabinet.coverage.index.spans import Array

NO_MONTH = -1


class Children:
    """One array a column. The keys are sorted; who came later has the slots after, and its key in a dictionary."""

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

    def __init__(self, keys: Array) -> None:
        self._keys = keys
        self._later: dict[bytes, int] = {}
        for name, kind in self.COLUMNS:
            setattr(self, name, np.zeros(len(keys), kind))

    def __len__(self) -> int:
        return len(self.born)

    @property
    def nbytes(self) -> int:
        columns = sum(int(getattr(self, name).nbytes) for name, _ in self.COLUMNS)
        # A key in a dictionary takes some two hundred bytes.
        return int(self._keys.nbytes) + columns + 200 * len(self._later)

    def slots_of(self, children: Sequence[UUID]) -> dict[UUID, int]:
        """Return the slots of children; those that were not known get the next ones."""
        keys = np.array([child.bytes for child in children], "S16")
        places = np.searchsorted(self._keys, keys)
        known = places < len(self._keys)
        known[known] = self._keys[places[known]] == keys[known]
        for at in np.flatnonzero(~known).tolist():
            places[at] = self._later.setdefault(children[at].bytes, len(self._keys) + len(self._later))
        self._make_room(len(self._keys) + len(self._later))
        return dict(zip(children, places.tolist(), strict=True))

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
