"""What a model says of a record that no exact rule ties to a child."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from cabinet.linkage.claims import Candidate
from cabinet.linkage.decide import Outcome


@dataclass(frozen=True)
class Weighed:
    """The children a record may be about, the likeliest first, by which version of the model."""

    version: int
    candidates: Sequence[Candidate[UUID]]

    @property
    def link(self) -> Candidate[UUID] | None:
        """Return the child that it is sure enough to be."""
        return next((each for each in self.candidates if each.outcome is Outcome.LINK), None)

    @property
    def doubts(self) -> Sequence[Candidate[UUID]]:
        """Return the children that a person has to tell it from."""
        return () if self.link is not None else self.candidates
