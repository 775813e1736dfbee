"""What a role reads of a child is what its own sources say, whoever else knows more."""

from uuid import UUID

from cabinet.communities import add_member
from cabinet.coverage.coverage import coverage
from cabinet.coverage.dimensions import Dimension
from cabinet.coverage.population import Population
from cabinet.intake.rows import Kind
from cabinet.tables.terms import Role
from cabinet.viewer import Membership, Viewer
from tests.client import Client
from tests.world import DAY, World, child, enrollment

CHILDREN = '{ children(community: "harbor") { nodes { birthMonth sex raceEthnicity } } }'


def steward(world: World, sector: str) -> Viewer:
    return Viewer("s", (Membership(world.harbor.community_id, Role.SECTOR_STEWARD, sector=sector),))


async def test_a_steward_is_not_told_what_another_sector_was_told(client: Client) -> None:
    world, known = client.world, {"identifiers": {"DISTRICT_STUDENT_ID": "4711"}}
    await world.roster("district", child("D1", "Ana", race_ethnicity=["ASIAN"], **known))
    await world.roster("clinic", {"record_id": "P1", "identity": known})
    health = await client.token(Role.SECTOR_STEWARD, sector="HEALTH")
    education = await client.token(Role.SECTOR_STEWARD, sector="EDUCATION")
    told = {"birthMonth": "2018-03-01", "sex": "FEMALE", "raceEthnicity": ["ASIAN"]}
    assert (await client.data(CHILDREN, education))["children"]["nodes"] == [told]
    untold = {"birthMonth": None, "sex": "UNKNOWN", "raceEthnicity": []}
    assert (await client.data(CHILDREN, health))["children"]["nodes"] == [untold]
    answer = await coverage(
        world.database,
        steward(world, "HEALTH"),
        world.harbor.community_id,
        Population(),
        ["WELL_CHILD_VISIT"],
        DAY,
        (Dimension.RACE_ETHNICITY, Dimension.SEX),
    )
    assert [[value.value for value in group.values] for group in answer.services[0].groups] == [
        ["UNKNOWN", "UNKNOWN"]
    ]


async def test_a_service_that_another_sector_gives_too_is_unknown_to_a_steward(world: World) -> None:
    program = {"code": "clinic-club", "name": "Clinic Club", "organization": "clinic", "sector": "HEALTH"}
    service = {"code": "cc", "name": "Club", "program": "clinic-club", "service_type": "AFTER_SCHOOL"}
    await world.fill("clinic", Kind.PROGRAM, [program])
    await world.fill("clinic", Kind.SERVICE, [service])
    ana = child("C1", "Ana", grade="03")
    await world.roster("club", ana)
    await world.enroll("clinic", enrollment("e1", ana, "clinic-club"))
    community: UUID = world.harbor.community_id
    for sector in ("OUT_OF_SCHOOL_TIME", "HEALTH"):
        asked = (world.database, steward(world, sector), community, Population(), ["AFTER_SCHOOL"], DAY)
        assert (await coverage(*asked)).services[0].total is None


async def test_who_is_steward_and_agency_reads_the_rows_of_both(client: Client) -> None:
    world = client.world
    await world.roster("clinic", child("P1", "Ana"))
    await world.enroll("club", enrollment("e1", child("", "Bo"), "after"))
    # The same subject in both roles.
    steward_token = await client.token(Role.SECTOR_STEWARD, organization="club", sector="HEALTH")
    subject = f"{Role.SECTOR_STEWARD}:harbor:club:HEALTH"
    await add_member(world.database, world.harbor, subject, Role.PARTNER_AGENCY, organization="club")
    query = '{ children(community: "harbor") { nodes { identities { givenName } } } }'
    nodes = (await client.data(query, steward_token))["children"]["nodes"]
    assert sorted(said["givenName"] for node in nodes for said in node["identities"]) == ["Ana", "Bo"]
