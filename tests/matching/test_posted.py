"""What a community with a linkage model is promised of a posted row: its child is found, or doubted, or new."""

import asyncio
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from cabinet.intake.receipt import Receipt
from cabinet.intake.rows import Kind
from cabinet.linkage.features import CROWD
from cabinet.tables.terms import LinkMethod, Role
from tests.client import Client
from tests.matching.home import ELSEWHERE, HOME, LINKS, REVIEWS, at_home, children, neighbors, read, with_model
from tests.world import World, child, enrollment

OTHER_WORDS: Sequence[Mapping[str, Any]] = (
    {"given": "Liz"},
    {"given": "Elisabeth"},
    {"given": "Elizabeth", "birth_date": "2018-09-03"},
    {"given": "Elizabeth", "birth_date": "2018-03-08"},
    {"given": "Rivera", "family": "Elizabeth"},
    {"given": "Elizabeth", "family": "Rivera Lopez"},
    {"given": "Elizabeth", "sex": "UNKNOWN"},
    {"given": "ELIZABETH", "family": "Riviera", "address": "12 Elm St."},
    {"given": "Елизабет", "family": "Ривера"},
)
SIBLINGS: Sequence[Mapping[str, Any]] = (
    {"given": "Marisol"},
    {"given": "Marisol", "sex": "MALE"},
    {"given": "Emma"},
    {"given": "Elizabeth", "identifiers": {"DISTRICT_STUDENT_ID": "4712"}, "birth_date": "2018-03-10"},
    {"given": "Eliza", "birth_date": "2020-11-30"},
    {"given": "Marisol", "birth_date": "2020-11-30"},
)


def posted(receipt: Receipt) -> list[tuple[str, list[str]]]:
    return [(str(each.verdict), [problem.code for problem in each.problems]) for each in receipt.outcomes]


@pytest.mark.parametrize("words", OTHER_WORDS, ids=lambda words: " ".join(words.values()))
async def test_a_child_is_found_by_other_words(world: World, words: Mapping[str, Any]) -> None:
    await with_model(world)
    await world.roster("district", at_home("D1", "Elizabeth"), child("D2", "Bo", "Lind"))
    await world.roster("clinic", at_home("P1", **words))
    found = await children(world)
    assert found["clinic P1"] == found["district D1"] != found["district D2"]


@pytest.mark.parametrize("words", SIBLINGS, ids=lambda words: " ".join(map(str, words.values())))
async def test_twins_brothers_and_sisters_stay_apart(world: World, words: Mapping[str, Any]) -> None:
    await with_model(world)
    await world.roster("district", at_home("D1", "Elizabeth", identifiers={"DISTRICT_STUDENT_ID": "4711"}))
    await world.roster("clinic", at_home("P1", **words))
    found = await children(world)
    assert found["clinic P1"] != found["district D1"]


async def test_of_twins_each_finds_its_own(world: World) -> None:
    await with_model(world)
    await world.roster("district", at_home("D1", "Elizabeth"), at_home("D2", "Marisol"), *neighbors())
    await world.roster("clinic", at_home("P1", "Marisol", family="Ribera"), at_home("P2", "Liz"))
    found = await children(world)
    assert found["clinic P1"] == found["district D2"]
    assert found["clinic P2"] == found["district D1"]


async def test_a_link_tells_how_sure_it_is_and_by_which_model(world: World) -> None:
    await with_model(world)
    await with_model(world)
    await world.roster("district", at_home("D1", "Elizabeth"))
    await world.roster("clinic", at_home("P1", "Liz"))
    (link,) = [row for row in await read(world, LINKS) if row["code"] == "clinic"]
    assert (link["method"], link["decided_by"]) == (LinkMethod.PROBABILISTIC, "cabinet.linkage.model")
    assert link["model_version"] == 2
    assert 0.9 < link["score"] < 1


async def test_without_a_model_exact_rules_alone_decide(world: World) -> None:
    await world.roster("district", at_home("D1", "Elizabeth"))
    await world.roster("clinic", at_home("P1", "Liz"))
    found = await children(world)
    assert found["clinic P1"] != found["district D1"]
    assert await read(world, "SELECT 1 FROM child_comparison") == []


