"""Behind a count are as many children as it says, whoever asks, of whatever and on whatever day."""

from collections.abc import Iterator
from random import Random
from typing import Any
from uuid import UUID

import pytest

from cabinet.behind import children_behind
from cabinet.communities import find_organization
from cabinet.coverage.answer import Counts, Coverage
from cabinet.coverage.cell import Cell, CellCount
from cabinet.coverage.coverage import coverage
from cabinet.coverage.dimensions import Dimension
from cabinet.coverage.population import Population, Reference
from cabinet.coverage.question import Question
from cabinet.errors import CabinetError, Forbidden, InputInvalid
from cabinet.scope import Scope
from cabinet.tables.security import Login
from cabinet.tables.terms import Role
from cabinet.viewer import Membership, Viewer
from tests.coverage.random_worlds import any_question, fill_world
from tests.world import DAY, World, child, enrollment

QUESTIONS, CELLS, PAGE = 24, 8, 3
_NAMES = "SELECT given_name FROM child_identity WHERE child_id = ANY ($1)"


async def viewers(world: World) -> list[Viewer]:
    here = world.harbor.community_id
    club = (await find_organization(world.database, world.harbor, "club")).organization_id
    stewards = [
        Membership(here, Role.SECTOR_STEWARD, sector=sector)
        for sector in ("EDUCATION", "HEALTH", "OUT_OF_SCHOOL_TIME")
    ]
    agency = Membership(here, Role.PARTNER_AGENCY, organization_id=club)
    several = ((each,) for each in (*stewards, agency))
    return [Viewer("v", each) for each in (*several, (stewards[0], stewards[1]), (stewards[0], agency))]


def cells(question: Question, answer: Coverage) -> Iterator[tuple[Cell, int | None]]:
    """Yield every count of an answer, as what is asked for to see the children behind it."""
    about, how = (question.population, question.as_of), question.tabulation.approach
    yield Cell(CellCount.POPULATION, None, *about), answer.population.value
    for service in answer.services:
        groups: list[tuple[Any, Counts | None]] = [((), service.total)]
        groups += [(tuple((v.dimension, v.value) for v in group.values), group.counts) for group in service.groups]
        for where, counts in groups:
            for count in CellCount if counts is not None else ():
                yield Cell(count, service.code, *about, where, how), getattr(counts, count).value


async def all_pages(world: World, viewer: Viewer, cell: Cell) -> list[UUID]:
    found: list[UUID] = []
    after = None
    while True:
        page = await children_behind(world.database, viewer, world.harbor.community_id, cell, PAGE, after)
        found += [row.key for row in page.nodes]
        if not page.has_next_page:
            assert await page.total_count() == len(found)
            return found
        assert len(page.nodes) == PAGE
        after = page.cursor(page.nodes[-1])


async def ask(world: World, viewer: Viewer, question: Question) -> Coverage | CabinetError:
    about = question.population, question.services, question.as_of, question.breakdown_by
    try:
        approach = question.tabulation.approach
        return await coverage(world.database, viewer, world.harbor.community_id, *about, approach=approach)
    except CabinetError as error:
        return error


