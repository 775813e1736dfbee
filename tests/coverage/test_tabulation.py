"""Race and ethnicity by each approach of SPD-15, counted by hand. The day is 15 October 2026."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from statistics import median
from typing import Any

import pytest

from cabinet.behind import children_behind
from cabinet.coverage import measures
from cabinet.coverage import participation_measures as participation
from cabinet.coverage.answer import Coverage
from cabinet.coverage.answers.compare import compare
from cabinet.coverage.answers.disparity import Beside, disparity
from cabinet.coverage.answers.gaps import gaps
from cabinet.coverage.answers.on_day import on_day
from cabinet.coverage.cell import Cell, CellCount
from cabinet.coverage.coverage import coverage
from cabinet.coverage.dimensions import Dimension
from cabinet.coverage.figure import Measured
from cabinet.coverage.gather import Asked
from cabinet.coverage.population import Population
from cabinet.coverage.tabulation import OTHER_COMBINATION, Approach
from cabinet.errors import InputInvalid
from cabinet.tables.terms import Role
from cabinet.viewer import Membership, Viewer
from tests.client import Client
from tests.world import DAY, World, child, enrollment

BLACK, HISPANIC, WHITE = "BLACK_OR_AFRICAN_AMERICAN", "HISPANIC_OR_LATINO", "WHITE"
NATIVE, ASIAN, MENA = "AMERICAN_INDIAN_OR_ALASKA_NATIVE", "ASIAN", "MIDDLE_EASTERN_OR_NORTH_AFRICAN"
CHILDREN = {
    (): 2,
    (ASIAN,): 3,
    (BLACK,): 4,
    (HISPANIC, WHITE): 5,
    (BLACK, HISPANIC, WHITE): 3,
    (ASIAN, WHITE): 2,
    (BLACK, WHITE): 2,
    (BLACK, HISPANIC): 2,
    (NATIVE, WHITE): 1,
    (ASIAN, MENA): 1,
}
"""Twenty-five third graders: 2 of whom it is not known, 7 of one category, 16 of several."""
WAITED = (measures.WAITLISTED, participation.MEDIAN_DAYS_WAITING)
BY_RACE = (Dimension.RACE_ETHNICITY,)


@pytest.fixture
async def town(world: World) -> World:
    """Let the first of each combination be served, the Asian ones live in the north, all others in the south."""
    for number, (races, many) in enumerate(CHILDREN.items()):
        said = {"grade": "03", "neighborhood": "north" if ASIAN in races else "south", "race_ethnicity": [*races]}
        keys = [f"{number}-{n}" for n in range(many)]
        await world.roster(
            "club", *(child(key, f"Kid{'abcdefghij'[number]}{'abcde'[n]}", **said) for n, key in enumerate(keys))
        )
        await world.enroll("club", enrollment(f"e{number}", keys[0], "after"))
    return world


def steward(world: World) -> Viewer:
    here = world.harbor.community_id
    return Viewer("s", (Membership(here, Role.SECTOR_STEWARD, sector="OUT_OF_SCHOOL_TIME"),))


async def ask(town: World, approach: Approach, by: tuple[Dimension, ...] = BY_RACE, **who: Any) -> Coverage:
    asked = (Population(), ["AFTER_SCHOOL"], DAY, by)
    viewer = who.get("viewer", steward(town))
    return await coverage(town.database, viewer, town.harbor.community_id, *asked, approach=approach)


def counted(answer: Coverage) -> dict[str, tuple[int | None, int | None]]:
    """Return population and served of each group."""
    return {
        " ".join(value.value for value in group.values): (group.counts.population.value, group.counts.served.value)
        for group in answer.services[0].groups
    }


async def test_combined_multiracial_is_the_default_and_adds_up(town: World) -> None:
    answer = await ask(town, Approach.COMBINED_MULTIRACIAL)
    assert counted(answer) == {ASIAN: (3, 1), BLACK: (4, 1), "MULTIPLE": (16, 7), "UNKNOWN": (2, 1)}
    default = await coverage(
        town.database, steward(town), town.harbor.community_id, Population(), ["AFTER_SCHOOL"], DAY, BY_RACE
    )
    assert counted(default) == counted(answer)
    assert answer.basis.tabulation == default.basis.tabulation
    assert (await ask(town, Approach.MOST_FREQUENT, ())).basis.tabulation is None


async def test_alone_or_in_combination_a_child_is_in_every_group_it_is_of(town: World) -> None:
    answer = await ask(town, Approach.ALONE_OR_IN_COMBINATION)
    assert counted(answer) == {
        NATIVE: (1, 1),
        ASIAN: (6, 3),
        BLACK: (11, 4),
        HISPANIC: (10, 3),
        MENA: (1, 1),
        WHITE: (13, 5),
        "UNKNOWN": (2, 1),
    }
    total = answer.services[0].total
    assert total is not None
    assert (total.population.value, total.served.value) == (25, 10)
    assert answer.basis.tabulation is not None
    assert "do not add up" in answer.basis.tabulation.definition


async def test_the_most_frequent_combinations_are_groups_and_all_others_one(town: World) -> None:
    answer = await ask(town, Approach.MOST_FREQUENT)
    frequent = {
        f"{HISPANIC}+{WHITE}": (5, 1),
        f"{BLACK}+{HISPANIC}+{WHITE}": (3, 1),
        f"{ASIAN}+{WHITE}": (2, 1),
        f"{BLACK}+{WHITE}": (2, 1),
        f"{BLACK}+{HISPANIC}": (2, 1),
    }
    singles = {ASIAN: (3, 1), BLACK: (4, 1), "UNKNOWN": (2, 1)}
    assert counted(answer) == {**frequent, **singles, OTHER_COMBINATION: (2, 2)}
    assert answer.basis.tabulation is not None
    assert answer.basis.tabulation.frequent == tuple(sorted(frequent))


async def test_what_is_most_frequent_is_so_among_all_children_whoever_is_asked_about(town: World) -> None:
    asked = Asked(
        Population(race_ethnicity=(NATIVE,)), ("AFTER_SCHOOL",), DAY, BY_RACE, None, Approach.MOST_FREQUENT
    )
    question = (town.database, steward(town), town.harbor.community_id, asked)
    found = await compare(*question, Population(), [measures.POPULATION])
    groups = {
        f.about.group[0].value: f.value for f in found.figures if f.about.group and f.about.of == "population"
    }
    # Of two categories that are rare together, though there is nobody else in this population.
    assert groups == {OTHER_COMBINATION: 1}


async def test_groups_that_overlap_by_another_dimension_have_no_unknown_share(town: World) -> None:
    by = (Dimension.NEIGHBORHOOD, Dimension.RACE_ETHNICITY)
    answer = await ask(town, Approach.ALONE_OR_IN_COMBINATION, by)
    assert counted(answer)[f"south {WHITE}"] == (11, 4)
    assert {unknown.dimension: unknown.share for unknown in answer.basis.unknown} == {
        Dimension.NEIGHBORHOOD: None,
        Dimension.RACE_ETHNICITY: 0.08,
    }


@pytest.mark.parametrize(
    ("approach", "group", "count"),
    [
        (Approach.COMBINED_MULTIRACIAL, "MULTIPLE", 9),
        (Approach.ALONE_OR_IN_COMBINATION, WHITE, 8),
        (Approach.ALONE_OR_IN_COMBINATION, "UNKNOWN", 1),
        (Approach.MOST_FREQUENT, f"{HISPANIC}+{WHITE}", 4),
        (Approach.MOST_FREQUENT, OTHER_COMBINATION, 0),
    ],
)
async def test_behind_a_group_are_its_children_whatever_the_approach(
    town: World, approach: Approach, group: str, count: int
) -> None:
    where = ((Dimension.RACE_ETHNICITY, group),)
    cell = Cell(CellCount.GAP, "AFTER_SCHOOL", Population(), DAY, where, approach)
    page = await children_behind(town.database, steward(town), town.harbor.community_id, cell, 100, None)
    assert (len(page.nodes), await page.total_count()) == (count, count)


@pytest.mark.parametrize(
    ("approach", "group"),
    [
        (Approach.COMBINED_MULTIRACIAL, f"{HISPANIC}+{WHITE}"),
        (Approach.ALONE_OR_IN_COMBINATION, "MULTIPLE"),
        (Approach.ALONE_OR_IN_COMBINATION, f"{HISPANIC}+{WHITE}"),
        (Approach.MOST_FREQUENT, f"{NATIVE}+{WHITE}"),
        (Approach.MOST_FREQUENT, f"{WHITE}+{HISPANIC}"),
        (Approach.MOST_FREQUENT, ""),
    ],
)
async def test_a_group_of_another_approach_is_refused(town: World, approach: Approach, group: str) -> None:
    where = ((Dimension.RACE_ETHNICITY, group),)
    cell = Cell(CellCount.POPULATION, None, Population(), DAY, where, approach)
    with pytest.raises(InputInvalid, match="There is no group"):
        await children_behind(town.database, steward(town), town.harbor.community_id, cell, 100, None)


async def test_no_concentration_index_is_made_of_groups_that_overlap(town: World) -> None:
    groups = (NATIVE, ASIAN, BLACK, HISPANIC, MENA, WHITE)
    for approach in (Approach.ALONE_OR_IN_COMBINATION,):
        asked = Asked(Population(), ("AFTER_SCHOOL",), DAY, BY_RACE, None, approach)
        question = (town.database, steward(town), town.harbor.community_id, asked, measures.COVERAGE_RATE)
        with pytest.raises(InputInvalid):
            await disparity(*question, Beside(None, groups))
        found = await disparity(*question, Beside(WHITE))
        index = next(f for f in found.figures if f.measure.name == "indexOfDisparity")
    # From 5 of 13: 1, 3 of 6, 4 of 11, 3 of 10 and 1, on average, in percent of it.
    rates = (1, 3 / 6, 4 / 11, 3 / 10, 1)
    assert index.value == pytest.approx(sum(abs(rate - 5 / 13) for rate in rates) / 5 / (5 / 13) * 100, abs=1e-3)


async def test_small_groups_are_withheld_so_that_the_total_tells_nothing_of_them(town: World) -> None:
    staff = Viewer("x", (Membership(town.harbor.community_id, Role.CABINET_STAFF),))
    answer = await ask(town, Approach.ALONE_OR_IN_COMBINATION, viewer=staff)
    population = {group: count for group, (count, _) in counted(answer).items()}
    assert population == {
        **dict.fromkeys((NATIVE, ASIAN, HISPANIC, MENA, "UNKNOWN"), None),
        **{group: count for group, count in population.items() if group in (BLACK, WHITE)},
    }
    asked = Asked(Population(), ("AFTER_SCHOOL",), DAY, BY_RACE, None, Approach.ALONE_OR_IN_COMBINATION)
    ranked = await gaps(town.database, staff, town.harbor.community_id, asked, 20)
    assert ranked.withheld == sum(figure.is_withheld for figure in ranked.figures) > 0


async def test_every_question_of_the_api_takes_the_approach(client: Client) -> None:
    await client.world.roster("club", child("C1", "Ana", grade="03", race_ethnicity=[HISPANIC, WHITE]))
    token = await client.token(Role.SECTOR_STEWARD, sector="OUT_OF_SCHOOL_TIME")
    day = f'community: "harbor", services: ["AFTER_SCHOOL"], tabulation: ALONE_OR_IN_COMBINATION, asOf: "{DAY}"'
    by = f"{day}, breakdownBy: [RACE_ETHNICITY]"
    basis = "basis { tabulation { approach definition frequent } }"
    trend = by.replace(f'asOf: "{DAY}"', f'days: ["{DAY}"]')
    answer = await client.data(
        f"""{{
        coverage({by}) {{ {basis} services {{ groups {{ values {{ value }} }} }} }}
        gaps({by}) {{ {basis} }}
        trend({trend}) {{ {basis} }}
        compare({by}, population: {{}}) {{ {basis} }}
        disparity({by}) {{ {basis} }}
        cascade({by}) {{ {basis} }}
        childrenBehind({day.replace('services: ["AFTER_SCHOOL"]', 'service: "AFTER_SCHOOL"')}, count: GAP,
          where: [{{dimension: RACE_ETHNICITY, value: "WHITE"}}]) {{ totalCount }}
        }}""",
        token,
    )
    names = ("effectiveCoverage", "waiting", "dosage", "retention", "completeness")
    answer |= await client.data(f"{{ {' '.join(f'{name}({by}) {{ {basis} }}' for name in names)} }}", token)
    assert answer.pop("childrenBehind") == {"totalCount": 1}
    groups = answer["coverage"].pop("services")[0]["groups"]
    assert [group["values"][0]["value"] for group in groups] == [HISPANIC, WHITE]
    said = {
        (each["basis"]["tabulation"]["approach"], each["basis"]["tabulation"]["frequent"])
        for each in answer.values()
    }
    assert said == {("ALONE_OR_IN_COMBINATION", None)}


GROUPED: Mapping[Approach, Callable[[tuple[str, ...]], set[str]]] = {
    Approach.COMBINED_MULTIRACIAL: lambda races: {"MULTIPLE"} if len(races) > 1 else {*races} or {"UNKNOWN"},
    # Five of the seven combinations have two children or more.
    Approach.MOST_FREQUENT: lambda races: (
        {OTHER_COMBINATION} if races in ((NATIVE, WHITE), (ASIAN, MENA)) else {"+".join(races) or "UNKNOWN"}
    ),
    Approach.ALONE_OR_IN_COMBINATION: lambda races: {*races} or {"UNKNOWN"},
}


def days_waited(number: int, n: int) -> int:
    return 10 * number + n


@pytest.fixture
async def waiting(town: World) -> World:
    """Let all others wait for after school, each since a day of its own."""
    for number, many in enumerate(CHILDREN.values()):
        waits = [
            enrollment(
                f"w{number}-{n}",
                f"{number}-{n}",
                "after",
                begins=str(DAY - timedelta(days_waited(number, n))),
                status="WAITLISTED",
            )
            for n in range(1, many)
        ]
        await town.enroll("club", *waits)
    return town


def expected(approach: Approach) -> dict[str, tuple[int, float | None]]:
    """Count who waits in each group and in all, and the median of their days."""
    waits: dict[str, list[int]] = {"": []}
    for number, (races, many) in enumerate(CHILDREN.items()):
        for group in ("", *GROUPED[approach](races)):
            waits.setdefault(group, []).extend(days_waited(number, n) for n in range(1, many))
    return {group: (len(days), median(days) if days else None) for group, days in waits.items()}


def told(answer: Measured) -> dict[str, dict[str, float | None]]:
    """Return values by group and measure."""
    found: dict[str, dict[str, float | None]] = {}
    for figure in answer.figures:
        group = " ".join(value.value for value in figure.about.group)
        found.setdefault(group, {})[figure.measure.name] = figure.value
    return found


@pytest.mark.parametrize("approach", Approach)
async def test_the_median_of_a_group_is_of_its_children(waiting: World, approach: Approach) -> None:
    asked = Asked(Population(), ("AFTER_SCHOOL",), DAY, BY_RACE, None, approach)
    where = (waiting.database, waiting.harbor.community_id)
    exact = told(await on_day(where[0], steward(waiting), where[1], asked, WAITED, "x"))
    count, days = "waitlisted", "medianDaysWaiting"
    assert {group: (row[count], row[days]) for group, row in exact.items()} == expected(approach)
    staff = Viewer("x", (Membership(where[1], Role.CABINET_STAFF),))
    shown = told(await on_day(where[0], staff, where[1], asked, WAITED, "x"))
    for group, row in shown.items():
        assert row[count] in (None, exact[group][count])
        assert row[days] in (None, exact[group][days])
        assert row[days] is None or (row[count] or 0) > 10
