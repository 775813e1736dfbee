"""Seats beside need: the seat gap under a named policy of need, and how full the seats are."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class NeedPolicy(StrEnum):
    """Who is taken to need a seat; which seats that is compared with follows from it.

    All eligible children or all in need are compared with all seats; those not served and those who wait, with
    the seats that are free.
    """

    ALL_ELIGIBLE = "ALL_ELIGIBLE"
    ALL_IN_NEED = "ALL_IN_NEED"
    NOT_SERVED = "NOT_SERVED"
    WAITING = "WAITING"

    @property
    def cell(self) -> str:
        """The count of children it goes by."""
        return {"ALL_ELIGIBLE": "eligible", "ALL_IN_NEED": "in_need", "NOT_SERVED": "gap"}.get(self, "waitlisted")


@dataclass(frozen=True)
class Seats:
    """Seats of a service at a place; None where nobody said how many."""

    available: int | None = None
    maximum: int | None = None
    funded: int | None = None

    def under(self, policy: NeedPolicy) -> int | None:
        """Return the seats that a policy's children are compared with."""
        return self.maximum if policy in (NeedPolicy.ALL_ELIGIBLE, NeedPolicy.ALL_IN_NEED) else self.available

    @property
    def utilization(self) -> float | None:
        """1 - available / maximum; None where either is not known, or there is no seat."""
        if self.available is None or not self.maximum:
            return None
        return 1 - self.available / self.maximum


def add_up(seats: Iterable[Seats]) -> Seats:
    """Add seats of several places; a number that nobody gave for one of them is not known of their sum."""
    every = list(seats)
    return Seats(
        _sum(each.available for each in every),
        _sum(each.maximum for each in every),
        _sum(each.funded for each in every),
    )


def seat_gap(children: int, seats: int) -> int:
    """Return how many seats are missing; below zero, how many are to spare."""
    return children - seats


def _sum(numbers: Iterable[int | None]) -> int | None:
    every = list(numbers)
    known = [number for number in every if number is not None]
    return sum(known) if len(known) == len(every) else None
