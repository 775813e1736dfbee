"""What is kept from round to round withholds the very cells that working everything out anew does."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from cabinet.coverage.for_whom import ForWhom
from cabinet.coverage.protect import TOTAL, ServiceCounts, table_of
from cabinet.disclosure.suppress import Sum, Table, suppress
from tests.disclosure import by_rounds
from tests.disclosure.test_suppress import counts

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


def test_of_answers_of_many_services() -> None:
    chance = Random(39)  # noqa: S311 - the same answers in every run.
    for _ in range(60):
        table = table_of(services(chance))
        assert suppress(table) == by_rounds.suppress(table)
