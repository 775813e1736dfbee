"""What follows from a pair's probability: linked, shown to a person, or kept apart; and why, in plain words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from cabinet.linkage.comparisons import COMPARISONS
from cabinet.linkage.levels import MISSING
from cabinet.linkage.model import Model
from cabinet.linkage.weights import Floats, Mask, Places, Weights


class Outcome(StrEnum):
    LINK = "LINK"
    REVIEW = "REVIEW"
    SEPARATE = "SEPARATE"


@dataclass(frozen=True)
class Reason:
    """What was found, and how many bits it speaks for one child (above 0) or against it (below 0)."""

    says: str
    bits: float


def _at(places: Places, comparison: str, *levels: str) -> Mask:
    """Return which pairs are at one of these levels."""
    column = next(column for column, each in enumerate(COMPARISONS) if each.name == comparison)
    names = [level.name for level in COMPARISONS[column].levels]
    return np.isin(places[:, column], [names.index(level) for level in levels])


def _could_be_twins(places: Places) -> Mask:
    return _at(places, "given_name", "different") & ~_at(places, "identifiers", "same")


def _differs_in_identifier(places: Places) -> Mask:
    return _at(places, "identifiers", "different")


def _born_on_other_days(places: Places) -> Mask:
    """Return who differ in birth date and in something else too: namesakes, or brother and sister."""
    same_home = (
        _at(places, "address", "same", "near")
        | _at(places, "guardians", "same")
        | _at(places, "phones", "same")
        | _at(places, "identifiers", "same")
    )
    is_named_so = _at(places, "given_name", "exact", "nickname") & _at(places, "family_name", "exact")
    return _at(places, "birth_date", "different") & ~(same_home & is_named_so)


def _middle_names_differ(places: Places) -> Mask:
    agrees = _at(places, "birth_date", "exact", "swapped", "figure") & ~_at(places, "sex", "different")
    return _at(places, "middle_name", "different") & ~agrees


RULES: tuple[tuple[str, Callable[[Places], Mask]], ...] = (
    ("The given names differ: they may be twins, or brothers and sisters.", _could_be_twins),
    ("Their identifiers of the same kind differ.", _differs_in_identifier),
    ("The middle names differ, and sex or birth date is not the same.", _middle_names_differ),
    ("They were born on different days, and not all else is the same.", _born_on_other_days),
)
"""What a person has to look at, however likely it is one child: of two children just this would be true."""


def held_back(places: Places) -> Mask:
    """Return which pairs a rule leaves to a person."""
    return np.asarray(np.any([holds(places) for _, holds in RULES], axis=0), dtype=bool)


def outcomes(model: Model, places: Places, probabilities: Floats) -> list[Outcome]:
    """Return what becomes of each pair."""
    likely, held = probabilities >= model.auto, held_back(places)
    possible = (probabilities >= model.review) | likely
    return [
        (Outcome.REVIEW if held_one else Outcome.LINK)
        if likely_one
        else (Outcome.REVIEW if possible_one else Outcome.SEPARATE)
        for likely_one, possible_one, held_one in zip(likely, possible, held, strict=True)
    ]


def reasons(weights: Weights, places: Sequence[int], rarity: float) -> list[Reason]:
    """Return what was found of a pair, the weightiest first; what is missing is left out."""
    found = [
        Reason(each.levels[place].says, weights.against_strangers[column][place])
        for column, (each, place) in enumerate(zip(COMPARISONS, places, strict=True))
        if each.levels[place].name != MISSING
    ]
    if rarity:
        found.append(Reason("rare names in common" if rarity > 0 else "common names in common", rarity))
    return sorted(found, key=lambda reason: -abs(reason.bits))


def remarks(places: Sequence[int]) -> list[str]:
    """Return the rules that leave this pair to a person."""
    return [says for says, holds in RULES if holds(np.array([places]))[0]]
