"""No small count is shown, and none can be worked out from what is shown."""

from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st

from cabinet.coverage.overlapping import TOTAL
from cabinet.coverage.parts import PARTS
from cabinet.coverage.protect import ServiceCounts, protect
from cabinet.disclosure.suppress import Sum, Table, suppress

Equation = tuple[tuple[str, ...], list[tuple[str, ...]]]


def test_small_counts_and_one_more_are_withheld() -> None:
    cells = {"all": 100, "a": 4, "b": 60, "c": 36}
    table = Table(cells, [Sum("all", ("a", "b", "c"))])
    assert suppress(table) == {"a", "c"}


def test_zero_and_eleven_are_shown() -> None:
    table = Table({"all": 61, "a": 0, "b": 11, "c": 50}, [Sum("all", ("a", "b", "c"))])
    assert suppress(table) == frozenset()


def test_two_small_counts_do_not_protect_each_other_if_their_sum_is_small() -> None:
    table = Table({"all": 105, "a": 2, "b": 3, "c": 100}, [Sum("all", ("a", "b", "c"))])
    assert suppress(table) == {"a", "b", "c"}


def counts(population: int, eligible: int, in_need: int, served: int, waitlisted: int) -> dict[str, int | None]:
    return {
        "population": population,
        "eligible": eligible,
        "in_need": in_need,
        "served": served,
        "gap": in_need - served,
        "waitlisted": waitlisted,
    }


def test_a_small_rest_protects_itself_by_what_it_follows_from() -> None:
    # 197 of 200 eligible: the three who are not would be a subtraction away.
    service = ServiceCounts("S", is_universal=True, groups={TOTAL: counts(200, 197, 197, 100, 0)})
    shown = protect([service])[0].groups[TOTAL]
    assert shown["population"] is None or shown["eligible"] is None


small = st.integers(0, 40)


@st.composite
def services(draw: st.DrawFn) -> list[ServiceCounts]:
    """Draw a consistent answer: groups that add up, parts that fit, one population for all services."""
    groups = [(f"g{n}",) for n in range(draw(st.integers(0, 5)))] or [TOTAL]
    population = {group: draw(small) for group in groups}
    drawn = []
    for name in ("S", "T")[: draw(st.integers(1, 2))]:
        universal = draw(st.booleans())
        table: dict[tuple[str, ...], dict[str, int | None]] = {}
        for group in groups:
            eligible = draw(st.integers(0, population[group]))
            in_need = eligible if universal else draw(st.integers(0, eligible))
            served = draw(st.integers(0, in_need))
            waiting = draw(st.integers(0, in_need - served))
            table[group] = counts(population[group], eligible, in_need, served, waiting)
        if groups != [TOTAL]:
            table[TOTAL] = {key: sum(row[key] or 0 for row in table.values()) for key in table[groups[0]]}
        drawn.append(ServiceCounts(name, universal, table))
    return drawn


def equations(answer: Iterable[ServiceCounts]) -> list[Equation]:
    """Write down every sum a reader knows to hold, the rests that are never shown included."""
    found: list[Equation] = []
    for service in answer:

        def cell(group: tuple[str, ...], name: str, of: str = service.service) -> tuple[str, ...]:
            return ("", *group, name) if name == "population" else (of, *group, name)

        parted = [group for group in service.groups if group != TOTAL]
        names = [*service.groups[TOTAL], *(rest for _, (_, rest) in PARTS)]
        found += [(cell(TOTAL, name), [cell(g, name) for g in parted]) for name in names if parted]
        for group in service.groups:
            found += [(cell(group, whole), [cell(group, part) for part in parts]) for whole, parts in PARTS]
    return found


def attack(answer: list[ServiceCounts]) -> dict[tuple[str, ...], int]:
    """Fill in whatever follows from the shown numbers, as a patient reader with a pencil would."""
    known: dict[tuple[str, ...], int] = {}
    for service in answer:
        for group, row in service.groups.items():
            for name, value in row.items():
                if value is not None:
                    known[("", *group, name) if name == "population" else (service.service, *group, name)] = value
            if service.is_universal:
                known[service.service, *group, "not_in_need"] = 0
    before = -1
    while before != len(known):
        before = len(known)
        for total, parts in equations(answer):
            missing = [key for key in (total, *parts) if key not in known]
            if len(missing) == 1:
                rest = sum(known[key] for key in parts if key in known)
                known[missing[0]] = rest if missing[0] == total else known[total] - rest
    return known


@settings(max_examples=400, deadline=None)
@given(services())
def test_no_small_count_can_be_worked_out(answer: list[ServiceCounts]) -> None:
    known = attack(protect(answer))
    assert not {key: value for key, value in known.items() if 1 <= value <= 10}


@settings(max_examples=400, deadline=None)
@given(services())
def test_no_withheld_count_can_be_worked_out_nor_a_small_sum_of_them(answer: list[ServiceCounts]) -> None:
    shown = protect(answer)
    known, truth = attack(shown), attack(answer)
    for service in shown:
        for group, row in service.groups.items():
            of = {
                name: ("", *group, name) if name == "population" else (service.service, *group, name)
                for name in row
            }
            # A zero that was withheld for nothing may follow; it tells of no child.
            assert not [name for name, value in row.items() if value is None and known.get(of[name])]
    for total, parts in equations(shown):
        unknown = [part for part in parts if part not in known]
        assert total not in known or not 1 <= sum(truth[part] for part in unknown) <= 10


def test_what_protects_a_small_count_does_not_follow_from_its_neighbours() -> None:
    needs = {("g1",): (214, 213), ("g2",): (169, 168), ("g3",): (800, 587), ("g4",): (450, 301)}
    groups = {group: counts(need, need, need, served, 0) for group, (need, served) in needs.items()}
    groups[TOTAL] = {key: sum(row[key] or 0 for row in groups.values()) for key in groups["g1",]}
    shown = protect([ServiceCounts("S", is_universal=True, groups=groups)])
    known = attack(shown)
    gaps = [("S", group, "gap") for group in ("g1", "g2")]
    assert not [gap for gap in gaps if gap in known]
    assert ("S", "g3", "gap") not in known or ("S", "g4", "gap") not in known


@settings(max_examples=400, deadline=None)
@given(services())
def test_what_is_shown_is_true(answer: list[ServiceCounts]) -> None:
    for original, shown in zip(answer, protect(answer), strict=True):
        for group, row in shown.groups.items():
            assert all(value in (None, original.groups[group][name]) for name, value in row.items())


@settings(max_examples=400, deadline=None)
@given(services())
def test_nothing_is_withheld_without_a_reason(answer: list[ServiceCounts]) -> None:
    def has_small(row: dict[str, int | None]) -> bool:
        rests = [(row[whole] or 0) - (row[parts[0]] or 0) for whole, parts in PARTS]
        return any(1 <= (value or 0) <= 10 for value in (*row.values(), *rests))

    if not any(has_small(dict(row)) for service in answer for row in service.groups.values()):
        assert protect(answer) == answer
