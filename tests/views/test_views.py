"""What is promised of saved views: who sees, changes and runs them, and that old versions stay as they were."""

from typing import Any

import pytest

from cabinet.tables.terms import Role
from cabinet.views.definition import ViewQuestion
from tests.client import Client
from tests.world import child, enrollment

FIELDS = """id name description owner sharedWith archivedAt forkedVersion problems
  versions { version note madeBy definition } latest { version }"""
SAVE = f"mutation($input: SaveViewInput!) {{ saveView(input: $input) {{ {FIELDS} }} }}"
SHARE = f"""mutation($id: ID!, $with: [ViewAudienceInput!]!) {{
  shareView(id: $id, audiences: $with) {{ {FIELDS} }} }}"""
FORK = f"""mutation($id: ID!, $version: Int, $community: ID, $name: String) {{
  forkView(id: $id, version: $version, community: $community, name: $name) {{ {FIELDS} }} }}"""
ARCHIVE = f"mutation($id: ID!, $archived: Boolean!) {{ archiveView(id: $id, archived: $archived) {{ {FIELDS} }} }}"
LIST = f"""query($archived: Boolean! = false, $first: Int! = 100, $after: ID) {{
  views(community: "harbor", archived: $archived, first: $first, after: $after) {{ {FIELDS} }} }}"""
RUN = """query($id: ID!, $version: Int, $asOf: Date, $neighborhoods: [String!], $grades: [String!]) {
  view(id: $id) { result(version: $version, asOf: $asOf, neighborhoods: $neighborhoods, grades: $grades) {
    basis { asOf level } figures { measure { name } asOf value withheld numerator { value }
      group { value } of service { code } } } } }"""
DAY = "2026-10-15"
SERVED: dict[str, Any] = {"question": "MEASURES", "services": ["AFTER_SCHOOL"], "measures": ["IN_NEED", "SERVED"]}


async def save(client: Client, token: str, definition: dict[str, Any] = SERVED, **said: Any) -> dict[str, Any]:
    given = {
        "definition": definition,
        **({} if "view" in said else {"community": "harbor", "name": "After school"}),
    }
    view: dict[str, Any] = (await client.data(SAVE, token, input={**given, **said}))["saveView"]
    return view


async def names(client: Client, token: str, **how: Any) -> list[str]:
    return [view["name"] for view in (await client.data(LIST, token, **how))["views"]]


async def figures(client: Client, token: str, view: str, **how: Any) -> list[Any]:
    result = (await client.data(RUN, token, id=view, asOf=how.pop("asOf", DAY), **how))["view"]["result"]
    return [(f["measure"]["name"], f["value"]) for f in result["figures"]]


@pytest.fixture
async def consultant(client: Client) -> str:
    """Return a consultant's token; thirty children in need live in the north, and twelve are served."""
    rows = [child(f"C{n}", f"Child{n}", grade="03", neighborhood="north") for n in range(30)]
    await client.world.roster("club", *rows)
    await client.world.enroll("club", *(enrollment(f"e{n}", f"C{n}", "after") for n in range(12)))
    return await client.token(Role.SITE_CONSULTANT)


async def test_a_saved_view_is_its_owners_until_it_is_shared(client: Client, consultant: str) -> None:
    view = await save(client, consultant)
    member, researcher = await client.token(Role.CABINET_MEMBER), await client.token(Role.RESEARCHER)
    assert await names(client, consultant) == ["After school"]
    for other in (member, researcher):
        assert await names(client, other) == []
        assert await client.code(RUN, other, id=view["id"]) == "NOT_FOUND"
    shared = (await client.data(SHARE, consultant, **{"id": view["id"], "with": [{"cabinet": True}]}))["shareView"]
    assert shared["sharedWith"] == ["CABINET"]
    assert (await names(client, member), await names(client, researcher)) == (["After school"], [])
    await client.data(SHARE, consultant, **{"id": view["id"], "with": [{"role": "RESEARCHER"}]})
    assert (await names(client, member), await names(client, researcher)) == ([], ["After school"])
    await client.data(SHARE, consultant, **{"id": view["id"], "with": []})
    assert await names(client, researcher) == []


async def test_staff_keep_house_and_people_can_be_named(client: Client, consultant: str) -> None:
    view = await save(client, consultant)
    assert await names(client, await client.token(Role.CABINET_STAFF)) == ["After school"]
    agency = await client.token(Role.PARTNER_AGENCY)
    person = {"person": "PARTNER_AGENCY:harbor:club:HEALTH"}
    await client.data(SHARE, consultant, **{"id": view["id"], "with": [person]})
    assert await names(client, agency) == ["After school"]


