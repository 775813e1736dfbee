"""How sure a rate is: Wilson's interval."""

from dataclasses import dataclass
from math import sqrt

_Z = 1.959963984540054
"""The 0.975 quantile of the standard normal distribution: an interval of 95 %."""
_DIGITS = 4


@dataclass(frozen=True)
class Interval:
    """The rates between which the true one lies, 95 times in 100."""

    low: float
    high: float


def wilson(part: int, whole: int) -> Interval | None:
    """Return the 95 % score interval of `part` / `whole`, without continuity correction; None for 0 of 0.

    E. B. Wilson, JASA 22 (1927), 209-212; method 3 of R. G. Newcombe, Statistics in Medicine 17 (1998), 857-872,
    whose examples are 81 of 263 (0.2553 to 0.3662), 15 of 148 (0.0624 to 0.1605) and 0 of 20 (0 to 0.1611).
    """
    if not whole:
        return None
    rate, square = part / whole, _Z * _Z
    middle = (rate + square / (2 * whole)) / (1 + square / whole)
    half = _Z * sqrt(rate * (1 - rate) / whole + square / (4 * whole * whole)) / (1 + square / whole)
    return Interval(round(max(middle - half, 0.0), _DIGITS), round(min(middle + half, 1.0), _DIGITS))
