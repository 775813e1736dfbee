"""How two birth dates are compared; the numbers are what comparisons.py says of them."""

from cabinet.linkage.features import Features
from cabinet.linkage.levels import MISSING, Comparison, Level, otherwise, same, typos

_YEAR, _MONTH, _DAY = (f"substr(birth_l, {begin}) = substr(birth_r, {begin})" for begin in ("1, 4", "5, 2", "7"))
_TWO_PARTS = f"({_YEAR} AND {_MONTH}) OR ({_YEAR} AND {_DAY}) OR ({_MONTH} AND {_DAY})"


def _birth_parts(birth: str | None) -> tuple[str, str, str]:
    return (birth or "")[:4], (birth or "")[4:6], (birth or "")[6:]


def _shares_two_parts(one: Features, other: Features) -> bool:
    pairs = zip(_birth_parts(one.birth), _birth_parts(other.birth), strict=True)
    return sum(left == right for left, right in pairs) > 1


def _is_one_figure_off(one: Features, other: Features) -> bool:
    return typos(one.birth or "", other.birth or "", 1) <= 1


BIRTH_DATE = Comparison(
    "birth_date",
    (
        Level(
            MISSING,
            "not known of both, or not a child's",
            "birth_l IS NULL OR birth_r IS NULL OR (NOT (is_plausible_l AND is_plausible_r)"
            " AND birth_order_l <> birth_order_r AND damerau_levenshtein(birth_l, birth_r) > 1"
            f" AND NOT ({_TWO_PARTS}))",
            lambda one, other: (
                one.birth is None
                or other.birth is None
                or (
                    not (one.is_plausible and other.is_plausible)
                    and one.birth_order != other.birth_order
                    and not _is_one_figure_off(one, other)
                    and not _shares_two_parts(one, other)
                )
            ),
        ),
        same("exact", "same birth date", "birth", 0.92, 0.0002, sibling=0.012),
        same("swapped", "birth date with day and month swapped", "birth_order", 0.02, 0.0001, sibling=0.0003),
        Level(
            "figure",
            "birth date with one figure off",
            "damerau_levenshtein(birth_l, birth_r) <= 1",
            _is_one_figure_off,
            0.03,
            0.002,
            sibling=0.006,
        ),
        Level(
            "parts",
            "two of year, month and day of birth the same",
            _TWO_PARTS,
            _shares_two_parts,
            0.01,
            0.01,
            sibling=0.03,
        ),
        otherwise("different", "different birth dates", 0.02, 0.987, sibling=0.95),
    ),
)