async def test_doubt_goes_to_a_person_with_what_was_found_and_no_value_of_any_record(world: World) -> None:
    await with_model(world)
    await world.roster("district", at_home("D1", "Elizabeth", middle_name="Ines"))
    await world.roster("clinic", at_home("P1", "Marisol", middle_name="Ines", birth_date="2018-03-09"))
    found, (review,) = await children(world), await read(world, REVIEWS)
    assert (review["record_id"], review["child_id"]) == ("P1", found["clinic P1"])
    assert (review["candidate"], review["reason"], review["state"]) == (found["district D1"], "LIKELY", "OPEN")
    assert 0 < review["probability"] <= 1
    assert review["model_version"] == "1"
    says = {reason["says"]: reason["bits"] for reason in review["reasons"]}
    assert says["same birth date"] > 0 > says["different given names"]
    assert any("given names differ" in remark for remark in review["remarks"])
    told = str([*review["reasons"], *review["remarks"]])
    assert not [word for word in ("Elizabeth", "Marisol", "Rivera", "Elm", "2018", "5550101") if word in told]


async def test_a_verdict_does_not_tell_whether_a_child_was_found_doubted_or_new(world: World) -> None:
    await with_model(world)
    await world.roster("district", at_home("D1", "Elizabeth"), at_home("D2", "Ines", **ELSEWHERE, family="Soto"))
    rows = [at_home("", "Liz"), at_home("", "Marina", **ELSEWHERE, family="Soto"), child("", "Bo", "Lind")]
    sent = [enrollment(f"e{number}", row, "after") for number, row in enumerate(rows)]
    dry = await world.post("club", Kind.ENROLLMENT, *sent, dry_run=True)
    assert await read(world, REVIEWS) == []
    receipt = await world.post("club", Kind.ENROLLMENT, *sent)
    assert posted(dry) == posted(receipt) == [("CREATED", [])] * 3
    methods = sorted(row["method"] for row in await read(world, LINKS) if row["code"] == "club")
    assert methods == ["NEW_CHILD", "NEW_CHILD", "PROBABILISTIC"]
    assert [row["record_id"] for row in await read(world, REVIEWS)] == ["e1"]
    again = await world.post("club", Kind.ENROLLMENT, *sent)
    assert posted(again) == [("UNCHANGED", [])] * 3
    assert len(await read(world, REVIEWS)) == 1


async def test_two_rows_of_one_post_that_claim_a_child_are_both_shown_to_a_person(world: World) -> None:
    await with_model(world)
    await world.roster("district", at_home("D1", "Elizabeth"))
    await world.roster("clinic", at_home("P1", "Liz"), at_home("P2", "Lizzie"))
    found = await children(world)
    assert len(set(found.values())) == 3
    reviews = await read(world, REVIEWS)
    assert {row["record_id"] for row in reviews} == {"P1", "P2"}
    assert {row["candidate"] for row in reviews} == {found["district D1"]}


async def test_a_source_that_numbers_children_knows_each_of_them_once(world: World) -> None:
    await with_model(world)
    await world.roster("clinic", at_home("P1", "Elizabeth"))
    await world.roster("clinic", at_home("P2", "Liz"))
    assert len(set((await children(world)).values())) == 2
    assert await read(world, REVIEWS) == []


async def test_a_source_that_only_names_children_may_name_one_in_two_ways(world: World) -> None:
    await with_model(world)
    await world.enroll("club", enrollment("e1", at_home("", "Elizabeth"), "after"))
    await world.enroll("club", enrollment("e2", at_home("", "Liz"), "after"))
    (review,) = await read(world, REVIEWS)
    assert review["record_id"] == "e2"
    assert len(set((await children(world)).values())) == 2


async def test_all_rows_about_a_child_follow_it(world: World) -> None:
    await with_model(world)
    await world.roster("district", at_home("D1", "Elizabeth"))
    liz = at_home("", "Liz")
    rows = [
        {"record_id": f"v{number}", "service_type": "DENTAL", "kind": "VISIT", "occurred_on": f"2026-09-0{number}"}
        for number in (1, 2)
    ]
    of_liz = [{**row, "child": {"identity": liz["identity"]}} for row in rows]
    await world.fill("clinic", Kind.ENCOUNTER, of_liz)
    found = await children(world)
    assert len(set(found.values())) == 1
    seen = await read(world, "SELECT DISTINCT child_id FROM encounter")
    assert [row["child_id"] for row in seen] == [found["district D1"]]


