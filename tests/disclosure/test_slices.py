"""What several populations of one answer, or several days of a series, tell together is not more than is shown.

The attacker here solves every sum at once, by elimination, and is told how the populations overlap.
"""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import product
from typing import TypeVar

from hypothesis import given, settings
from hypothesis import strategies as st

from cabinet.coverage.overlapping import TOTAL
from cabinet.coverage.parts import PARTS
from cabinet.coverage.protect import ServiceCounts
from cabinet.coverage.slices import Whole, protect_alike, protect_together
from tests.disclosure.test_suppress import attack

FIRST, SECOND, BOTH, ONLY_FIRST, ONLY_SECOND = "first", "second", "both", "only first", "only second"
WHOLES = (Whole(FIRST, (BOTH, ONLY_FIRST)), Whole(SECOND, (BOTH, ONLY_SECOND)))
HIDDEN = frozenset({BOTH, ONLY_FIRST, ONLY_SECOND})
STATES = ("outside", "no need", "served", "waiting", "missed")
GROUPS = ("g1", "g2")

Cell = tuple[str, str, tuple[str, ...], str]
K = TypeVar("K")
Counts = dict[str, int | None]


def counts(states: Mapping[str, int]) -> Counts:
    """Count a group from how many children are in each state."""
    gap = states["waiting"] + states["missed"]
    in_need = states["served"] + gap
    return {
        "population": sum(states.values()),
        "eligible": sum(states.values()) - states["outside"],
        "in_need": in_need,
        "served": states["served"],
        "gap": gap,
        "waitlisted": states["waiting"],
    }


def added(*rows: Counts) -> Counts:
    return {name: sum(row[name] or 0 for row in rows) for name in rows[0]}


def service_counts(groups: Mapping[tuple[str, ...], Counts], *, is_universal: bool) -> list[ServiceCounts]:
    groups = {**groups, TOTAL: added(*groups.values())}
    populations = {key: {"population": row["population"]} for key, row in groups.items()}
    return [ServiceCounts("", is_universal=False, groups=populations), ServiceCounts("S", is_universal, groups)]


number = st.sampled_from((0, 0, 1, 3, 8, 11, 14, 30, 60))


@st.composite
def populations(draw: st.DrawFn) -> tuple[dict[str, list[ServiceCounts]], bool]:
    """Draw children of both populations and of either, state by state and group by group."""
    universal = draw(st.booleans())
    parts: dict[str, dict[tuple[str, ...], Counts]] = {}
    for part in (BOTH, ONLY_FIRST, ONLY_SECOND):
        is_empty = part != BOTH and draw(st.booleans())
        parts[part] = {
            (group,): counts(
                {s: 0 if is_empty or (universal and s == "no need") else draw(number) for s in STATES}
            )
            for group in GROUPS
        }
    for whole in WHOLES:
        parts[whole.name] = {(group,): added(*(parts[name][group,] for name in whole.parts)) for group in GROUPS}
    return {name: service_counts(each, is_universal=universal) for name, each in parts.items()}, universal


def cells(slices: Mapping[str, list[ServiceCounts]]) -> dict[Cell, int | None]:
    """Lay the counts out cell by cell, with the rests that are shown nowhere."""
    found: dict[Cell, int | None] = {}
    for name, services in slices.items():
        for key, row in services[1].groups.items():
            found.update({(name, "S", key, measure): value for measure, value in row.items()})
            for whole, (part, rest) in PARTS:
                both = row[whole], row[part]
                known = None if None in both else (both[0] or 0) - (both[1] or 0)
                if rest not in row:
                    found[name, "S", key, rest] = known
    return found


def equations(slices: Mapping[str, list[ServiceCounts]]) -> Iterator[dict[Cell, int]]:
    """Yield every sum that holds, as factors of cells that add up to nothing."""
    measures = {cell[3] for cell in cells(slices)}
    for name, key in product(slices, [TOTAL, *((group,) for group in GROUPS)]):
        for whole, parts in PARTS:
            yield {(name, "S", key, whole): -1, **{(name, "S", key, part): 1 for part in parts}}
    for name, measure in product(slices, sorted(measures)):
        yield {(name, "S", TOTAL, measure): -1, **{(name, "S", (group,), measure): 1 for group in GROUPS}}
    for whole, key, measure in product(WHOLES, [TOTAL, *((g,) for g in GROUPS)], sorted(measures)):
        yield {(whole.name, "S", key, measure): -1, **{(part, "S", key, measure): 1 for part in whole.parts}}


