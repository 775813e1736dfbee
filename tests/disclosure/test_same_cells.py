"""What is kept from round to round withholds the very cells that working everything out anew does."""

from collections.abc import Mapping, Sequence
from itertools import product
from random import Random
from typing import NamedTuple

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from cabinet.coverage.dimensions import UNKNOWN
from cabinet.coverage.for_whom import ForWhom
from cabinet.coverage.layout import Layout
from cabinet.coverage.overlapping import TOTAL, GroupKey
from cabinet.coverage.protect import ServiceCounts, protect
from cabinet.coverage.slices import protect_together, table_of_slices, with_all_groups
from cabinet.disclosure.narrowing import Bounds
from cabinet.disclosure.numbered import Numbered, Unknown
from cabinet.disclosure.suppress import Sum, Table, suppress, suppressed
from tests.disclosure import by_keys, by_rounds
from tests.disclosure.test_slices import BOTH, FIRST, HIDDEN, ONLY_FIRST, ONLY_SECOND, SECOND, WHOLES, populations
from tests.disclosure.test_suppress import counts

Answer = list[ServiceCounts]
Row = dict[str, int | None]


class Asked(NamedTuple):
    """For whom services are and whether need of them is universal; the groups' shape; whether more is counted."""

    kinds: Sequence[tuple[ForWhom, bool]]
    width: int
    overlap: int | None
    more: bool


few = st.sampled_from((0, 0, 1, 2, 5, 9, 10, 11, 12, 30, 400))


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """Draw sums over sums that overlap as they like, and cells that are implied, fixed, or withheld elsewhere."""
    cells = {f"c{number}": draw(few) for number in range(draw(st.integers(2, 8)))}
    sums = []
    for number in range(draw(st.integers(1, 8))):
        parts = draw(st.lists(st.sampled_from(sorted(cells)), min_size=1, max_size=4, unique=True))
        cells[f"s{number}"] = sum(cells[part] for part in parts)
        sums.append(Sum(f"s{number}", tuple(parts)))
    some = st.frozensets(st.sampled_from(sorted(cells)), max_size=3)
    return Table(cells, sums, implied=draw(some), fixed=draw(some), also=draw(some))


@settings(max_examples=1_000, deadline=None)
@given(tables())
def test_of_any_sums(table: Table) -> None:
    assert suppress(table) == by_rounds.suppress(table)


@settings(max_examples=300, deadline=None)
@given(tables())
def test_narrowing_by_one_sum_after_the_other_ends_where_narrowing_by_all_does(table: Table) -> None:
    numbered = Numbered.of(table)
    unknown = Unknown(numbered, numbered.small | numbered.also).cells
    together, in_turn = Bounds(numbered, unknown), Bounds(numbered, unknown)
    if together.narrow_together():
        in_turn.narrow_in_turn()
        assert (in_turn.low.tolist(), in_turn.high.tolist()) == (together.low.tolist(), together.high.tolist())


def services(chance: Random) -> list[ServiceCounts]:
    """Draw an answer of many services and groups, of which some share whom they are for."""
    groups = [(f"g{number}",) for number in range(chance.randint(2, 25))]
    most = chance.choice((8, 40, 200, 900))
    population = {group: chance.randint(0, most) for group in groups}
    for_whom = [{group: chance.randint(0, number) for group, number in population.items()} for _ in range(3)]
    drawn = []
    for name in range(chance.randint(1, 10)):
        kind, universal = chance.randrange(3), chance.random() < 0.5
        rows = {group: _row(chance, population[group], for_whom[kind][group], universal) for group in groups}
        rows[TOTAL] = {key: sum(row[key] or 0 for row in rows.values()) for key in rows[groups[0]]}
        drawn.append(ServiceCounts(f"S{name}", universal, rows, ForWhom((kind, kind))))
    return drawn


def _row(chance: Random, population: int, eligible: int, universal: bool) -> dict[str, int | None]:  # noqa: FBT001
    in_need = eligible if universal else chance.randint(0, eligible)
    served = chance.randint(0, in_need)
    return counts(population, eligible, in_need, served, chance.randint(0, in_need - served))


def the_same(table: Table, numbered: Numbered) -> bool:
    """Whether a table laid out by number has the cells, sums and marks of one laid out by keys, in its order."""
    keys = {key: number for number, key in enumerate(table.cells)}
    sums = [tuple(keys[key] for key in (each.total, *each.parts)) for each in table.sums]
    columns = [
        (each.numbers[at], tuple(each.cells[:, at])) for each in numbered.sums for at in range(len(each.numbers))
    ]
    marks = [(table.implied, numbered.implied), (table.fixed, numbered.fixed), (table.also, numbered.also)]
    return (
        [*table.cells.values()] == numbered.counts.tolist()
        and sums == [cells for _, cells in sorted(columns)]
        and all([key in some for key in keys] == marked.tolist() for some, marked in marks)
    )


def test_of_answers_of_many_services() -> None:
    chance = Random(39)  # noqa: S311 - the same answers in every run.
    for _ in range(60):
        answer = services(chance)
        table, numbered = by_keys.table_of(answer), Layout(answer).filled(answer)
        assert the_same(table, numbered)
        keys = list(table.cells)
        assert {keys[cell] for cell in np.flatnonzero(suppressed(numbered))} == by_rounds.suppress(table)


