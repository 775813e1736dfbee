"""Identified needs, more of them where households are poor."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from cabinet.demo.chance import stream
from cabinet.demo.clock import Clock, between
from cabinet.demo.people import Person
from cabinet.demo.town import Town
from cabinet.tables.terms import CharacteristicKind, CharacteristicValue, NeedBasis

SCREENING, REFERRAL, REQUEST = NeedBasis.SCREENING, NeedBasis.REFERRAL, NeedBasis.REQUEST
KNOWN_FOR_DAYS = 320
RESOLVED_SHARE = 0.07
IEP_ASKS_FOR_COUNSELING = 0.22


@dataclass(frozen=True)
class Identified:
    """How common a need is where a household is not poor and where it is, and how it comes to be known."""

    service_type: str
    otherwise: float
    poor: float
    bases: tuple[NeedBasis, ...]


IDENTIFIED = (
    Identified("TUTORING", 0.09, 0.24, (SCREENING, SCREENING, REFERRAL)),
    Identified("READING_INTERVENTION", 0.1, 0.27, (SCREENING,)),
    Identified("COUNSELING", 0.06, 0.13, (REFERRAL, SCREENING)),
    Identified("BEHAVIORAL_HEALTH", 0.06, 0.1, (SCREENING, REFERRAL)),
    Identified("ASTHMA_MANAGEMENT", 0.05, 0.1, (SCREENING, REFERRAL)),
    Identified("CARE_COORDINATION", 0.02, 0.05, (REFERRAL,)),
    Identified("MENTORING", 0.03, 0.12, (REFERRAL, REQUEST)),
    Identified("LITERACY", 0.05, 0.09, (REFERRAL, REQUEST)),
    Identified("BEFORE_SCHOOL", 0.05, 0.09, (REQUEST,)),
    Identified("INSURANCE_ENROLLMENT", 0.0, 0.0, (REFERRAL, REQUEST)),
)
UNINSURED_FOUND = 0.8


@dataclass(frozen=True, slots=True)
class Need:
    child: Person
    source: str
    service_type: str
    basis: NeedBasis
    opened: date
    resolved: date | None


def needs(town: Town, everyone: tuple[Person, ...], clock: Clock, seed: int) -> tuple[Need, ...]:
    rng = stream(seed, town.community.code, "needs")
    return tuple(need for kind in IDENTIFIED for need in _of_kind(kind, town, everyone, clock, rng))


def _of_kind(
    kind: Identified, town: Town, everyone: tuple[Person, ...], clock: Clock, rng: Random
) -> Iterator[Need]:
    program = town.program_for(kind.service_type)
    if program is None:
        return
    for child in everyone:
        if not child.may_use(kind.service_type) or not town.reaches(program, child.district_id):
            continue
        basis = _basis(kind, child, rng)
        if basis is not None:
            opened = between(rng, max(clock.days_ago(KNOWN_FOR_DAYS), child.birth_date), clock.today)
            resolved = between(rng, opened, clock.today) if rng.random() < RESOLVED_SHARE else None
            yield Need(child, program.organization, kind.service_type, basis, opened, resolved)


def _basis(kind: Identified, child: Person, rng: Random) -> NeedBasis | None:
    has_plan = CharacteristicKind.IEP in child.traits
    if kind.service_type == "COUNSELING" and has_plan and rng.random() < IEP_ASKS_FOR_COUNSELING:
        return NeedBasis.IEP_SERVICE
    return rng.choice(kind.bases) if rng.random() < _share(kind, child) else None


def _share(kind: Identified, child: Person) -> float:
    if kind.service_type == "INSURANCE_ENROLLMENT":
        return UNINSURED_FOUND if child.insurance is CharacteristicValue.UNINSURED else 0
    return kind.poor if child.poor else kind.otherwise
