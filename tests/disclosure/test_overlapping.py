"""Groups that overlap tell no small count of each other, nor of who is outside one or in several.

The attacker solves all sums at once, combination by combination, and fills in what is nobody.
"""

from collections.abc import Iterator, Mapping
from itertools import chain, combinations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cabinet.coverage.overlapping import TOTAL
from cabinet.coverage.parts import PARTS
from cabinet.coverage.protect import ServiceCounts, protect
from cabinet.coverage.slices import protect_together
from tests.disclosure.test_slices import (
    BOTH,
    HIDDEN,
    ONLY_FIRST,
    ONLY_SECOND,
    STATES,
    WHOLES,
    Counts,
    added,
    counts,
    number,
    worked_out_of,
)

RACES = ("A", "B", "C")
COMBINATIONS = tuple(chain.from_iterable(combinations(RACES, size) for size in (1, 2, 3)))
NOBODY = counts(dict.fromkeys(STATES, 0))

Combined = Mapping[tuple[str, ...], Counts]
Cell = tuple[tuple[str, ...], str]


def answer(combined: Combined, *, is_universal: bool) -> list[ServiceCounts]:
    """Return the counts of each race alone or in combination, where anybody is of it."""
    groups = {(race,): added(NOBODY, *(row for key, row in combined.items() if race in key)) for race in RACES}
    groups |= {("UNKNOWN",): combined["UNKNOWN",]}
    groups = {key: row for key, row in groups.items() if row["population"]}
    groups[TOTAL] = added(NOBODY, *combined.values())
    populations = {key: {"population": row["population"]} for key, row in groups.items()}
    return [
        ServiceCounts("", is_universal=False, groups=populations, overlap=0),
        ServiceCounts("S", is_universal, groups, overlap=0),
    ]


@st.composite
def children(draw: st.DrawFn) -> tuple[Combined, bool]:
    """Draw the children of each combination, of which many have nobody."""
    universal = draw(st.booleans())
    keys = (*COMBINATIONS, ("UNKNOWN",))
    rare = draw(st.sampled_from((0, 1, 3)))

    def row() -> Counts:
        if draw(st.integers(0, 3)) < rare:
            return NOBODY
        return counts({state: 0 if universal and state == "no need" else draw(number) for state in STATES})

    return {key: row() for key in keys}, universal


def equations(combined: Combined) -> Iterator[dict[Cell, int]]:
    """Yield what every reader knows of the numbers: groups and totals are made of combinations."""
    names = [*NOBODY, *(rest for _, (_, rest) in PARTS if rest not in NOBODY)]
    groups = [(f"in {race}",) for race in RACES]
    for key in (*combined, *groups, TOTAL, ("excess",), *((f"not {race}",) for race in RACES)):
        for whole, parts in PARTS:
            yield {(key, whole): -1, **{(key, part): 1 for part in parts}}
    for name in names:
        yield {(TOTAL, name): -1, **{(key, name): 1 for key in combined}}
        yield {(("excess",), name): -1, **{(key, name): len(key) - 1 for key in combined if len(key) > 1}}
        for race in RACES:
            yield {((f"in {race}",), name): -1, **{(key, name): 1 for key in combined if race in key}}
            yield {((f"not {race}",), name): -1, **{(key, name): 1 for key in combined if race not in key}}


def truth_of(combined: Combined) -> dict[Cell, int]:
    """Return the true number of every cell in the equations."""
    rows: dict[tuple[str, ...], Counts] = {**combined, TOTAL: added(NOBODY, *combined.values())}
    for race in RACES:
        rows[f"in {race}",] = added(NOBODY, *(row for key, row in combined.items() if race in key))
        rows[f"not {race}",] = added(NOBODY, *(row for key, row in combined.items() if race not in key))
    excess = {name: sum((len(key) - 1) * (row[name] or 0) for key, row in combined.items()) for name in NOBODY}
    found = {}
    for key, row in {**rows, ("excess",): excess}.items():
        with_rests = {name: value or 0 for name, value in row.items()}
        for whole, (part, rest) in PARTS:
            with_rests.setdefault(rest, with_rests[whole] - with_rests[part])
        found.update({(key, name): value for name, value in with_rests.items()})
    return found


def told(shown: list[ServiceCounts], truth: Mapping[Cell, int], *, is_universal: bool) -> dict[Cell, int]:
    """Return what is shown, and whom that leaves out: a shown zero is nobody of any combination."""
    names = {(race,): (f"in {race}",) for race in RACES}
    known = {
        (names.get(key, key), name): value
        for service in shown
        for key, row in service.groups.items()
        for name, value in row.items()
        if value is not None
    }
    absent = [(f"in {race}",) for race in RACES if (race,) not in shown[1].groups]
    known |= {(key, name): 0 for key in absent for _, name in truth if not truth[key, name]}
    empty = {(key, name) for key, name in known if not known[key, name]}
    known |= {
        (key, name): 0
        for key, name in truth
        if any(((f"in {race}",), name) in empty for race in key) or (TOTAL, name) in empty
    }
    if ("UNKNOWN",) not in shown[1].groups:
        known |= {(key, name): 0 for key, name in truth if key == ("UNKNOWN",)}
    return known | {cell: 0 for cell in truth if is_universal and cell[1] == "not_in_need"}