async def test_who_runs_a_view_is_answered_by_their_own_rights(client: Client, consultant: str) -> None:
    view = (await save(client, consultant))["id"]
    with_all = [{"role": "PARTNER_AGENCY"}, {"cabinet": True}]
    await client.data(SHARE, consultant, **{"id": view, "with": with_all})
    agency = await client.token(Role.PARTNER_AGENCY)
    other = await client.token(Role.PARTNER_AGENCY, organization="arts")
    assert await figures(client, agency, view) == [("inNeed", 30.0), ("served", 12.0)]
    assert await figures(client, other, view) == []
    member = (await client.data(RUN, await client.token(Role.CABINET_MEMBER), id=view, asOf=DAY))["view"]["result"]
    assert member["basis"]["level"] == "COMMUNITY"


async def test_an_old_version_asks_what_it_asked(client: Client, consultant: str) -> None:
    view = (await save(client, consultant))["id"]
    wider = {**SERVED, "measures": ["GAP"]}
    saved = await save(client, consultant, wider, view=view, note="gaps instead", name="Missed")
    assert [(v["version"], v["note"]) for v in saved["versions"]] == [(1, None), (2, "gaps instead")]
    assert (saved["name"], saved["latest"]["version"]) == ("Missed", 2)
    assert await figures(client, consultant, view) == [("gap", 18.0)]
    assert await figures(client, consultant, view, version=1) == [("inNeed", 30.0), ("served", 12.0)]
    assert await figures(client, consultant, view, version=1, asOf="2026-08-15") == [
        ("inNeed", 30.0),
        ("served", 0.0),
    ]
    assert await client.code(RUN, consultant, id=view, version=3) == "NOT_FOUND"


async def test_a_view_saved_in_the_meantime_is_not_written_over(client: Client, consultant: str) -> None:
    view = (await save(client, consultant))["id"]
    await save(client, consultant, view=view, basedOn=1)
    given = {"definition": SERVED, "view": view, "basedOn": 1}
    assert await client.code(SAVE, consultant, input=given) == "VIEW_CHANGED"


async def test_whoever_runs_it_may_narrow_it(client: Client, consultant: str) -> None:
    view = (await save(client, consultant))["id"]
    assert await figures(client, consultant, view, neighborhoods=["south"]) == [("inNeed", 0.0), ("served", 0.0)]
    assert await figures(client, consultant, view, grades=["03"]) == [("inNeed", 30.0), ("served", 12.0)]
    assert await client.code(RUN, consultant, id=view, neighborhoods=["atlantis"]) == "INPUT_INVALID"


@pytest.mark.parametrize(
    ("definition", "count"),
    [
        ({"question": "GAPS", "services": ["AFTER_SCHOOL"], "breakdownBy": ["NEIGHBORHOOD"]}, 1),
        ({**SERVED, "months": 2}, 6),
        ({**SERVED, "question": "COMPARE", "population": {"neighborhoods": ["north"]}}, 4),
        ({"question": "OVERLAP"}, 1),
        ({"question": "CASCADE", "services": ["AFTER_SCHOOL"]}, 6),
        ({"question": "DISPARITY", "services": ["AFTER_SCHOOL"], "breakdownBy": ["NEIGHBORHOOD"]}, 2),
        ({"question": "CAPACITY", "services": ["AFTER_SCHOOL"], "breakdownBy": ["NEIGHBORHOOD"]}, 12),
        ({"question": "ACCESS", "services": ["AFTER_SCHOOL"], "accessBy": "SCHOOL", "reachKm": 2.5}, 2),
    ],
)
async def test_every_question_can_be_saved_and_run(
    client: Client, consultant: str, definition: dict[str, Any], count: int
) -> None:
    view = await save(client, consultant, definition)
    assert view["problems"] == []
    assert len(await figures(client, consultant, view["id"])) >= count
    again = await save(client, consultant, view["versions"][0]["definition"], name="Again")
    assert again["versions"][0]["definition"] == view["versions"][0]["definition"]
    assert await figures(client, consultant, again["id"]) == await figures(client, consultant, view["id"])


