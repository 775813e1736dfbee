"""The access matrix: role by role, what each may ask, run through HTTP.

ALLOW answers, MASK answers with null in the place of what the role does not see, DENY refuses with FORBIDDEN.
Both ways to an answer keep to it: statements compiled from the query, and the ordinary resolvers.
"""

from collections.abc import Mapping
from typing import Any

import pytest

from cabinet.read.roots import Finder
from cabinet.tables.terms import Role
from tests.client import Client
from tests.plans.both_ways import NothingCompiled
from tests.world import child, enrollment

ALLOW, MASK, DENY = "allow", "mask", "deny"

QUERIES: Mapping[str, str] = {
    "communities": "{ communities { nodes { name } } }",
    "community.organizations": '{ community(id: "harbor") { organizations { nodes { name sector } } } }',
    "community.programs": '{ community(id: "harbor") { programs { nodes { code } } } }',
    "community.neighborhoods": '{ community(id: "harbor") { neighborhoods { nodes { code geometry } } } }',
    "community.schools": '{ community(id: "harbor") { schools { nodes { code } } } }',
    "children": '{ children(community: "harbor") { nodes { id } } }',
    "children.birthMonth": '{ children(community: "harbor") { nodes { birthMonth } } }',
    "children.sex": '{ children(community: "harbor") { nodes { sex } } }',
    "children.raceEthnicity": '{ children(community: "harbor") { nodes { raceEthnicity } } }',
    "children.identities": '{ children(community: "harbor") { nodes { identities { familyName } } } }',
    "childrenBehind": '{ childrenBehind(community: "harbor", count: POPULATION) { nodes { id } } }',
    "enrollments": '{ enrollments(community: "harbor") { nodes { status recordId } } }',
    "enrollments.attendance": """{ enrollments(community: "harbor") { nodes {
        attendance { totalCount nodes { attendedOn category session } } } } }""",
    "children.referrals": '{ children(community: "harbor") { nodes { referrals { nodes { status sent } } } } }',
    "referrals": '{ referrals(community: "harbor") { nodes { status recordId } } }',
    "withdrawnRecords": '{ withdrawnRecords(community: "harbor") { nodes { kind recordId reason } } }',
    "coverage": '{ coverage(community: "harbor") { population { value } } }',
    "coverage by race": '{ coverage(community: "harbor", breakdownBy: [RACE_ETHNICITY]) { asOf } }',
    "linkageQuality": '{ linkageQuality(community: "harbor") { linked { value } } }',
    "gaps": '{ gaps(community: "harbor") { withheld } }',
    "trend": '{ trend(community: "harbor", days: ["2026-10-15"]) { withheld } }',
    "compare": '{ compare(community: "harbor", population: { sex: [FEMALE] }) { withheld } }',
    "overlap": '{ overlap(community: "harbor") { withheld } }',
    "disparity": '{ disparity(community: "harbor", breakdownBy: [SEX]) { withheld } }',
    "capacity": '{ capacity(community: "harbor") { withheld } }',
    "cascade": '{ cascade(community: "harbor") { withheld } }',
    "access": '{ access(community: "harbor") { withheld } }',
    "effectiveCoverage": '{ effectiveCoverage(community: "harbor") { withheld } }',
    "waiting": '{ waiting(community: "harbor") { withheld } }',
    "dosage": '{ dosage(community: "harbor") { withheld } }',
    "retention": '{ retention(community: "harbor") { withheld } }',
    "completeness": '{ completeness(community: "harbor") { withheld } }',
    "populations": '{ populations(community: "harbor") { code } }',
    "serviceTypeVersions": '{ serviceTypeVersions(community: "harbor", code: "DENTAL") { version } }',
    "changeServiceType": """mutation { changeServiceType(input: {community: "harbor", code: "DENTAL", version: 1,
        recencyMonths: 9}) { version } }""",
    "savePopulation": """mutation { savePopulation(input: {community: "harbor", code: "all", name: "All",
        population: {}}) { version } }""",
    "postEnrollments": """mutation { postEnrollments(input: {community: "harbor", dryRun: true, rows: [
        {recordId: "x", program: "after", status: "ENROLLED", begins: "2026-09-01",
         child: {identity: {givenName: "Zo", familyName: "Li", birthDate: "2017-01-01"}}}]})
        { rejected rows { verdict } } }""",
    "postAttendance": """mutation { postAttendance(input: {community: "harbor", dryRun: true, rows: [
        {recordId: "x", program: "after", category: "PRESENT", attendedOn: "2026-09-01",
         child: {identity: {givenName: "Zo", familyName: "Li", birthDate: "2017-01-01"}}}]})
        { rejected rows { verdict } } }""",
    "importJobs": '{ importJobs(community: "harbor") { id } }',
    "matchReviews": '{ matchReviews(community: "harbor") { nodes { id } } }',
    "postEncounters": """mutation { postEncounters(input: {community: "harbor", dryRun: true, rows: [
        {recordId: "x", serviceType: "DENTAL", kind: "VISIT", occurredOn: "2026-09-01",
         child: {identity: {givenName: "Zo", familyName: "Li", birthDate: "2017-01-01"}}}]})
        { rejected rows { verdict } } }""",
    "postNeeds": """mutation { postNeeds(input: {community: "harbor", dryRun: true, rows: [
        {recordId: "x", serviceType: "TUTORING", basis: "REQUEST", opened: "2026-09-01",
         child: {identity: {givenName: "Zo", familyName: "Li", birthDate: "2017-01-01"}}}]})
        { rejected rows { verdict } } }""",
    "postReferrals": """mutation { postReferrals(input: {community: "harbor", dryRun: true, rows: [
        {recordId: "x", serviceType: "DENTAL", status: "SENT", sent: "2026-09-01",
         child: {identity: {givenName: "Zo", familyName: "Li", birthDate: "2017-01-01"}}}]})
        { rejected rows { verdict } } }""",
    "postCapacity": """mutation { postCapacity(input: {community: "harbor", dryRun: true, rows: [
        {service: "after-s", location: "gym", maximum: 20, updated: "2026-09-01"}]})
        { rejected rows { verdict } } }""",
    "postWithdrawals": """mutation { postWithdrawals(input: {community: "harbor", dryRun: true, rows: [
        {recordId: "x", kind: "ENCOUNTER"}]}) { rejected rows { verdict } } }""",
    "views": '{ views(community: "harbor") { name } }',
    "saveView": """mutation { saveView(input: {community: "harbor", name: "x",
        definition: {question: GAPS}}) { id } }""",
}
OPEN = dict.fromkeys(
    (
        "communities",
        "community.organizations",
        "community.programs",
        "community.neighborhoods",
        "community.schools",
    ),
    ALLOW,
)
MASKED = ("children.raceEthnicity",)
ROWS = (
    *("children", "children.birthMonth", "children.sex", *MASKED, "children.identities", "children.referrals"),
    *("enrollments", "enrollments.attendance", "referrals", "withdrawnRecords", "childrenBehind"),
)
NO_ROWS = dict.fromkeys(ROWS, DENY)
SAVES = {"savePopulation": ALLOW, "changeServiceType": ALLOW}
NO_SAVES = dict.fromkeys(SAVES, DENY)
MEASURES = (
    "populations",
    "serviceTypeVersions",
    "gaps",
    "trend",
    "compare",
    "disparity",
    "capacity",
    "access",
    "cascade",
    *("effectiveCoverage", "waiting", "dosage", "retention", "completeness"),
)
COUNTS = {"coverage": ALLOW, "coverage by race": ALLOW, "overlap": ALLOW, **dict.fromkeys(MEASURES, ALLOW)}
NO_COUNTS = dict.fromkeys(COUNTS, DENY)
POSTS = (
    *("postEnrollments", "postAttendance", "postEncounters", "postNeeds", "postReferrals", "postCapacity"),
    *("postWithdrawals", "importJobs"),
)
NO_POST = {**dict.fromkeys(POSTS, DENY), "matchReviews": DENY}
LINKAGE, NO_LINKAGE = ({"linkageQuality": how} for how in (ALLOW, DENY))
VIEWS, NO_VIEWS = {"views": ALLOW}, {"views": DENY, "saveView": DENY}
BLIND = {**OPEN, **NO_LINKAGE, **NO_ROWS, **NO_COUNTS, **NO_POST, **NO_SAVES, **NO_VIEWS}
RUNS = {**COUNTS, **VIEWS}

