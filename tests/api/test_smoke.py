from cabinet.tables.terms import Role
from tests.client import Client
from tests.world import child, enrollment
from cabinet.intake.rows import Kind

async def test_smoke(client: Client) -> None:
    w = client.world
    await w.roster("district", child("D1","Ana",neighborhood="north",grade="03", school="ES1"), child("D2","Bo",neighborhood="south",grade="03"))
    await w.enroll("club", enrollment("e1", child("","Ana"), "after"))
    staff = await client.token(Role.CABINET_STAFF)
    agency = await client.token(Role.PARTNER_AGENCY)
    steward = await client.token(Role.SECTOR_STEWARD, sector="EDUCATION")
    print(await client.ask("{ viewer { subject roles communities { id code } can { action allowed reason level } } }", staff))
    print(await client.ask("{ communities { nodes { id code programs { totalCount nodes { id code organization { name } services { code serviceType { code } places { location { name } } } } } schools { nodes { name organization { name } } } } } }"))
    print(await client.ask('{ children(community: "harbor") { totalCount nodes { id birthMonth raceEthnicity identities { givenName } years { grade school { name } neighborhood { name } } enrollments { status program { code } } } } }', steward))
    print(await client.ask('{ children(community: "harbor") { nodes { id birthMonth identities { givenName } years { grade school { name } neighborhood { name } } enrollments { status program { code } } } } }', agency))
    print(await client.ask('{ children(community: "harbor") { nodes { id } } }', staff))
    for t in (staff, agency, steward):
        print(await client.ask('{ coverage(community: "harbor", asOf: "2026-10-15", services: ["AFTER_SCHOOL", "TUTORING"], breakdownBy: [NEIGHBORHOOD]) { level population { value withheld } services { code total { ...c } groups { values { dimension value label } counts { ...c } } } } } fragment c on Counts { eligible {value} inNeed {value} served {value} gap {value withheld} gapRate }', t))
    print(await client.ask('mutation($i: PostEnrollmentsInput!) { postEnrollments(input: $i) { committed created rejected rows { index verdict enrollment child problems { code path message } } } }', agency, i={"community":"harbor","rows":[{"recordId":"x","program":"after","status":"ENROLLED","begins":"2026-09-09","child":{"identity":{"givenName":"Zo","familyName":"Li","birthDate":"2017-01-01","sex":"MALE"}}},{"recordId":"y","program":"after","status":"ENROLLED","begins":"2026-19-09","child":{"sourceId":"q"}}]}))
    print((await client.http.get("/")).status_code, (await client.http.get("/healthz")).json(), (await client.http.get("/graphql")).json())
