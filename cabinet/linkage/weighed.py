"""What a model says of a record that no exact rule ties to a child."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from cabinet.linkage import doubt
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
    def doubts(self) -> list[doubt.Candidate]:
        """Return the children as they are shown to a person, who tells them apart."""
        return [
            doubt.Candidate(
                each.child,
                each.probability,
                each.weight,
                [asdict(reason) for reason in each.reasons],
                each.remarks,
                str(self.version),
            )
            for each in self.candidates
        ]