MATRIX: Mapping[Role | None, Mapping[str, str]] = {
    **dict.fromkeys((None, Role.PUBLIC, Role.OPERATOR), BLIND),
    Role.CABINET_MEMBER: {**BLIND, **LINKAGE, **RUNS},
    Role.CABINET_STAFF: {**BLIND, **LINKAGE, **RUNS, **SAVES, "saveView": ALLOW},
    Role.SITE_CONSULTANT: {**BLIND, **RUNS, **SAVES, "saveView": ALLOW, "changeServiceType": DENY},
    Role.RESEARCHER: {**BLIND, **RUNS},
    Role.SECTOR_STEWARD: {
        **BLIND,
        **LINKAGE,
        **dict.fromkeys(ROWS, ALLOW),
        **RUNS,
        "overlap": DENY,
        "matchReviews": ALLOW,
    },
    Role.PARTNER_AGENCY: {
        **BLIND,
        **dict.fromkeys(ROWS, ALLOW),
        **dict.fromkeys(MASKED, MASK),
        **RUNS,
        "coverage by race": DENY,
        "overlap": DENY,
        **dict.fromkeys(POSTS, ALLOW),
    },
}


def verdict(answer: Mapping[str, Any]) -> str:
    errors = answer.get("errors")
    if errors:
        assert {error["extensions"]["code"] for error in errors} == {"FORBIDDEN"}, errors
        return DENY
    children = (answer["data"].get("children") or {}).get("nodes", ())
    masked = {f"Child.{name}" for node in children for name, value in node.items() if value is None}
    assert set(answer.get("extensions", {}).get("withheld", ())) == masked
    return MASK if masked else ALLOW


