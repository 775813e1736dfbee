"""What a sector is to this server."""

from dataclasses import dataclass

from cabinet.tables.terms import CharacteristicKind, NeedRule


@dataclass(frozen=True)
class ServiceType:
    """A kind of service, with how its need is known and what counts as served.

    Ages are completed years, inclusive. `grades` are CEDS codes; with grades given, a child whose grade is
    known is eligible by grade, any other by age. `recency_months` is how long an encounter counts as served;
    None means that only an enrollment does. `dosage_days` is how many days attended in a school year are enough.
    """

    code: str
    name: str
    min_age: int
    max_age: int
    grades: tuple[str, ...] = ()
    need_rule: NeedRule = NeedRule.UNIVERSAL
    need_characteristics: tuple[CharacteristicKind, ...] = ()
    recency_months: int | None = None
    dosage_days: int | None = None


@dataclass(frozen=True)
class Sector:
    """A field of work whose records are held together under one legal basis."""

    code: str
    name: str
    legal_basis: str
    service_types: tuple[ServiceType, ...]