async def test_of_two_posts_at_once_about_one_new_child_the_second_sees_the_first(world: World) -> None:
    await with_model(world)
    for number in range(8):
        family = f"Rivera{'abcdefgh'[number]}"
        sent = [
            world.post("district", Kind.CHILD, at_home(f"D{number}", "Elizabeth", family=family)),
            world.post("clinic", Kind.CHILD, at_home(f"P{number}", "Liz", family=family)),
            world.post("arts", Kind.CHILD, at_home(f"A{number}", "Elisabeth", family=family)),
        ]
        await asyncio.gather(*sent)
    found = await children(world)
    assert len(found) == 24
    assert all(len({found[f"{who}{n}"] for who in ("district D", "clinic P", "arts A")}) == 1 for n in range(8))


async def test_what_a_record_says_later_finds_others_too(world: World) -> None:
    await with_model(world)
    await world.roster("district", child("D1", "Elizabeth", "Soto", birth_date="2018-03-10", sex="UNKNOWN"))
    await world.roster("district", at_home("D1", "Elizabeth"))
    await world.roster("clinic", at_home("P1", "Liz"))
    found = await children(world)
    assert found["clinic P1"] == found["district D1"]


async def test_a_telephone_that_a_crowd_shares_joins_nobody(world: World) -> None:
    await with_model(world)
    crowd = [
        child(f"D{number}", f"{'abcdefghij'[number % 10]}el{'klmnopqrst'[number // 10 % 10]}o", f"Fam{number}ily")
        for number in range(CROWD + 2)
    ]
    shared = [{**row, "identity": {**row["identity"], "phones": HOME["phones"]}} for row in crowd]
    await world.roster("district", *shared)
    await world.roster("clinic", at_home("P1", "Elizabeth", birth_date="2012-12-12"))
    found = await children(world)
    assert found["clinic P1"] not in {each for name, each in found.items() if name.startswith("district")}
    assert await read(world, REVIEWS) == []


async def test_the_worst_rows_are_taken_like_any_other(world: World) -> None:
    await with_model(world)
    await world.roster("district", at_home("D1", "Elizabeth"))
    strange = [
        at_home("1", "😀", family="🎒", phones=["0000000000", "no phone"], guardians=["?"], address="?"),
        at_home("2", "x" * 200, family="y" * 200, address="z" * 200, birth_date="1900-01-01"),
        at_home("3", "Baby Boy", family="de la", address="12 Elm Street apt 4-B #9", postal_code="02101-9999"),
        at_home("4", "Ł'Ø-ß", family="O''Neil ''", guardians=["Rosa Rivera"] * 10),
        at_home("5", "किरण", family="김", birth_date="2026-10-15", identifiers={"A=B": "="}),
        {"record_id": "6", "identity": {"identifiers": {"STATE_STUDENT_ID": "000"}}},
        at_home("7", "Null", family="Test", birth_date="2018-02-28", sex="NONBINARY", address=None, phones=[]),
    ]
    for _ in range(2):
        receipt = await world.post("clinic", Kind.CHILD, *strange)
        assert {verdict for verdict, _ in posted(receipt)} <= {"CREATED", "UNCHANGED"}
    assert len(set((await children(world)).values())) == len(strange) + 1


async def test_an_agency_posts_guardians_and_telephone_numbers(client: Client) -> None:
    await with_model(client.world)
    await client.world.roster("district", at_home("D1", "Elizabeth", address=None))
    query = """mutation { postEnrollments(input: {community: "harbor", rows: [{
        recordId: "e1", program: "after", status: "ENROLLED", begins: "2026-09-01", child: {identity: {
        givenName: "Liz", familyName: "Ribera", birthDate: "2018-03-09", sex: "FEMALE",
        guardians: ["Rosa Rivera"], phones: ["(617) 555-0101"]}}}]}) { created } }"""
    token = await client.token(Role.PARTNER_AGENCY)
    assert (await client.data(query, token))["postEnrollments"]["created"] == 1
    assert len(set((await children(client.world)).values())) == 1


def test_the_door_opens_without_splink() -> None:
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, cabinet.app; print('splink' in sys.modules, 'duckdb' in sys.modules)",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.split() == ["False", "False"]
