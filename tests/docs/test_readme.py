"""What a newcomer reads is so: the queries answer, the commands exist, the map is of this house."""

import re
import shlex
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from typer.main import get_command

from cabinet.app import create_app
from cabinet.cli.demo import GAP_QUERY, generate
from cabinet.cli.main import main
from cabinet.communities import Community, add_community
from cabinet.db import Database
from cabinet.demo import COMMUNITIES
from cabinet.settings import Settings
from cabinet.tables.terms import Role
from cabinet.viewer import Tokens
from tests.client import Client, running
from tests.conftest import TEMPLATE, on_database, run_sql
from tests.world import find_world

HOUSE = Path(__file__).parents[2]
README = (HOUSE / "README.md").read_text()
WALKTHROUGH = (HOUSE / "docs/walkthrough.md").read_text()
WEBHOOKS = (HOUSE / "docs/webhooks.md").read_text()
MAKEFILE = (HOUSE / "Makefile").read_text()

QUESTIONS = re.findall(r"<!-- role: ([A-Za-z_ -]+?) -->\n```graphql\n(.+?)```", README, re.DOTALL)
IN_THE_SMALLER_TOWN = {
    "harbor-city": "mill-river",
    "harbor-clubs": "green-street",
    "club-after-school": "after-school",
    "first: 10)": "first: 50)",
}
"""The README's words for Harbor City, and what stands for them in Mill River, which is made in a few seconds.

Of ten children there, who come by random ids, it may be that none is enrolled.
"""


def smaller(text: str) -> str:
    for there, here in IN_THE_SMALLER_TOWN.items():
        text = text.replace(there, here)
    return text


@asynccontextmanager
async def town_of(url: str, settings: Settings) -> AsyncIterator[tuple[Client, Community]]:
    mill_river = next(town for town in COMMUNITIES if town.code == "mill-river")
    async with Database(url, settings) as database:
        made = await add_community(database, **vars(mill_river))
        await generate(database, made, made.today)
        world = await find_world(database)
        async with running(create_app(url, settings)) as http:
            yield Client(http, world, Tokens(settings)), made