@pytest.mark.parametrize("seed", range(3))
async def test_a_count_is_of_as_many_children_as_can_be_opened(world: World, seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - a failure must come back with its seed; nothing here is a secret.
    await fill_world(world, chance)
    everybody, opened = await viewers(world), 0
    for _ in range(QUESTIONS):
        viewer, question = chance.choice(everybody), any_question(world.harbor.community_id, chance)
        answer = await ask(world, viewer, question)
        if isinstance(answer, CabinetError):
            where = tuple((dimension, "UNKNOWN") for dimension in question.breakdown_by)
            cell = Cell(CellCount.POPULATION, None, question.population, question.as_of, where)
            with pytest.raises(type(answer), match=str(answer)[:30]):
                await all_pages(world, viewer, cell)
            continue
        every = list(cells(question, answer))
        for cell, count in chance.sample(every, min(CELLS, len(every))):
            found = await all_pages(world, viewer, cell)
            assert len(found) == count, cell
            assert found == sorted(set(found))
            opened += len(found)
    assert opened > QUESTIONS


async def test_behind_each_count_are_the_children_it_is_said_of(world: World) -> None:
    """Ana is served, Bo waits, Cy is missed, Di is too young to be asked for, and Eve is painted only."""
    grades = {"Ana": "03", "Bo": "03", "Cy": "04", "Di": "PK", "Eve": "04"}
    await world.roster("club", *(child(name, name, grade=grade) for name, grade in grades.items()))
    waits = enrollment("e2", "Bo", "after", status="WAITLISTED")
    await world.enroll("club", enrollment("e1", "Ana", "after"), waits)
    await world.enroll("arts", enrollment("p1", child("Eve", "Eve"), "paint"))
    viewer = (await viewers(world))[2]

    async def names(count: CellCount, *grades: str) -> set[str]:
        where = tuple((Dimension.GRADE, grade) for grade in grades)
        cell = Cell(count, "AFTER_SCHOOL", Population(), DAY, where)
        async with world.database.transaction(Scope(Login.WRITER, (world.harbor.community_id,))) as connection:
            rows = await connection.fetch(_NAMES, await all_pages(world, viewer, cell))
        return {row["given_name"] for row in rows}

    assert await names(CellCount.POPULATION) == {*grades}
    assert await names(CellCount.ELIGIBLE) == await names(CellCount.IN_NEED) == {"Ana", "Bo", "Cy", "Eve"}
    assert await names(CellCount.SERVED) == {"Ana"}
    assert await names(CellCount.GAP) == {"Bo", "Cy", "Eve"}
    assert await names(CellCount.WAITLISTED) == {"Bo"}
    assert await names(CellCount.GAP, "04") == {"Cy", "Eve"}
    assert await names(CellCount.GAP, "UNKNOWN") == set()


async def test_who_counts_the_whole_community_opens_nothing_whatever_is_asked(world: World) -> None:
    await world.roster("club", child("C1", "Ana", grade="03"))
    here = world.harbor.community_id
    alone = Membership(here, Role.CABINET_STAFF)
    both = alone, Membership(here, Role.SECTOR_STEWARD, sector="OUT_OF_SCHOOL_TIME")
    cells = (
        Cell(CellCount.GAP, "AFTER_SCHOOL", Population(), DAY),
        Cell(CellCount.GAP, "NO_SUCH_SERVICE", Population(), DAY),
        Cell(CellCount.POPULATION, None, Population(named=Reference("no-such")), DAY),
        Cell(CellCount.POPULATION, None, Population(), DAY, ((Dimension.NEIGHBORHOOD, "atlantis"),) * 9),
    )
    for memberships in ((alone,), both, (Membership(here, Role.RESEARCHER),), ()):
        said = set()
        for cell in cells:
            with pytest.raises(Forbidden) as refused:
                await children_behind(world.database, Viewer("x", memberships), here, cell, PAGE, "no cursor")
            said.add(str(refused.value))
        assert len(said) == 1


@pytest.mark.parametrize(
    ("count", "service", "where"),
    [
        (CellCount.GAP, None, ()),
        (CellCount.GAP, "NO_SUCH_SERVICE", ()),
        (CellCount.GAP, "AFTER_SCHOOL", ((Dimension.NEIGHBORHOOD, "atlantis"),)),
        (CellCount.GAP, "AFTER_SCHOOL", ((Dimension.SEX, "YES"),)),
        (CellCount.GAP, "AFTER_SCHOOL", ((Dimension.INSURANCE, "YES"),)),
        (CellCount.GAP, "AFTER_SCHOOL", ((Dimension.GRADE, "03"), (Dimension.GRADE, "04"))),
    ],
)
async def test_a_cell_that_no_answer_has_is_refused_and_not_empty(
    world: World, count: CellCount, service: str | None, where: Any
) -> None:
    cell = Cell(count, service, Population(), DAY, where)
    with pytest.raises(InputInvalid):
        await all_pages(world, (await viewers(world))[2], cell)


async def test_a_service_whose_count_is_not_known_has_nobody_behind_it(world: World) -> None:
    cell = Cell(CellCount.IN_NEED, "TUTORING", Population(), DAY)
    with pytest.raises(Forbidden, match="outside your role's scope"):
        await all_pages(world, (await viewers(world))[2], cell)