async def test_what_is_gone_is_said_when_views_are_listed(client: Client, consultant: str) -> None:
    definition = {**SERVED, "services": ["AFTER_SCHOOL", "ALCHEMY"], "population": {"neighborhoods": ["atlantis"]}}
    await save(client, consultant, definition)
    (listed,) = (await client.data(LIST, consultant))["views"]
    assert [problem for problem in listed["problems"] if "ALCHEMY" in problem or "atlantis" in problem] == listed[
        "problems"
    ]
    assert len(listed["problems"]) == 2
    assert await client.code(RUN, consultant, id=listed["id"]) == "INPUT_INVALID"


async def test_a_view_is_put_away_and_taken_out_again(client: Client, consultant: str) -> None:
    view = (await save(client, consultant))["id"]
    away = (await client.data(ARCHIVE, consultant, id=view, archived=True))["archiveView"]
    assert away["archivedAt"] is not None
    assert (await names(client, consultant), await names(client, consultant, archived=True)) == (
        [],
        ["After school"],
    )
    assert await figures(client, consultant, view) == [("inNeed", 30.0), ("served", 12.0)]
    await client.data(ARCHIVE, consultant, id=view, archived=False)
    assert await names(client, consultant) == ["After school"]


async def test_a_fork_is_the_forkers_and_keeps_where_it_came_from(client: Client, consultant: str) -> None:
    view = (await save(client, consultant))["id"]
    await save(client, consultant, {**SERVED, "measures": ["GAP"]}, view=view)
    staff = await client.token(Role.CABINET_STAFF)
    fork = (await client.data(FORK, staff, id=view, version=1, name="Mine"))["forkView"]
    assert (fork["name"], fork["forkedVersion"], len(fork["versions"])) == ("Mine", 1, 1)
    assert fork["versions"][0]["definition"]["measures"] == ["IN_NEED", "SERVED"]
    assert await client.code(FORK, consultant, id=view, community="river") == "FORBIDDEN"


async def test_views_come_page_by_page_in_the_order_of_names(client: Client, consultant: str) -> None:
    for name in ("b", "a", "c"):
        await save(client, consultant, name=name)
    seen, after = [], None
    while page := (await client.data(LIST, consultant, first=2, after=after))["views"]:
        seen += [view["name"] for view in page]
        after = page[-1]["id"]
    assert seen == ["a", "b", "c"]


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.SITE_CONSULTANT, Role.CABINET_STAFF)])
async def test_only_consultants_and_staff_save_views(client: Client, consultant: str, role: Role) -> None:
    view = (await save(client, consultant))["id"]
    token = await client.token(role)
    given = {"definition": SERVED, "community": "harbor", "name": "x"}
    assert await client.code(SAVE, token, input=given) == "FORBIDDEN"
    assert await client.code(ARCHIVE, token, id=view, archived=True) == "FORBIDDEN"
    assert await client.code(SHARE, token, **{"id": view, "with": []}) == "FORBIDDEN"


async def test_anothers_view_is_not_changed(client: Client, consultant: str) -> None:
    view = (await save(client, await client.token(Role.CABINET_STAFF), name="Staff's"))["id"]
    assert await client.code(ARCHIVE, consultant, id=view, archived=True) == "NOT_FOUND"
    await client.data(
        SHARE, await client.token(Role.CABINET_STAFF), **{"id": view, "with": [{"role": "SITE_CONSULTANT"}]}
    )
    assert await client.code(ARCHIVE, consultant, id=view, archived=True) == "FORBIDDEN"


async def test_nobody_of_another_community_sees_it(client: Client, consultant: str) -> None:
    view = (await save(client, consultant))["id"]
    river = await client.token(Role.CABINET_STAFF, client.world.river)
    assert await client.code(RUN, river, id=view) == "FORBIDDEN"
    assert await client.code(LIST, river) == "FORBIDDEN"


@pytest.mark.parametrize(
    "audience", [{}, {"cabinet": True, "role": "RESEARCHER"}, {"role": "PUBLIC"}, {"person": " "}]
)
async def test_an_audience_is_one_that_may_see_counts(client: Client, consultant: str, audience: Any) -> None:
    view = (await save(client, consultant))["id"]
    assert await client.code(SHARE, consultant, **{"id": view, "with": [audience]}) == "INPUT_INVALID"


NESTED: dict[str, Any] = {"grades": ["03"]}
for _ in range(11):
    NESTED = {"not": NESTED}