@pytest.fixture(scope="module")
async def town(postgres: str, template: str, settings: Settings) -> AsyncIterator[tuple[Client, Community]]:
    """Yield a client of a server with the smaller demo community in it, and that community."""
    name = f"test_{uuid4().hex}"
    await run_sql(postgres, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    async with town_of(on_database(postgres, name), settings) as opened:
        yield opened
    await run_sql(postgres, f"DROP DATABASE {name} WITH (FORCE)")


async def ask(town: tuple[Client, Community], role: str, query: str) -> dict[str, Any]:
    client, community = town
    name, _, of = smaller(role).partition(" ")
    token = None
    if name != Role.PUBLIC:
        token = await client.token(Role(name), community, organization=of, sector=of)
    return await client.data(smaller(query), token)


def adds_up(counts: dict[str, Any]) -> bool:
    shown = [counts[name]["value"] for name in ("inNeed", "served", "gap")]
    return None in shown or shown[0] == shown[1] + shown[2]


def check_gap(data: dict[str, Any]) -> None:
    (service,) = data["coverage"]["services"]
    assert service["name"] == "After school"
    counts = {group["values"][0]["label"]: group["counts"] for group in service["groups"]}
    assert {"Hillcrest", "Village Green", "Millside", "Lower Falls"} <= counts.keys()
    assert all(adds_up(each) for each in (service["total"], *counts.values()))
    assert all(each["gap"]["withheld"] == (each["gap"]["value"] is None) for each in counts.values())
    # In so small a town much is withheld, but not everything.
    assert any(each["gap"]["value"] for each in counts.values())


def check_comparison(data: dict[str, Any]) -> None:
    for group in data["learners"], data["others"]:
        assert [service["name"] for service in group["services"]] == ["After school", "Tutoring"]
        assert all(adds_up(service["total"]) for service in group["services"])
        assert all(measure["definition"] for measure in group["measures"])
    assert data["others"]["population"]["value"] > (data["learners"]["population"]["value"] or 0)


def check_dry_run(data: dict[str, Any]) -> None:
    receipt = data["postEnrollments"]
    assert (receipt["committed"], receipt["created"], receipt["rejected"]) == (False, 1, 1)
    taken, refused = receipt["rows"]
    assert (taken["verdict"], refused["verdict"]) == ("CREATED", "REJECTED")
    assert refused["problems"][0]["code"] == "DATE_INVALID"
    assert refused["problems"][0]["path"] == ["rows", "1", "begins"]


def check_children(data: dict[str, Any]) -> None:
    children = data["children"]
    assert children["totalCount"] > len(children["nodes"]) == 50
    assert children["pageInfo"]["hasNextPage"]
    assert all(child["identities"] and child["years"] for child in children["nodes"])
    assert any(child["enrollments"]["nodes"] for child in children["nodes"])


def check_two_dimensions(data: dict[str, Any]) -> None:
    (service,) = data["coverage"]["services"]
    dimensions = [[value["dimension"] for value in group["values"]] for group in service["groups"]]
    assert ["NEIGHBORHOOD", "ECONOMICALLY_DISADVANTAGED"] in dimensions
    assert all(adds_up({"served": {"value": None}, **group["counts"]}) for group in service["groups"])


def check_gaps(data: dict[str, Any]) -> None:
    gaps = data["gaps"]["figures"]
    missed = [gap["numerator"]["value"] for gap in gaps]
    assert len(missed) == 5
    assert missed == sorted(missed, reverse=True)
    for gap in gaps:
        assert gap["value"] == pytest.approx(gap["numerator"]["value"] / gap["denominator"]["value"], abs=1e-4)
        assert gap["interval"]["low"] <= gap["value"] <= gap["interval"]["high"]
    assert data["gaps"]["basis"]["linkedShare"] == 1


def check_services(data: dict[str, Any]) -> None:
    programs = data["community"]["programs"]
    assert programs["totalCount"] == len(programs["nodes"])
    club = next(program for program in programs["nodes"] if program["name"] == "Club After School")
    assert club["organization"]["sector"] == "OUT_OF_SCHOOL_TIME"
    assert club["services"][0]["places"][0]["capacities"][0]["maximum"] == 75


CHECKS: dict[str, Callable[[dict[str, Any]], None]] = {
    "CABINET_STAFF": check_gap,
    "CABINET_MEMBER": check_comparison,
    "PARTNER_AGENCY harbor-clubs": check_dry_run,
    "SECTOR_STEWARD EDUCATION": check_children,
    "SITE_CONSULTANT": check_two_dimensions,
    "RESEARCHER": check_gaps,
    "PUBLIC": check_services,
}


def test_every_query_of_the_readme_names_a_role_and_is_asked_here() -> None:
    assert README.count("```graphql") == len(QUESTIONS)
    assert [role for role, _ in QUESTIONS] == list(CHECKS)


@pytest.mark.parametrize(("role", "query"), QUESTIONS, ids=list(CHECKS))
async def test_a_query_of_the_readme_is_answered(town: tuple[Client, Community], role: str, query: str) -> None:
    CHECKS[role](await ask(town, role, query))


async def test_what_a_role_may_do_is_told_as_the_readme_says(town: tuple[Client, Community]) -> None:
    (query,) = re.findall(r"`(viewer \{.+\})`", README)
    data = await ask(town, "CABINET_STAFF", f"{{ {query} }}")
    assert "CABINET_STAFF" in data["viewer"]["roles"]
    assert all(permission["reason"] for permission in data["viewer"]["can"])


def test_the_first_query_is_the_one_the_demo_prints() -> None:
    assert QUESTIONS[0][1].strip() == GAP_QUERY.strip()


def commands(document: str) -> list[list[str]]:
    """Return the commands of a document's shell blocks, one a line, without what stands before and after them."""
    blocks = re.findall(r"```sh\n(.+?)```", document, re.DOTALL)
    lines = "\n".join(blocks).replace("\\\n", " ").splitlines()
    words = [shlex.split(line.split(" | ")[0].split(" > ")[0], comments=True) for line in lines]
    plain = [[word for word in line if not re.match(r"[A-Z_]+=", word)] for line in words]
    return [[line[0].removeprefix(".venv/bin/"), *line[1:]] for line in plain if line]


def check_cabinet(words: list[str]) -> None:
    """Find the command, its options and a place for each argument, as the command line itself would."""
    group: Any = get_command(main)
    while hasattr(group, "commands"):
        assert words[0] in group.commands, words
        group, words = group.commands[words[0]], words[1:]
    given = {word for word in words if word.startswith("--")}
    assert given <= {name for parameter in group.params for name in parameter.opts}, words
    required = [parameter for parameter in group.params if parameter.required]
    assert all({*parameter.opts} & given for parameter in required if parameter.opts[0].startswith("--")), words


@pytest.mark.parametrize("document", [README, WALKTHROUGH, WEBHOOKS], ids=["README", "walkthrough", "webhooks"])
def test_every_command_of_a_document_exists(document: str) -> None:
    found = [words for words in commands(document) if words[0] == "cabinet"]
    assert found
    for words in found:
        check_cabinet(words[1:])


def test_every_target_of_make_that_is_named_exists() -> None:
    blocks = re.findall(r"```sh\n(.+?)```", README, re.DOTALL)
    inline = re.findall(r"`([^`\n]+)`", README)
    named = set(re.findall(r"\bmake ([a-z]+)", "\n".join((*blocks, *inline))))
    assert {"demo", "test", "help", "check"} <= named
    assert named <= set(re.findall(r"^(\w+):", MAKEFILE, re.MULTILINE))


def mapped() -> set[str]:
    """Return the paths of the map: what is indented stands in the folder above it."""
    (tree,) = re.findall(r"## The map of the house\n\n```\n(.+?)```", README, re.DOTALL)
    paths, folder = set(), ""
    for indent, name in re.findall(r"^( *)(\S+)", tree, re.MULTILINE):
        folder = folder if indent else name
        paths.add(folder + name if indent else name)
    return paths


def test_the_map_is_of_this_house() -> None:
    assert [path for path in mapped() if not (HOUSE / path).exists()] == []
    rooms = {f"cabinet/{path.name}{'/' * path.is_dir()}" for path in (HOUSE / "cabinet").iterdir()}
    assert rooms - {"cabinet/__init__.py", "cabinet/__pycache__/"} - mapped() == set()


@pytest.mark.parametrize("name", ["README.md", "docs/walkthrough.md", "docs/webhooks.md"])
def test_every_link_leads_somewhere(name: str) -> None:
    page = HOUSE / name
    for link in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
        assert link.startswith("https://") or (page.parent / link).exists(), link
