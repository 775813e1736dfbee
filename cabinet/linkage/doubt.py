"""What a person is shown who has to say which child a record is about."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cabinet.linkage.exact import Person, Words, contradicts_identity
from cabinet.tables.terms import ReviewReason


@dataclass(frozen=True)
class Candidate:
    """A child that a record may be about. Without a model there is no probability and no weight in bits.

    `reasons` are what was found, each as `{"says": ..., "bits": ...}`, and hold no value of a record: they are
    shown to stewards of sectors that may not see the other's. `remarks` are the rules that leave it to a person.
    """

    child_id: UUID
    probability: float | None = None
    weight: float | None = None
    reasons: Sequence[dict[str, Any]] = ()
    remarks: Sequence[str] = ()
    model_version: str | None = None


def doubt_about(known: Words, person: Person, doubts: Collection[UUID]) -> tuple[ReviewReason, list[Candidate]]:
    """Return why exact rules leave a person to decide, and the children it is about, in a stable order."""
    if len(doubts) > 1:
        reason = ReviewReason.SEVERAL_CHILDREN
    elif contradicts_identity(known, next(iter(doubts)), person):
        reason = ReviewReason.IDENTIFIER_CONTRADICTED
    else:
        reason = ReviewReason.LIKELY
    return reason, [_candidate(known, person, child) for child in sorted(doubts)]


def _candidate(known: Words, person: Person, child: UUID) -> Candidate:
    compared = {
        identifier[0]: child in known.by_identifier.get(identifier, ())
        for identifier in person.identifiers.items()
        if child in known.holders.get(identifier[0], ())
    }
    found = [
        *(f"identifier {system} {_said(is_same)}" for system, is_same in sorted(compared.items())),
        *_compared("name", person.name_key, known.names.get(child, ())),
        *_compared("birth date", person.birth_date, known.birth_dates.get(child, ())),
    ]
    return Candidate(child, reasons=[{"says": says, "bits": None} for says in found])


def _compared(what: str, said: Any, held: Collection[Any]) -> list[str]:
    return [f"{what} {_said(said in held)}"] if said is not None and held else []


def _said(is_same: bool) -> str:  # noqa: FBT001 - it is the very value that is put in words.
    return "same" if is_same else "different"