async def fill(client: Client) -> None:
    ana = child("D1", "Ana", grade="03", race_ethnicity=["ASIAN"])
    await client.world.roster("clinic", ana)
    await client.world.enroll("club", enrollment("e1", ana, "after"))


@pytest.fixture(params=["compiled", "ordinary"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Compile what can be, or nothing at all."""
    if request.param == "ordinary":
        monkeypatch.setattr(Finder, "find", NothingCompiled.find)


def test_the_matrix_covers_every_role_and_every_query() -> None:
    assert set(MATRIX) == {None, *Role}
    assert all(set(row) == set(QUERIES) for row in MATRIX.values())


@pytest.mark.parametrize("role", MATRIX)
async def test_the_matrix_holds(client: Client, way: None, role: Role | None) -> None:
    await fill(client)
    token = await client.token(role) if role else None
    found = {field: verdict(await client.ask(QUERIES[field], token)) for field in MATRIX[role]}
    assert found == MATRIX[role]


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.PUBLIC, Role.OPERATOR)])
async def test_a_role_ends_at_the_border_of_its_community(client: Client, way: None, role: Role) -> None:
    await fill(client)
    token = await client.token(role, client.world.river) if role is not Role.PARTNER_AGENCY else None
    if role is Role.PARTNER_AGENCY:
        token = await client.token(role, client.world.river, organization="club")
    for field in (*ROWS, *COUNTS, *POSTS, "matchReviews", *LINKAGE, *SAVES):
        assert verdict(await client.ask(QUERIES[field], token)) == DENY


async def test_the_viewer_is_told_what_the_matrix_says(client: Client) -> None:
    token = await client.token(Role.CABINET_STAFF)
    query = "{ viewer { roles communities { code } can { action allowed reason level } } }"
    viewer = (await client.data(query, token))["viewer"]
    assert viewer["roles"] == ["CABINET_STAFF", "PUBLIC"]
    assert viewer["communities"] == [{"code": "harbor"}]
    allowed = {each["action"]: (each["allowed"], each["level"]) for each in viewer["can"]}
    assert allowed == {
        "READ_SUPPLY": (True, "OPEN"),
        "READ_CHILDREN": (False, None),
        "READ_ENROLLMENTS": (False, None),
        "READ_COVERAGE": (True, "COMMUNITY"),
        "POST_ENROLLMENTS": (False, None),
        "IMPORT_FILES": (False, None),
        "READ_LINKAGE": (True, "COMMUNITY"),
        "REVIEW_MATCHES": (False, None),
        "SAVE_POPULATIONS": (True, "COMMUNITY"),
        "CHANGE_CATALOG": (True, "COMMUNITY"),
        "READ_VIEWS": (True, "SHARED"),
        "SAVE_VIEWS": (True, "SHARED"),
    }
    assert all(each["reason"] for each in viewer["can"])
