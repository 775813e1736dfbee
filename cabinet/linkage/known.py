"""One record matched at a time, with the same parameters and without Splink, among those who share a key."""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable
from typing import Generic, TypeVar

from cabinet.linkage.claims import Candidate, Children, settle
from cabinet.linkage.features import CROWD, Features
from cabinet.linkage.frequencies import Frequencies
from cabinet.linkage.model import Model

Child = TypeVar("Child", bound=Hashable)


class KnownChildren(Generic[Child]):
    """The children of a community as matched by, with a record or several each. Grows as records are added."""

    def __init__(self, model: Model, records: Iterable[tuple[Child, Features]] = ()) -> None:
        self._model = model
        self._records: defaultdict[Child, list[Features]] = defaultdict(list)
        self._by_key: defaultdict[str, list[Child]] = defaultdict(list)
        self._frequencies = Frequencies()
        for child, features in records:
            self.add(child, features)

    def add(self, child: Child, features: Features) -> None:
        for key in features.keys:
            self._by_key[key].append(child)
        self._records[child].append(features)
        self._frequencies.add(features)

    def match(self, features: Features, not_of: Collection[Child] = ()) -> list[Candidate[Child]]:
        """Return the children that the record may be about, the likeliest first: none for a child not yet known.

        `not_of` are children it cannot be: those that have another record of its source, or that a person has
        ruled out. At most one is LINK.
        """
        claims = [child for child in self._sharing_a_key(features) if child not in not_of]
        children = Children(self._records, len(self._records), self._frequencies)
        return settle(self._model, [features], [claims], children)[0]

    def _sharing_a_key(self, features: Features) -> list[Child]:
        crowds = (self._by_key.get(key, []) for key in features.keys)
        return list(dict.fromkeys(child for crowd in crowds if len(crowd) <= CROWD for child in crowd))
