"""Measures through HTTP: one shape for all of them, with what each number stands on."""

from typing import Any

from cabinet.scope import Scope
from cabinet.tables.security import Login
from cabinet.tables.terms import Role
from tests.client import Client
from tests.world import World, child, enrollment

SHAPE = """
fragment Shape on Measured {
  basis { asOf schoolYear level dataVersion linkedShare unknown { dimension share } }
  figures {
    measure { name version definition polarity } asOf of service { code version }
    group { dimension value label } numerator { value withheld } denominator { value withheld }
    value interval { low high } standing withheld
  }
  withheld measures { name } unknownServices { code }
}
"""
EACH = {
    "gaps": 'gaps(community: "harbor", asOf: "2026-10-15", services: ["AFTER_SCHOOL"],'
    " breakdownBy: [NEIGHBORHOOD])",
    "trend": 'trend(community: "harbor", days: ["2026-09-15", "2026-10-15"], services: ["AFTER_SCHOOL"])',
    "compare": 'compare(community: "harbor", asOf: "2026-10-15", population: { neighborhoods: ["north"] },'
    ' services: ["AFTER_SCHOOL"])',
    "overlap": 'overlap(community: "harbor", asOf: "2026-10-15")',
    "disparity": 'disparity(community: "harbor", asOf: "2026-10-15", services: ["AFTER_SCHOOL"],'
    " breakdownBy: [NEIGHBORHOOD])",
    "capacity": 'capacity(community: "harbor", asOf: "2026-10-15", breakdownBy: [NEIGHBORHOOD])',
    "access": 'access(community: "harbor", asOf: "2026-10-15", services: ["AFTER_SCHOOL"], reachKm: 2)',
    "cascade": 'cascade(community: "harbor", asOf: "2026-10-15", services: ["AFTER_SCHOOL"])',
}


async def fill(world: World) -> None:
    """Twenty in the north, fourteen of them served; twenty in the south and two who knows where, nobody served."""
    places = [("north", 20), ("south", 20), (None, 2)]
    children = [
        child(
            f"C{place}{n}", f"Kid{n}", family=f"F{place}", grade="03", **({"neighborhood": place} if place else {})
        )
        for place, many in places
        for n in range(many)
    ]
    await world.roster("club", *children)
    await world.enroll("club", *(enrollment(f"e{n}", f"Cnorth{n}", "after") for n in range(14)))


async def ask(client: Client, field: str, role: Role = Role.CABINET_STAFF) -> dict[str, Any]:
    token = await client.token(role, sector="OUT_OF_SCHOOL_TIME")
    answer = await client.data(f"{SHAPE} {{ {EACH[field]} {{ ...Shape }} }}", token)
    found: dict[str, Any] = answer[field]
    return found


async def test_every_measure_answers_in_one_shape(client: Client) -> None:
    await fill(client.world)
    versions = set()
    for field in EACH:
        answer = await ask(client, field)
        assert answer["basis"]["asOf"] == "2026-10-15"
        assert (answer["basis"]["schoolYear"], answer["basis"]["level"]) == (2027, "COMMUNITY")
        assert answer["basis"]["linkedShare"] == 1
        assert answer["figures"]
        assert all(figure["measure"]["definition"].endswith(".") for figure in answer["figures"])
        assert {figure["measure"]["name"] for figure in answer["figures"]} == {
            m["name"] for m in answer["measures"]
        }
        assert answer["withheld"] == sum(figure["withheld"] for figure in answer["figures"])
        versions.add(answer["basis"]["dataVersion"])
    # Nothing was written between the questions: they are of the same data.
    assert len(versions) == 1
    await client.world.roster("club", child("later", "Later"))
    assert (await ask(client, "gaps"))["basis"]["dataVersion"] not in versions


async def test_a_small_group_is_withheld_in_every_figure_made_of_it(client: Client) -> None:
    await fill(client.world)
    answer = await ask(client, "disparity")
    by_group = {
        (figure["measure"]["name"], *(value["value"] for value in figure["group"])): figure
        for figure in answer["figures"]
    }
    # Two children nowhere known, six of the north missed: neither, nor what they follow from, has a value.
    assert by_group["coverageRate", "UNKNOWN"]["withheld"]
    assert by_group["coverageRate", "UNKNOWN"]["interval"] is None
    for name in ("rateDifference", "rateRatio"):
        assert by_group[name, "UNKNOWN"]["value"] is None
        assert by_group[name, "UNKNOWN"]["withheld"]
    assert answer["basis"]["unknown"] == [{"dimension": "NEIGHBORHOOD", "share": None}]
    exact = await ask(client, "disparity", Role.SECTOR_STEWARD)
    assert exact["withheld"] == 0
    assert exact["basis"]["unknown"] == [{"dimension": "NEIGHBORHOOD", "share": 0.048}]


async def test_gaps_tell_nothing_of_the_size_of_what_is_withheld(client: Client) -> None:
    await fill(client.world)
    answer = await ask(client, "gaps")
    shown = [figure["withheld"] for figure in answer["figures"]]
    assert True in shown
    assert shown == sorted(shown)
    hidden = [figure for figure in answer["figures"] if figure["withheld"]]
    assert [figure["group"][0]["label"] for figure in hidden] == sorted(
        (figure["group"][0]["label"] for figure in hidden), key=lambda label: (label == "Unknown", label)
    )
    exact = await ask(client, "gaps", Role.SECTOR_STEWARD)
    found = [(figure["group"][0]["value"], figure["numerator"]["value"]) for figure in exact["figures"]]
    assert found == [("south", 20), ("north", 6), ("UNKNOWN", 2)]


