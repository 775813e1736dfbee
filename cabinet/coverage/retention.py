"""Who comes back: last year's participants still in the program, those who aged out left out."""

from collections.abc import Hashable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass


@dataclass(frozen=True)
class Retention:
    """Of those who could have stayed, how many did."""

    kept: int
    could_stay: int


def retention(
    last_year: AbstractSet[Hashable], this_year: AbstractSet[Hashable], aged_out: AbstractSet[Hashable]
) -> Retention:
    """Count last year's participants who are there this year; who aged out is in neither number."""
    could_stay = last_year - aged_out
    return Retention(len(could_stay & this_year), len(could_stay))
