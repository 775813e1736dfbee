"""Who is eligible for one service and not for another, which nobody asked and two numbers tell."""

from collections import Counter
from itertools import permutations, product
from random import Random

from cabinet.coverage.for_whom import ForWhom
from cabinet.coverage.overlapping import TOTAL
from cabinet.coverage.protect import ServiceCounts, protect
from cabinet.tables.terms import GRADES

SOME_GRADES = (None, *GRADES[:4])
AGES = (None, *range(6))
CHILDREN = tuple(product(SOME_GRADES, AGES))
Answer = list[ServiceCounts]


def any_rule(chance: Random) -> ForWhom:
    ages = sorted(chance.choices(range(6), k=2))
    grades = frozenset(chance.sample(GRADES[:4], chance.choice((0, 0, 1, 2, 4))))
    return ForWhom((ages[0], ages[1]) if chance.random() < 0.8 else None, grades)


def is_for(rule: ForWhom, grade: str | None, age: int | None) -> bool:
    """Decide of one child as the counting does."""
    if rule.grades and grade is not None:
        return grade in rule.grades
    return rule.ages is not None and age is not None and rule.ages[0] <= age <= rule.ages[1]


def chance_of(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - the same rules and children in every run.


def test_a_rule_that_covers_another_is_for_all_of_its_children() -> None:
    chance, covered = chance_of(1), 0
    for _ in range(2_000):
        wide, narrow = any_rule(chance), any_rule(chance)
        covered += wide.covers(narrow) and wide != narrow
        if wide.covers(narrow):
            assert all(is_for(wide, *each) for each in CHILDREN if is_for(narrow, *each))
    assert covered > 100


def any_answer(chance: Random) -> Answer:
    """Draw children by grade, age and neighborhood, and count a few services of them."""
    groups = [(f"g{number}",) for number in range(chance.randint(1, 5))]
    most = chance.choice((3, 10, 30))
    here = {group: Counter({each: chance.randint(0, most) for each in CHILDREN}) for group in groups}
    rules = {any_rule(chance) for _ in range(chance.randint(2, 6))}
    answer = []
    for number, rule in enumerate(sorted(rules, key=repr)):
        rows: dict[tuple[str, ...], dict[str, int | None]] = {}
        for group, children in here.items():
            eligible = sum(count for each, count in children.items() if is_for(rule, *each))
            served = chance.randint(0, eligible)
            counted = {"population": children.total(), "eligible": eligible, "in_need": eligible, "served": served}
            rows[group] = {**counted, "gap": eligible - served}
        total = {name: sum(row[name] or 0 for row in rows.values()) for name in rows[groups[0]]}
        universal = chance.random() < 0.5
        answer.append(ServiceCounts(f"S{number}", universal, {**rows, TOTAL: total}, rule))
    return answer


def between(answer: Answer) -> dict[tuple[ForWhom, ForWhom], dict[tuple[str, ...], int | None]]:
    """Return what is between two services by group, by subtraction and then by what the groups add up to."""
    found: dict[tuple[ForWhom, ForWhom], dict[tuple[str, ...], int | None]] = {}
    for wide, narrow in permutations(answer, 2):
        if not (wide.for_whom and narrow.for_whom and wide.for_whom.covers(narrow.for_whom)):
            continue
        rests: dict[tuple[str, ...], int | None] = {}
        for group, row in wide.groups.items():
            more, fewer = row["eligible"], narrow.groups[group]["eligible"]
            rests[group] = None if more is None or fewer is None else more - fewer
        missing = [group for group, rest in rests.items() if rest is None]
        if len(missing) == 1:
            known = sum(rest or 0 for group, rest in rests.items() if group != TOTAL)
            rests[missing[0]] = known if missing[0] == TOTAL else (rests[TOTAL] or 0) - known
        found[wide.for_whom, narrow.for_whom] = rests
    return found


def test_what_is_between_two_services_is_shown_by_neither_subtraction_nor_what_is_left() -> None:
    chance, told = chance_of(2), 0
    for _ in range(300):
        answer = any_answer(chance)
        told += sum(0 < (rest or 0) <= 10 for rests in between(answer).values() for rest in rests.values())
        for rests in between(protect(answer)).values():
            assert not [rest for rest in rests.values() if rest is not None and 1 <= rest <= 10]
    assert told > 100