async def test_every_question_is_audited_with_what_was_asked(client: Client) -> None:
    await fill(client.world)
    for field in EACH:
        await ask(client, field)
    asked = await audited(client.world)
    assert [row["action"] for row in asked] == list(EACH)
    assert all(row["detail"]["level"] == "COMMUNITY" for row in asked)
    assert "north" in asked[2]["detail"]["slices"]["population"]["population"]


async def audited(world: World) -> list[Any]:
    scope = Scope(Login.OPERATOR, (world.harbor.community_id,))
    async with world.database.transaction(scope) as connection:
        rows = await connection.fetch(
            "SELECT action, detail FROM audit_event WHERE community_id = $1 AND action = ANY ($2)"
            " ORDER BY audit_event_id",
            world.harbor.community_id,
            list(EACH),
        )
    return [dict(row) for row in rows]


async def test_who_is_not_served_and_by_how_many_sectors_can_be_asked(client: Client) -> None:
    await fill(client.world)
    token = await client.token(Role.CABINET_STAFF)
    query = """query($of: PopulationInput) {
      coverage(community: "harbor", asOf: "2026-10-15", services: [], population: $of) {
        population { value } } }"""
    found = {}
    for name, of in {
        "not served": {"notServedBy": ["AFTER_SCHOOL"]},
        "none": {"sectorsServing": [0]},
        "one": {"sectorsServing": [1]},
        "nobody": {"sectorsServing": [2, 3]},
    }.items():
        found[name] = (await client.data(query, token, of=of))["coverage"]["population"]["value"]
    assert found == {"not served": 28, "none": 28, "one": 14, "nobody": 0}
    assert await client.code(query, token, of={"sectorsServing": [4]}) == "INPUT_INVALID"


OF = '(community: "harbor", asOf: "2026-10-15", services: ["AFTER_SCHOOL"], breakdownBy: [NEIGHBORHOOD])'
AS_ASKED = f"""query($no: Boolean!) {{
  coverage{OF} {{
    services {{ __typename kind: sector ...Whole groups {{ values {{ value }} counts {{ gap {{ ...Said }} }} }} }}
    same: services {{ code @skip(if: $no) version }}
  }}
  gaps{OF} {{
    figures {{ day: asOf measure {{ polarity }} group {{ value }} numerator {{ ...Said }} standing }}
  }}
}}
fragment Whole on ServiceCoverage {{ total {{ inNeed {{ value }} }} }}
fragment Said on Count {{ value withheld }}"""


async def test_groups_read_the_same_beside_what_is_worked_out_of_them(client: Client) -> None:
    """A rate is no count that an answer holds: groups of which it is asked are written object by object."""
    await fill(client.world)
    token = await client.token(Role.SECTOR_STEWARD, sector="OUT_OF_SCHOOL_TIME")
    asked = "values { dimension value label } counts { %s __typename inNeed { value withheld } gap { value } }"
    held, with_rate = [
        (await client.data(f"{{ coverage{OF} {{ services {{ groups {{ {asked % rate} }} }} }} }}", token))
        for rate in ("", "coverageRate")
    ]
    groups = with_rate["coverage"]["services"][0]["groups"]
    rates = {group["values"][0]["value"]: group["counts"].pop("coverageRate") for group in groups}
    assert rates == {"north": 0.7, "south": 0.0, "UNKNOWN": 0.0}
    assert groups == held["coverage"]["services"][0]["groups"]


async def test_services_and_figures_are_written_as_they_are_asked_for(client: Client) -> None:
    await fill(client.world)
    answers = {}
    for role in (Role.SECTOR_STEWARD, Role.CABINET_STAFF):
        token = await client.token(role, sector="OUT_OF_SCHOOL_TIME")
        answers[role] = await client.data(AS_ASKED, token, no=True)
    exact, protected = answers.values()
    (service,) = exact["coverage"]["services"]
    assert list(service) == ["__typename", "kind", "total", "groups"]
    assert (service["__typename"], service["kind"]) == ("ServiceCoverage", "OUT_OF_SCHOOL_TIME")
    assert service["total"] == {"inNeed": {"value": 42}}
    assert exact["coverage"]["same"] == [{"version": 1}]
    assert gaps_by_place(exact) == {"north": (6, False), "south": (20, False), "UNKNOWN": (2, False)}
    assert gaps_by_place(protected)["UNKNOWN"] == (None, True)
    assert exact["gaps"]["figures"][0] == {
        "day": "2026-10-15",
        "measure": {"polarity": "WORSE"},
        "group": [{"value": "south"}],
        "numerator": {"value": 20, "withheld": False},
        "standing": None,
    }


def gaps_by_place(answer: dict[str, Any]) -> dict[str, tuple[int | None, bool]]:
    groups = answer["coverage"]["services"][0]["groups"]
    return {each["values"][0]["value"]: tuple(each["counts"]["gap"].values()) for each in groups}
