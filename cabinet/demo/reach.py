"""How likely a program reaches a child: where the demo's inequities come from."""

from collections.abc import Callable

from cabinet.demo.people import Person
from cabinet.demo.town import Program, Town
from cabinet.tables.terms import CharacteristicKind, CharacteristicValue

LEARNERS_KEPT_OUT, POOR_KEPT_OUT = 0.4, 0.25
"""Share of English learners and of poor children a full barrier keeps out, beside distance."""

OLDER_TEEN, BARELY_VISITING = 15, 2

Insured = dict[CharacteristicValue, float]
WELL_CHILD: Insured = {
    CharacteristicValue.PRIVATE_INSURANCE: 0.86,
    CharacteristicValue.PUBLIC_INSURANCE: 0.75,
    CharacteristicValue.UNINSURED: 0.4,
}
DENTAL: Insured = {
    CharacteristicValue.PRIVATE_INSURANCE: 0.72,
    CharacteristicValue.PUBLIC_INSURANCE: 0.5,
    CharacteristicValue.UNINSURED: 0.2,
}
WELL_CHILD_TEENS, DENTAL_TEENS, DENTAL_TODDLERS = 0.7, 0.68, 0.45


def reach_of(town: Town, program: Program) -> Callable[[Person], float]:
    """Return how likely a child the program is for comes to it, 0 to 1."""
    near = {
        place: (1 - program.barrier * (1 - town.nearness(program, place)))
        * (1 - program.strain * place.poverty)
        * program.share
        for place in town.places
    }
    learner = 1 - program.barrier * LEARNERS_KEPT_OUT
    poor = 1 - program.barrier * POOR_KEPT_OUT

    def reach(child: Person) -> float:
        is_learner = CharacteristicKind.ENGLISH_LEARNER in child.traits
        return near[child.place] * (learner if is_learner else 1) * (poor if child.poor else 1)

    return reach


def yearly_checkup(child: Person) -> float:
    return WELL_CHILD[child.insurance] * (WELL_CHILD_TEENS if child.age >= OLDER_TEEN else 1)


def yearly_dental(child: Person) -> float:
    share = DENTAL[child.insurance]
    if child.age <= BARELY_VISITING:
        return share * DENTAL_TODDLERS
    return share * (DENTAL_TEENS if child.age >= OLDER_TEEN else 1)