UNASKABLE: list[dict[str, Any]] = [
    {"breakdownBy": ["GRADE", "SEX", "IEP", "HOMELESS"]},
    {"breakdownBy": ["GRADE", "GRADE"]},
    {"question": "OVERLAP", "breakdownBy": ["GRADE", "SEX", "IEP"]},
    {"population": {"not": {"ages": {"min": 9, "max": 2}}}},
    {"population": NESTED},
    {"question": "COMPARE", "against": NESTED},
]


@pytest.mark.parametrize("asked", UNASKABLE)
async def test_what_nobody_could_run_is_refused_when_it_is_saved(
    client: Client, consultant: str, asked: dict[str, Any]
) -> None:
    given = {"definition": {**SERVED, **asked}, "community": "harbor", "name": "x"}
    assert await client.code(SAVE, consultant, input=given) == "INPUT_INVALID"
    assert await names(client, consultant) == []


@pytest.mark.parametrize("question", ["MEASURES", "COMPARE"])
async def test_what_could_be_saved_can_be_run_narrowed(client: Client, consultant: str, question: str) -> None:
    deepest = NESTED["not"]["not"]
    asked = {**SERVED, "question": question, "population": deepest, "against": deepest}
    view = (await save(client, consultant, asked))["id"]
    assert await figures(client, consultant, view, neighborhoods=["north"], grades=["03"])


@pytest.mark.parametrize(
    "said", [{"name": " "}, {"name": "x" * 121}, {"note": "x" * 2001}, {"community": None, "name": None}]
)
async def test_a_view_that_cannot_be_saved_says_why(client: Client, consultant: str, said: Any) -> None:
    given = {"definition": SERVED, "community": "harbor", "name": "x", **said}
    assert await client.code(SAVE, consultant, input=given) == "INPUT_INVALID"
    assert await names(client, consultant) == []


@pytest.mark.parametrize(
    ("definition", "asked"),
    [
        (
            {"question": "CAPACITY", "needPolicy": "NOT_SERVED"},
            "capacity",
        ),
        ({"question": "ACCESS", "reachKm": 7.5, "accessBy": "SCHOOL"}, "access"),
    ],
)
async def test_seats_are_saved_with_what_they_were_asked_by(
    client: Client, consultant: str, definition: dict[str, Any], asked: str
) -> None:
    said = {"CAPACITY": "needPolicy: NOT_SERVED", "ACCESS": "reachKm: 7.5, by: SCHOOL"}[definition["question"]]
    view = await save(client, consultant, {**definition, "services": ["AFTER_SCHOOL"]})
    answer = await client.data(
        f"""{{ {asked}(community: "harbor", asOf: "{DAY}", services: ["AFTER_SCHOOL"], {said}) {{
          figures {{ measure {{ name }} value }} }} }}""",
        consultant,
    )
    direct = [(f["measure"]["name"], f["value"]) for f in answer[asked]["figures"]]
    assert direct
    assert await figures(client, consultant, view["id"]) == direct
    shown = view["versions"][0]["definition"]
    assert {name: shown[name] for name in definition} == definition


@pytest.mark.parametrize(
    "definition",
    [{"question": "CAPACITY", "breakdownBy": ["GRADE"]}, {"question": "ACCESS", "reachKm": 0}],
)
async def test_seats_that_nobody_could_ask_about_are_not_saved(
    client: Client, consultant: str, definition: dict[str, Any]
) -> None:
    given = {"definition": definition, "community": "harbor", "name": "Seats"}
    assert await client.code(SAVE, consultant, input=given) == "INPUT_INVALID"


@pytest.mark.parametrize("question", ViewQuestion)
async def test_however_the_same_population_is_said_every_question_answers_the_same(
    client: Client, consultant: str, question: ViewQuestion
) -> None:
    """Twice denied, alone in an AND or an OR: the figures are the same, and so is what is withheld of them."""
    by_place = {"breakdownBy": ["NEIGHBORHOOD"]} if question is not ViewQuestion.ACCESS else {}
    said = {"grades": ["03"], "not": {"servedBy": ["TUTORING"]}}
    ways = [said, {"not": {"not": said}}, {"and": [said]}, {"or": [said]}, {"not": {"or": [{"not": said}]}}]
    found = []
    for way in ways:
        asked = {"question": question, "services": ["AFTER_SCHOOL", "TUTORING"], "population": way, **by_place}
        view = await save(client, consultant, asked)
        result = (await client.data(RUN, consultant, id=view["id"], asOf=DAY))["view"]["result"]
        found.append(result["figures"])
    assert any(figure["value"] is not None for figure in found[0])
    assert found == [found[0]] * len(ways)