@settings(max_examples=300, deadline=None)
@given(children())
def test_no_small_count_of_any_combination_can_be_worked_out(drawn: tuple[Combined, bool]) -> None:
    combined, universal = drawn
    shown, truth = protect(answer(combined, is_universal=universal)), truth_of(combined)
    known = told(shown, truth, is_universal=universal)
    assert all(truth[cell] == value for cell, value in known.items())
    for cell in worked_out_of(equations(combined), known):
        assert not 1 <= truth[cell] <= 10, cell


@settings(max_examples=300, deadline=None)
@given(children())
def test_who_knows_how_many_are_in_several_learns_no_small_group(drawn: tuple[Combined, bool]) -> None:
    """As the number of multiracial children is in the answer to the same question in another tabulation."""
    combined, universal = drawn
    shown, truth = protect(answer(combined, is_universal=universal)), truth_of(combined)
    known = told(shown, truth, is_universal=universal)
    known |= {cell: value for cell, value in truth.items() if cell[0] == ("excess",)}
    groups = {*((f"in {race}",) for race in RACES), TOTAL, ("UNKNOWN",)}
    for key, name in worked_out_of(equations(combined), known):
        assert key not in groups or not 1 <= truth[key, name] <= 10, (key, name)


def within(name: str, sums: Iterator[dict[Cell, int]]) -> Iterator[dict[tuple[str, Cell], int]]:
    return ({(name, cell): factor for cell, factor in each.items()} for each in sums)


@settings(max_examples=100, deadline=None)
@given(st.tuples(children(), children(), children()))
def test_no_small_count_of_a_comparison_can_be_worked_out_either(drawn: tuple[tuple[Combined, bool], ...]) -> None:
    universal = all(each for _, each in drawn)
    parts = dict(zip((BOTH, ONLY_FIRST, ONLY_SECOND), (combined for combined, _ in drawn), strict=True))
    wholes = {
        whole.name: {key: added(*(parts[part][key] for part in whole.parts)) for key in parts[BOTH]}
        for whole in WHOLES
    }
    every = {**wholes, **parts}
    slices = {name: answer(combined, is_universal=universal) for name, combined in every.items()}
    shown = protect_together(slices, WHOLES, HIDDEN)
    truth = {(name, cell): value for name, combined in every.items() for cell, value in truth_of(combined).items()}
    known = {
        (name, cell): value
        for name in wholes
        for cell, value in told(shown[name], truth_of(every[name]), is_universal=universal).items()
    }
    # Of a part, that there is nobody of a group may be known; of a combination nothing is.
    groups = {*((f"in {race}",) for race in RACES), TOTAL, ("UNKNOWN",)}
    known |= {
        (name, cell): value
        for (name, cell), value in truth.items()
        if name in HIDDEN and cell[0] in groups and not value
    }
    sums = [each for name, combined in every.items() for each in within(name, equations(combined))]
    sums += [
        {(whole.name, cell): -1, **{(part, cell): 1 for part in whole.parts}}
        for whole in WHOLES
        for cell in truth_of(every[whole.name])
    ]
    assert all(truth[cell] == value for cell, value in known.items())
    for cell in worked_out_of(sums, known):
        assert not 1 <= truth[cell] <= 10, cell


def row(served: int) -> Counts:
    return counts({**dict.fromkeys(STATES, 0), "served": served})


def test_the_few_who_are_of_two_do_not_follow_from_the_groups_and_the_total() -> None:
    combined = dict.fromkeys((*COMBINATIONS, ("UNKNOWN",)), NOBODY)
    combined |= {("A",): row(96), ("B",): row(196), ("A", "B"): row(4)}
    groups = protect(answer(combined, is_universal=True))[1].groups
    # 100 + 200 less 296 would be the four.
    assert None in (groups["A",]["served"], groups["B",]["served"], groups[TOTAL]["served"])


def test_the_few_outside_a_group_do_not_follow_either() -> None:
    combined = dict.fromkeys((*COMBINATIONS, ("UNKNOWN",)), NOBODY)
    combined |= {("A",): row(80), ("A", "B"): row(40), ("C",): row(3), ("B", "C"): row(4)}
    groups = protect(answer(combined, is_universal=True))[1].groups
    assert None in (groups["A",]["served"], groups[TOTAL]["served"])


@pytest.mark.parametrize("seed", range(3))
def test_large_groups_are_shown_whole(seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - nothing here is a secret.
    combined = {key: row(chance.randint(20, 90)) for key in (*COMBINATIONS, ("UNKNOWN",))}
    shown = protect(answer(combined, is_universal=True))
    assert all(
        value is not None for service in shown for each in service.groups.values() for value in each.values()
    )
