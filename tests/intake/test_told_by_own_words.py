"""What an agency is told of a post follows from its own words: it learns of no child that others know it too."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import pytest

from cabinet.intake.receipt import Receipt
from cabinet.intake.rows import Kind
from tests.intake.test_post import codes, count, verdicts
from tests.world import World, child, enrollment

ANA = child("", "Ana")["identity"]
BO = child("", "Bo", "Smith", birth_date="2012-01-01")["identity"]
NUMBER, OTHER = {"identifiers": {"MEDICAID_ID": "77"}}, {"identifiers": {"MEDICAID_ID": "78"}}
MADE_UP = [{"identifiers": {"MADE_UP": number}} for number in ("1", "2")]

KNOWN = {
    "nobody": [],
    "ana": [child("P1", "Ana")],
    "ana by number": [child("P1", "Ana", **NUMBER)],
    "two of one name": [child("P1", "Ana", **NUMBER), child("P2", "Ana", **OTHER)],
    "somebody else by number": [child("P1", "Cy", "Lind", birth_date="2013-02-02", **NUMBER)],
}
PROBES: Mapping[str, Sequence[Mapping[str, Any]]] = {
    "a name, then a number": [ANA, NUMBER],
    "a number, then a name": [NUMBER, ANA],
    "a name, then with a number": [ANA, {**ANA, **NUMBER}, NUMBER],
    "a name, then with a number of nobody's": [ANA, {**ANA, **OTHER}, OTHER],
    "another's number, then that alone": [{**BO, **NUMBER}, NUMBER, BO],
    "two of a name, then the name": [{**ANA, **MADE_UP[0]}, {**ANA, **MADE_UP[1]}, ANA, {**ANA, **NUMBER}],
    "two numbers of a name, then one": [{**ANA, **NUMBER}, {**ANA, **OTHER}, NUMBER, ANA],
}


def about(identities: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    rows = [enrollment(f"e{number}", f"c{number}", "after") for number in range(len(identities))]
    for row, identity in zip(rows, identities, strict=True):
        row["child"]["identity"] = identity
    return rows


def told(receipt: Receipt) -> tuple[list[str], list[str], list[int]]:
    """Return all that a receipt tells of children: verdicts, problems, and which rows are about one child."""
    children = [outcome.child_id for outcome in receipt.outcomes]
    return verdicts(receipt), codes(receipt), [children.index(each) for each in children]


@pytest.mark.parametrize("known", [name for name in KNOWN if name != "nobody"])
@pytest.mark.parametrize("probe", PROBES)
async def test_it_is_told_the_same_whoever_is_known_to_others(world: World, probe: str, known: str) -> None:
    rows = about(PROBES[probe])
    over = [{**row, "ends": "2026-09-02", "status": "COMPLETED"} for row in rows]
    alone = [told(await world.post("club", Kind.ENROLLMENT, *sent, dry_run=True)) for sent in (rows, over)]
    await world.roster("clinic", *KNOWN[known])
    beside = [told(await world.post("club", Kind.ENROLLMENT, *sent, dry_run=True)) for sent in (rows, over)]
    assert beside == alone
    # One after the other, too, and what is written is remembered as it was said.
    apart = [(await world.post("club", Kind.ENROLLMENT, row)).outcomes[0] for row in over]
    assert told(Receipt(committed=True, outcomes=apart)) == alone[1]


async def test_who_comes_to_be_known_between_two_posts_is_not_told(world: World) -> None:
    """An agency that holds two of a name, and asks for the name day by day, hears the same every day."""
    await world.roster("club", child("C1", "Ana", **MADE_UP[0]), child("C2", "Ana", **MADE_UP[1]))
    said = []
    for news in (None, "clinic", "district", "arts"):
        if news is not None:
            await world.roster(news, child("X1", "Ana", **NUMBER))
        said.append(told(await world.post("club", Kind.ENROLLMENT, *about([ANA]), dry_run=True)))
    assert said[0][:2] == (["NEEDS_REVIEW"], ["CHILD_AMBIGUOUS"])
    assert all(one == other for one, other in pairwise(said))


async def test_what_only_others_can_join_waits_for_a_person_unseen(world: World) -> None:
    await world.roster("clinic", child("P1", "Ana", **NUMBER))
    receipt = await world.post("club", Kind.ENROLLMENT, *about([ANA, NUMBER]))
    assert verdicts(receipt) == ["CREATED", "CREATED"]
    assert await count(world, "child") == 2
    assert await count(world, "match_review") == 1


async def test_what_it_said_itself_is_known_again(world: World) -> None:
    """An agency that gave name and number once may go by either afterwards."""
    await world.roster("district", child("D1", "Ana", **NUMBER))
    receipt = await world.post("club", Kind.ENROLLMENT, *about([{**ANA, **NUMBER}]))
    (outcome,) = receipt.outcomes
    later = [
        {**row, "record_id": f"late {row['record_id']}", "begins": "2026-08-01", "ends": "2026-08-02"}
        for row in about([NUMBER, ANA])
    ]
    for row in later:
        row["child"].pop("source_id")
    receipt = await world.post("club", Kind.ENROLLMENT, *later)
    assert verdicts(receipt) == ["CREATED", "CREATED"]
    assert {each.child_id for each in receipt.outcomes} == {outcome.child_id}
    assert await count(world, "match_review") == 0
