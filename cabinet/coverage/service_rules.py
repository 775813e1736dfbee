"""What a service type says: for whom it is, how need of it is known, what is served, and what is enough."""

from collections.abc import Mapping
from typing import Any

from cabinet.errors import InputInvalid
from cabinet.tables.terms import GRADES, NeedRule

RULES = (
    *("name", "min_age", "max_age", "grades", "need_rule", "need_characteristics"),
    *("recency_months", "dosage_days"),
)
OLDEST, LONGEST_RECENCY, DAYS_A_YEAR = 26, 120, 366


def check(rules: Mapping[str, Any]) -> None:
    """Raise InputInvalid for rules nobody can count by; the message names the rule."""
    if not (rules["name"] or "").strip():
        raise InputInvalid("A service type has a name.")
    if rules["need_rule"] is None:
        raise InputInvalid(f"A service type says how need is known: {', '.join(NeedRule)}.")
    _check_ages(rules["min_age"], rules["max_age"])
    unknown = [grade for grade in rules["grades"] if grade not in GRADES]
    if unknown:
        raise InputInvalid(f"{unknown[0]!r} is no CEDS grade level.", hint=f"One of {', '.join(GRADES)}.")
    if (rules["need_rule"] == NeedRule.BY_RULE) != bool(rules["need_characteristics"]):
        raise InputInvalid(
            "needCharacteristics go with the need rule BY_RULE, and with no other.",
            hint="Name the characteristics of which any is a need, or none.",
        )
    _check_number("recencyMonths", rules["recency_months"], LONGEST_RECENCY)
    _check_number("dosageDays", rules["dosage_days"], DAYS_A_YEAR)


def _check_ages(youngest: int | None, oldest: int | None) -> None:
    if youngest is None or oldest is None or not 0 <= youngest <= oldest <= OLDEST:
        raise InputInvalid(f"Ages are from minAge to maxAge, completed years between 0 and {OLDEST}.")


def _check_number(name: str, value: int | None, most: int) -> None:
    if value is not None and not 1 <= value <= most:
        raise InputInvalid(f"{name} takes 1 to {most}, or null for none.")