RULES = tuple(
    ForWhom(ages, frozenset(grades))
    for ages in (None, (3, 18), (5, 18), (5, 12), (6, 12))
    for grades in ((), ("01",), ("01", "02"))
)
LABELS = (("A", "B", "C", UNKNOWN), ("n1", "n2", "n3"), ("YES", UNKNOWN))


def any_answer(chance: Random, asked: Asked) -> Answer:
    """Draw an answer over some of the groups of up to three dimensions, of which one may overlap."""
    kinds, width, overlap, more = asked
    every = list(product(*LABELS[:width])) if width else []
    groups = sorted(chance.sample(every, chance.randint(0, len(every))))
    population = {key: chance.randint(0, 60) for key in groups or [TOTAL]}
    for_whom = {rule: {key: chance.randint(0, population[key]) for key in population} for rule, _ in kinds}
    rows = [
        {key: _counts(chance, population[key], for_whom[rule][key], universal, more) for key in population}
        for rule, universal in kinds
    ]
    everybody = {key: {"population": population[key]} for key in population}
    if more:
        for key, counts_ in everybody.items():
            each = [row[key]["participants"] for row in rows]
            counts_ |= {"participations": sum(each), "any_participants": chance.randint(max(each), sum(each))}
    named = [("", False, everybody, None)]
    named += [
        (f"S{place}", kind[1], row, kind[0]) for place, (kind, row) in enumerate(zip(kinds, rows, strict=True))
    ]
    return [
        ServiceCounts(code, universal, with_total(by_group, overlap), rule, overlap=overlap)
        for code, universal, by_group, rule in named
    ]


def _counts(chance: Random, population: int, eligible: int, universal: bool, more: bool) -> Row:  # noqa: FBT001
    row = _row(chance, population, eligible, universal)
    if not more:
        return row
    stays = chance.randint(0, population)
    taking_part = {
        "participants": chance.randint(0, population),
        "could_stay": stays,
        "kept": chance.randint(0, stays),
    }
    return {**row, "served_enough": chance.randint(0, row["served"] or 0), **taking_part}


def with_total(rows: Mapping[GroupKey, Row], overlap: int | None) -> dict[GroupKey, Row]:
    """Add the total: where groups overlap, of fewer children than the groups have together."""
    if TOTAL in rows:
        return dict(rows)
    every = [row for key, row in rows.items() if overlap is None or key[overlap] != "B"]
    names = next(iter(rows.values()))
    return {TOTAL: {name: sum(row[name] or 0 for row in every) for name in names}, **rows}


def any_asked(chance: Random) -> Asked:
    kinds = [(chance.choice(RULES), chance.random() < 0.5) for _ in range(chance.randint(1, 6))]
    width = chance.randint(0, 3)
    return Asked(kinds, width, 0 if width and chance.random() < 0.5 else None, chance.random() < 0.5)


@settings(max_examples=150, deadline=None)
@given(st.randoms(use_true_random=False))
def test_answers_of_any_shape_are_laid_out_as_by_keys(chance: Random) -> None:
    answer = any_answer(chance, any_asked(chance))
    table, numbered = by_keys.table_of(answer), Layout(answer).filled(answer)
    assert the_same(table, numbered)
    keys = list(table.cells)
    withheld = {keys[cell] for cell in np.flatnonzero(suppressed(numbered))}
    assert withheld == by_rounds.suppress(table)
    assert withheld == {
        by_keys.key_of(service, group, name)
        for service in protect(answer)
        for group, counts_ in service.groups.items()
        for name, value in counts_.items()
        if value is None
    }


@settings(max_examples=100, deadline=None)
@given(st.randoms(use_true_random=False))
def test_slices_of_one_answer_are_laid_out_as_by_keys(chance: Random) -> None:
    asked = any_asked(chance)
    slices = {name: any_answer(chance, asked) for name in (FIRST, SECOND, BOTH, ONLY_FIRST, ONLY_SECOND)}
    if asked.overlap is not None:
        slices = with_all_groups(slices)
    table, numbered = by_keys.table_of_slices(slices, WHOLES, HIDDEN), table_of_slices(slices, WHOLES, HIDDEN)
    assert the_same(table, numbered)


@settings(max_examples=100, deadline=None)
@given(populations())
def test_of_slices_of_one_answer(drawn: tuple[dict[str, Answer], bool]) -> None:
    slices, _ = drawn
    table, numbered = by_keys.table_of_slices(slices, WHOLES, HIDDEN), table_of_slices(slices, WHOLES, HIDDEN)
    assert the_same(table, numbered)
    keys = list(table.cells)
    withheld = {keys[cell] for cell in np.flatnonzero(suppressed(numbered))}
    assert withheld == by_rounds.suppress(table)
    assert {key for key in withheld if key[0] not in HIDDEN} == {
        (slice_, by_keys.key_of(service, group, name))
        for slice_, services_ in protect_together(slices, WHOLES, HIDDEN).items()
        for service in services_
        for group, counts_ in service.groups.items()
        for name, value in counts_.items()
        if value is None
    }
