"""How alike the children of one household are, counted where it can be seen: among one source's own records."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from cabinet.linkage.birth_comparison import BIRTH_DATE
from cabinet.linkage.comparisons import ADDRESS, COMPARISONS, GUARDIANS, PHONES
from cabinet.linkage.features import Features
from cabinet.linkage.levels import Comparison
from cabinet.linkage.model import Belief
from cabinet.linkage.name_comparisons import FAMILY_NAME, GIVEN_NAME

HOUSEHOLD = 12
"""Records of one address or telephone that may be a household; more are a shelter or a block of flats."""

JUDGED = 20
"""Pairs of siblings that what is believed beforehand counts for."""

SAME_CHILD = ("exact", "swapped", "nickname", "near")
SAME_BIRTH = ("exact", "swapped")


def sibling_pairs(source: Sequence[Features]) -> Iterator[tuple[Features, Features]]:
    """Yield the pairs of a source's records that are of two children of one household.

    A source holds a child once, and where it does not, name and birth date give it away.
    """
    homes: defaultdict[str, list[int]] = defaultdict(list)
    for place, each in enumerate(source):
        for key in each.keys:
            if key.startswith(("place ", "phone ")):
                homes[key].append(place)
    pairs = {pair for home in homes.values() if len(home) <= HOUSEHOLD for pair in combinations(home, 2)}
    for first, second in sorted(pairs):
        if _are_siblings(source[first], source[second]):
            yield source[first], source[second]


def _are_siblings(one: Features, other: Features) -> bool:
    lives_together = "same" in (_at(ADDRESS, one, other), _at(PHONES, one, other), _at(GUARDIANS, one, other))
    is_related = _at(FAMILY_NAME, one, other) in ("exact", "part", "near")
    is_twice = _at(GIVEN_NAME, one, other) in SAME_CHILD and _at(BIRTH_DATE, one, other) in SAME_BIRTH
    return lives_together and is_related and not is_twice


def _at(comparison: Comparison, one: Features, other: Features) -> str:
    return comparison.levels[comparison.level_of(one, other)].name


def count_siblings(
    sources: Sequence[Sequence[Features]], believed: Mapping[str, Mapping[str, Belief]]
) -> tuple[dict[str, dict[str, Belief]], float | None]:
    """Return the beliefs with what siblings share, and siblings a child; None where no source can tell."""
    pairs = [pair for source in sources for pair in sibling_pairs(source)]
    found = {
        each.name: _counted(each, believed[each.name], pairs)
        if each.is_of_the_child
        else {name: Belief(of.m, of.u, of.m) for name, of in believed[each.name].items()}
        for each in COMPARISONS
    }
    housed = sum(
        any(key.startswith(("place ", "phone ")) for key in each.keys) for source in sources for each in source
    )
    return found, (2 * len(pairs) + 1) / housed if housed else None


def _counted(
    comparison: Comparison, believed: Mapping[str, Belief], pairs: Sequence[tuple[Features, Features]]
) -> dict[str, Belief]:
    counted = Counter(_at(comparison, *pair) for pair in pairs)
    total = sum(counted[name] for name in believed)
    return {
        name: Belief(of.m, of.u, (counted[name] + JUDGED * of.sibling) / (total + JUDGED))
        for name, of in believed.items()
    }
