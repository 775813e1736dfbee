"""How the names of two records are compared; the numbers are what comparisons.py says of them."""

from cabinet.linkage.features import Features
from cabinet.linkage.levels import (
    MISSING,
    Comparison,
    Level,
    is_far,
    is_near,
    missing,
    near,
    otherwise,
    same,
    share,
    shared,
    shares,
)


def _is_swapped(one: Features, other: Features) -> bool:
    return one.given is not None and one.given == other.family and one.family == other.given is not None


def _begins(one: Features, other: Features) -> bool:
    shorter, longer = sorted((one.given or "", other.given or ""), key=len)
    return longer.startswith(shorter) or shares(one.given_parts, other.given_parts)


SWAPPED = "given_l = family_r AND family_l = given_r"

GIVEN_NAME = Comparison(
    "given_name",
    (
        missing("given"),
        same("exact", "same given name", "given", 0.88, 0.004, by_rarity=True, sibling=0.002),
        Level("swapped", "given and family name swapped", SWAPPED, _is_swapped, 0.003, 0.00001, sibling=0.0001),
        shared("nickname", "given names known for each other", "given_roots", 0.03, 0.003, sibling=0.004),
        Level(
            "near",
            "given name spelled a little differently",
            near("given"),
            lambda one, other: is_near(one.given or "", other.given or ""),
            0.04,
            0.003,
            sibling=0.01,
        ),
        Level(
            "part",
            "one given name is part of the other",
            f"starts_with(given_l, given_r) OR starts_with(given_r, given_l) OR {share('given_parts')}",
            _begins,
            0.015,
            0.003,
            sibling=0.008,
        ),
        Level(
            "far",
            "given names alike in most letters",
            near("given", far=True),
            lambda one, other: is_far(one.given or "", other.given or ""),
            0.012,
            0.01,
            sibling=0.02,
        ),
        otherwise("different", "different given names", 0.02, 0.97, sibling=0.955),
    ),
)

FAMILY_NAME = Comparison(
    "family_name",
    (
        Level(
            MISSING,
            "not known of both, or swapped with the given name",
            f"family_l IS NULL OR family_r IS NULL OR coalesce({SWAPPED}, false)",
            lambda one, other: one.family is None or other.family is None or _is_swapped(one, other),
        ),
        same("exact", "same family name", "family", 0.93, 0.004, by_rarity=True),
        shared("part", "a family name in common", "family_parts", 0.025, 0.002),
        Level(
            "near",
            "family name spelled a little differently",
            near("family"),
            lambda one, other: is_near(one.family or "", other.family or ""),
            0.025,
            0.001,
        ),
        Level(
            "far",
            "family names alike in most letters",
            near("family", far=True),
            lambda one, other: is_far(one.family or "", other.family or ""),
            0.005,
            0.01,
        ),
        otherwise("different", "different family names", 0.015, 0.983),
    ),
)

MIDDLE_NAME = Comparison(
    "middle_name",
    (
        missing("middle"),
        Level(
            "initial",
            "same middle initial",
            "substr(middle_l, 1, 1) = substr(middle_r, 1, 1)",
            lambda one, other: (one.middle or "")[:1] == (other.middle or "")[:1],
            0.93,
            0.08,
            sibling=0.08,
        ),
        otherwise("different", "different middle initials", 0.07, 0.92, sibling=0.92),
    ),
)
