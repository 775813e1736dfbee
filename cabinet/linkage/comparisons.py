"""What is compared about two records, and what is believed of each level until a community's own data say better.

The numbers are judgement and fitted to no file; training replaces those that a community's records show.
"""

from cabinet.linkage.birth_comparison import BIRTH_DATE
from cabinet.linkage.features import Features
from cabinet.linkage.levels import (
    MISSING,
    Comparison,
    Level,
    is_far,
    missing,
    near,
    nothing_shared,
    otherwise,
    same,
    share,
    shared,
    shares,
    typos,
)
from cabinet.linkage.name_comparisons import FAMILY_NAME, GIVEN_NAME, MIDDLE_NAME

SEX = Comparison(
    "sex",
    (
        missing("sex"),
        same("same", "same sex", "sex", 0.985, 0.5, sibling=0.5),
        otherwise("different", "different sex", 0.015, 0.5, sibling=0.5),
    ),
)

_UNIT_AGREES = "coalesce(unit_l = unit_r, true)"


def _lives_at(one: Features, other: Features) -> bool:
    same_house = one.street == other.street and one.number == other.number is not None
    return same_house and (one.unit is None or other.unit is None or one.unit == other.unit)


def _lives_near(one: Features, other: Features) -> bool:
    if one.number is not None and one.number == other.number:
        return is_far(one.street or "", other.street or "")
    is_known = one.number is not None and other.number is not None
    return one.street == other.street and (not is_known or typos(one.number or "", other.number or "", 1) <= 1)


ADDRESS = Comparison(
    "address",
    (
        missing("street"),
        Level(
            "same",
            "same address",
            f"street_l = street_r AND number_l = number_r AND {_UNIT_AGREES}",
            _lives_at,
            0.72,
            0.0002,
        ),
        Level(
            "near",
            "almost the same address",
            f"(number_l = number_r AND {near('street', far=True)}) OR (street_l = street_r"
            " AND coalesce(damerau_levenshtein(number_l, number_r) <= 1, true))",
            _lives_near,
            0.1,
            0.0003,
        ),
        same("street", "same street", "street", 0.02, 0.003),
        same("postal", "same postal code", "postal_code", 0.06, 0.1),
        otherwise("different", "different addresses", 0.1, 0.8965),
    ),
)

GUARDIANS = Comparison(
    "guardians",
    (
        nothing_shared("guardians"),
        shared("same", "a guardian of the same name", "guardians", 0.8, 0.0002),
        otherwise("different", "different guardians", 0.2, 0.9998),
    ),
)

PHONES = Comparison(
    "phones",
    (
        nothing_shared("phones"),
        shared("same", "same telephone number", "phones", 0.7, 0.0001),
        otherwise("different", "different telephone numbers", 0.3, 0.9999),
    ),
)

IDENTIFIERS = Comparison(
    "identifiers",
    (
        Level(
            MISSING,
            "no identifier of the same kind",
            f"NOT {share('systems')}",
            lambda one, other: not shares(one.systems, other.systems),
        ),
        Level(
            "different",
            "different identifiers of the same kind",
            "len(list_intersect(systems_l, systems_r)) > len(list_intersect(ids_l, ids_r))",
            lambda one, other: len({*one.systems} & {*other.systems}) > len({*one.ids} & {*other.ids}),
            0.02,
            0.99999,
            sibling=0.9999,
        ),
        otherwise("same", "same identifier", 0.98, 0.00001, sibling=0.0001),
    ),
)

COMPARISONS = (
    GIVEN_NAME,
    FAMILY_NAME,
    MIDDLE_NAME,
    BIRTH_DATE,
    SEX,
    ADDRESS,
    GUARDIANS,
    PHONES,
    IDENTIFIERS,
)
