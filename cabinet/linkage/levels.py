"""How two records are compared: each level once as SQL for many pairs, and once in Python for a few.

A comparison is a list of levels, the closest first; a pair is at the first level that holds. The level `MISSING`
says nothing for or against. A test holds that both ways put every pair at the same level.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rapidfuzz.distance import DamerauLevenshtein

from cabinet.linkage.features import Features

MISSING = "missing"
TYPO_LETTERS, TWO_TYPOS_LETTERS = 4, 7
"""Letters a name has at least for one misspelling in it, and for two, to leave it the same name."""


@dataclass(frozen=True)
class Level:
    """`m`: how often it holds of one child's records, `u`: of two children's, until data say better."""

    name: str
    says: str
    sql: str
    holds: Callable[[Features, Features], bool]
    m: float = 0.0
    u: float = 0.0
    frequency: str | None = None
    """Column whose value's frequency counts: to share a rare name says more."""
    sibling: float = 0.0
    """How often it holds of brothers and sisters; 0 where they are as alike as one child's records."""


@dataclass(frozen=True)
class Comparison:
    name: str
    levels: tuple[Level, ...]
    """The level MISSING comes first, one that always holds last."""

    @property
    def is_of_the_child(self) -> bool:
        """Whether siblings differ in it, as they do not in what belongs to the household."""
        return any(level.sibling for level in self.levels)

    def level_of(self, one: Features, other: Features) -> int:
        """Return the place of the first level that holds."""
        for place, level in enumerate(self.levels):
            if level.holds(one, other):
                return place
        raise AssertionError(self.name)


def near(column: str, *, far: bool = False) -> str:
    """Write the SQL of `is_near` or, with `far`, of `is_far`."""
    left, right = f"{column}_l", f"{column}_r"
    longer, distance = f"greatest(length({left}), length({right}))", f"damerau_levenshtein({left}, {right})"
    if far:
        return f"3 * {distance} <= {longer}"
    allowed = f"CASE WHEN {longer} >= {TWO_TYPOS_LETTERS} THEN 2 WHEN {longer} >= {TYPO_LETTERS} THEN 1 ELSE 0 END"
    return f"{distance} <= {allowed}"


def is_near(one: str, other: str) -> bool:
    longer = max(len(one), len(other))
    allowed = 2 if longer >= TWO_TYPOS_LETTERS else 1 if longer >= TYPO_LETTERS else 0
    return typos(one, other, allowed) <= allowed


def is_far(one: str, other: str) -> bool:
    allowed = max(len(one), len(other)) // 3
    return typos(one, other, allowed) <= allowed


def typos(one: str, other: str, most: int) -> int:
    """Return how many letters are wrong, extra, missing or swapped with the next; `most` + 1 if more."""
    return DamerauLevenshtein.distance(one, other, score_cutoff=most)


def share(column: str) -> str:
    return f"list_has_any({column}_l, {column}_r)"


def shares(one: list[str], other: list[str]) -> bool:
    return not set(one).isdisjoint(other)


def same(name: str, says: str, column: str, m: float, u: float, *, by_rarity: bool = False, **of: Any) -> Level:
    def holds(one: Features, other: Features) -> bool:
        return getattr(one, column) == getattr(other, column) is not None  # type: ignore[no-any-return]

    return Level(name, says, f"{column}_l = {column}_r", holds, m, u, column if by_rarity else None, **of)


def missing(column: str) -> Level:
    return Level(
        MISSING,
        "not known of both",
        f"{column}_l IS NULL OR {column}_r IS NULL",
        lambda one, other: getattr(one, column) is None or getattr(other, column) is None,
    )


def shared(name: str, says: str, column: str, m: float, u: float, **of: Any) -> Level:
    return Level(
        name,
        says,
        share(column),
        lambda one, other: shares(getattr(one, column), getattr(other, column)),
        m,
        u,
        **of,
    )


def otherwise(name: str, says: str, m: float, u: float, **of: Any) -> Level:
    return Level(name, says, "ELSE", lambda _one, _other: True, m, u, **of)


def nothing_shared(column: str) -> Level:
    """Missing lists are empty."""
    return Level(
        MISSING,
        "not known of both",
        f"len({column}_l) = 0 OR len({column}_r) = 0",
        lambda one, other: not (getattr(one, column) and getattr(other, column)),
    )
