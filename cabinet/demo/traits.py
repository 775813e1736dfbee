"""Which characteristics a child has: more of most of them where a household is poor."""

from random import Random

from cabinet.demo.households import Household
from cabinet.sectors.education import K_TO_12
from cabinet.tables.terms import CharacteristicKind, Sex

Kind = CharacteristicKind

SHARES: dict[Kind, tuple[float, float]] = {
    Kind.IEP: (0.11, 0.17),
    Kind.SECTION_504: (0.06, 0.03),
    Kind.ECONOMICALLY_DISADVANTAGED: (0.03, 0.94),
    Kind.HOMELESS: (0.002, 0.05),
    Kind.FOSTER_CARE: (0.004, 0.013),
    Kind.MIGRANT: (0.0, 0.006),
    Kind.MILITARY_CONNECTED: (0.014, 0.01),
    Kind.CHRONICALLY_ABSENT: (0.07, 0.2),
}
"""Share of children with each characteristic, in households that are not poor and in those that are."""

BOYS_WITH_IEP = 1.35
TEENS_ABSENT = 1.5
LEARNING_IN_KINDERGARTEN, LEARNING_LESS_A_GRADE = 0.85, 0.05
FIRST_TEEN_STEP = K_TO_12.index("08")


def traits_of(household: Household, grade: str | None, sex: Sex, rng: Random) -> frozenset[Kind]:
    step = K_TO_12.index(grade) if grade in K_TO_12 else 0
    found = {kind for kind in SHARES if rng.random() < _share(kind, household, step, sex)}
    learning = LEARNING_IN_KINDERGARTEN - LEARNING_LESS_A_GRADE * step
    if household.other_language and rng.random() < learning:
        found.add(Kind.ENGLISH_LEARNER)
    if Kind.IEP in found:
        # A plan under IDEA covers what Section 504 would.
        found.discard(Kind.SECTION_504)
    return frozenset(found)


def _share(kind: Kind, household: Household, step: int, sex: Sex) -> float:
    share = SHARES[kind][household.poor]
    if kind is Kind.IEP and sex is Sex.MALE:
        return share * BOYS_WITH_IEP
    if kind is Kind.CHRONICALLY_ABSENT and step >= FIRST_TEEN_STEP:
        return share * TEENS_ABSENT
    return share