def worked_out(slices: Mapping[str, list[ServiceCounts]], known: Mapping[Cell, int]) -> set[Cell]:
    return worked_out_of(equations(slices), known)


def worked_out_of(sums: Iterable[Mapping[K, int]], known: Mapping[K, int]) -> set[K]:
    """Return the unknown cells of which the sums leave one value only, by Gauss-Jordan elimination."""
    rows: list[dict[K, Fraction]] = []
    for equation in sums:
        row = {cell: Fraction(factor) for cell, factor in equation.items() if cell not in known}
        for pivot_row in rows:
            pivot = next(iter(pivot_row))
            factor = row.get(pivot, Fraction(0))
            row = _less(row, pivot_row, factor) if factor else row
        if not row:
            continue
        pivot = next(iter(row))
        row = {cell: value / row[pivot] for cell, value in row.items()}
        rows = [_less(each, row, each.get(pivot, Fraction(0))) for each in rows]
        rows.append(row)
    return {next(iter(row)) for row in rows if len(row) == 1}


def _less(row: dict[K, Fraction], other: dict[K, Fraction], factor: Fraction) -> dict[K, Fraction]:
    """Take a multiple of another row away; the first cell of a row stays its pivot."""
    if not factor:
        return row
    new = {c: row.get(c, Fraction(0)) - factor * other.get(c, Fraction(0)) for c in {**row, **other}}
    return {cell: value for cell, value in new.items() if value}


@settings(max_examples=150, deadline=None)
@given(populations())
def test_no_small_count_of_a_comparison_can_be_worked_out(
    drawn: tuple[dict[str, list[ServiceCounts]], bool],
) -> None:
    slices, universal = drawn
    truth = cells(slices)
    shown = protect_together(slices, WHOLES, HIDDEN)
    known = {cell: value for cell, value in cells(shown).items() if value is not None}
    assert all(truth[cell] == value for cell, value in known.items())
    # Whom universal need leaves out is nobody, and so is who is in a part that is empty by its own definition.
    known |= {cell: 0 for cell in truth if universal and cell[3] == "not_in_need"}
    known |= {cell: 0 for cell, value in truth.items() if cell[0] in HIDDEN and not value}
    for cell in worked_out(slices, known):
        assert not 1 <= (truth[cell] or 0) <= 10, cell


@settings(max_examples=150, deadline=None)
@given(st.lists(populations(), min_size=1, max_size=4))
def test_what_is_withheld_on_one_day_is_withheld_on_all(
    drawn: list[tuple[dict[str, list[ServiceCounts]], bool]],
) -> None:
    days = {f"day {day}": slices[FIRST] for day, (slices, _) in enumerate(drawn)}
    for day, services in days.items():
        if len(days) > 1 and day == "day 0":
            # Nobody of a group is there on the first day, and its row is missing.
            lone = {key: row for key, row in services[1].groups.items() if key == ("g1",)}
            days[day] = service_counts(lone, is_universal=services[1].is_universal)
    shown = protect_alike(days)
    gone = [
        {
            (service.service, key, name)
            for service in services
            for key, row in service.groups.items()
            for name, value in row.items()
            if value is None
        }
        for services in shown.values()
    ]
    assert all(each == gone[0] for each in gone)
    for services in shown.values():
        # What one and the same day tells by itself is tested in test_suppress; here that it is asked at all.
        assert not [value for value in attack(list(services)).values() if 1 <= value <= 10]
    assert all(
        value in (None, days[day][position].groups.get(key, dict.fromkeys(row, 0))[name])
        for day, services in shown.items()
        for position, service in enumerate(services)
        for key, row in service.groups.items()
        for name, value in row.items()
    )


def test_third_graders_beside_a_grade_of_three_more() -> None:
    groups = {("g1",): counts({**dict.fromkeys(STATES, 0), "served": 40, "missed": 30})}
    more = {("g1",): counts({**dict.fromkeys(STATES, 0), "served": 2, "missed": 1})}
    none = {("g1",): counts(dict.fromkeys(STATES, 0))}
    slices = {
        FIRST: service_counts(groups, is_universal=True),
        SECOND: service_counts({("g1",): added(groups["g1",], more["g1",])}, is_universal=True),
        BOTH: service_counts(groups, is_universal=True),
        ONLY_FIRST: service_counts(none, is_universal=True),
        ONLY_SECOND: service_counts(more, is_universal=True),
    }
    shown = protect_together(slices, WHOLES, HIDDEN)
    first, second = (shown[name][1].groups[TOTAL] for name in (FIRST, SECOND))
    assert all(first[name] is None or second[name] is None for name in ("population", "served", "gap"))
