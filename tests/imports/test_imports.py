"""A file over HTTP: accepted at once, taken in behind, and every row accounted for to whoever sent it."""

import zipfile
from io import BytesIO
from typing import Any

import asyncpg
import orjson
import pytest

from cabinet.communities import add_organization, end_membership
from cabinet.scope import Scope
from cabinet.settings import Settings
from cabinet.tables.security import Login
from tests.imports.sender import FIELDS, HEADER, Sender, counts, row, rows, sending, token_of
from tests.server import Process
from tests.world import World

COLUMNS = ["file", "row", "column", "code", "message", "hint", "times"]
CANCEL = "mutation($id: ID!) { cancelImport(id: $id) { state } }"
ONE = f"query($id: ID!) {{ importJob(id: $id) {{ {FIELDS} }} }}"
LIST = '{ importJobs(community: "harbor") { id } }'


def zipped(**files: str | bytes) -> bytes:
    """Zip files by their stems, `users__csv` becoming users.csv."""
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "."), data)
    return content.getvalue()


def resource(kind: str, key: str, **said: Any) -> bytes:
    return orjson.dumps({"resourceType": kind, "id": key, **said}) + b"\n"


async def test_every_row_of_a_file_is_accounted_for(club: Sender) -> None:
    bad = row("x", begins="2026-02-30") + "only,three,cells\n" + row("y", program="paint")
    job = await club.ended(await club.send(rows(2_500) + bad, "harbor/enrollments?file=march.csv"))
    assert (job["state"], job["file"], job["source"], job["error"]) == ("DONE", "march.csv", "club", None)
    assert job["receivedAt"] <= job["startedAt"] <= job["finishedAt"]
    assert counts(job) == (2_503, 2_500, 0, 3)
    header, *rejected = await club.csv(job["rejectedCsv"])
    assert header == COLUMNS
    assert [line[:4] for line in sorted(rejected, key=lambda line: int(line[1]))] == [
        ["march.csv", "2502", "begins", "DATE_INVALID"],
        ["march.csv", "2503", "", "ROW_INVALID"],
        ["march.csv", "2504", "program", "PROGRAM_NOT_YOURS"],
    ]
    assert all(line[4] and line[5] for line in rejected)
    again = await club.ended(await club.send(rows(2_500)))
    assert counts(again) == (2_500, 0, 2_500, 0)
    assert (await club.csv(again["rejectedCsv"])) == [header]


async def test_a_zip_of_two_files_is_one_job(world: World, server: Process, own: Settings) -> None:
    shot = resource(
        "Immunization",
        "i1",
        status="completed",
        vaccineCode={"coding": [{"system": "http://hl7.org/fhir/sid/cvx", "code": "08"}]},
        patient={"reference": "Patient/p1"},
        occurrenceDateTime="2026-10-01",
    )
    patients = b"".join(
        resource("Patient", f"p{n}", name=[{"family": "Li", "given": [f"Ana{n}"]}], birthDate="2018-01-01")
        for n in (1, 2)
    )
    export = zipped(Immunization__ndjson=shot + b"no json\n", Patient__ndjson=patients)
    async with sending(server.url, await token_of(world, own, "clinic")) as clinic:
        job = await clinic.ended(await clinic.send(export, "harbor/fhir?file=export", "application/zip"))
        assert (job["state"], job["file"], job["source"]) == ("DONE", "export.zip", "clinic")
        assert counts(job) == (4, 3, 0, 1)
        _, lost = await clinic.csv(job["rejectedCsv"])
        assert lost[:4] == ["Immunization.ndjson", "2", "", "ROW_INVALID"]


def roster(*orgs: str) -> bytes:
    """Zip a roster of these orgs, with one child at ES1."""
    return zipped(
        manifest__csv="propertyName,value\nmanifest.version,1.0\noneroster.version,1.1\n",
        orgs__csv="\n".join(["sourcedId,status,name,type,identifier,parentSourcedId", *orgs, ""]),
        academicSessions__csv="sourcedId,status,title,type,startDate,endDate,parentSourcedId,schoolYear\n"
        "Y,active,2027,schoolYear,2026-08-01,2027-06-30,,2027\n",
        users__csv="sourcedId,status,orgSourcedIds,role,username,givenName,familyName,identifier,grades\n"
        "U1,active,ES1,student,u1,Ana,Li,4711,03\n",
        demographics__csv="sourcedId,status,birthDate,sex\nU1,active,2018-03-04,female\n",
    )


ES1, ES2 = "ES1,active,Elementary No. 1,school,,D", "ES2,active,Elementary No. 2,school,,D"
SCHOOLS = """
SELECT c.code AS community, s.code, s.name, o.code AS organization
FROM school s JOIN organization o USING (community_id, organization_id) JOIN community c USING (community_id)
ORDER BY 1, 2
"""


async def took(sender: Sender, content: bytes, where: str = "harbor") -> tuple[dict[str, Any], list[list[str]]]:
    """Send a roster; return its job and, of each rejected row, file, row, column and code."""
    job = await sender.ended(await sender.send(content, f"{where}/oneroster", "application/zip"))
    assert job["state"] == "DONE", job
    _, *lost = await sender.csv(job["rejectedCsv"])
    assert all(line[4] and line[5] for line in lost)
    return job, [line[:4] for line in lost]


async def test_a_district_says_what_schools_it_has_and_nothing_of_itself(
    world: World, server: Process, own: Settings, database_url: str
) -> None:
    """Whatever the file calls the one organization it has, its schools are the sender's."""
    owner = await asyncpg.connect(database_url)
    await owner.execute("UPDATE school SET grades = '{03}' WHERE code = 'ES1'")
    package = roster("D,active,Renamed,district,,", ES1, ES2)
    async with sending(server.url, await token_of(world, own, "district")) as district:
        job, lost = await took(district, package)
        assert (lost, job["created"], job["updated"]) == ([], 2, 1)
        again, _ = await took(district, package)
        assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 3)
        for supply in ("hsds", "neighborhoods"):
            assert await district.refused(b"{}", f"harbor/{supply}", "application/json") == (403, "FORBIDDEN")
    found = [tuple(row) for row in await owner.fetch(SCHOOLS) if row["community"] == "harbor"]
    assert found == [
        ("harbor", "ES1", "Elementary No. 1", "district"),
        ("harbor", "ES2", "Elementary No. 2", "district"),
    ]
    assert await owner.fetchval("SELECT grades FROM school WHERE name = 'Elementary No. 1'") == ["03"]
    at = "SELECT s.code FROM child_year y JOIN school s USING (community_id, school_id)"
    assert await owner.fetchval(at) == "ES1"
    assert await owner.fetchval("SELECT count(*) FROM organization WHERE name = 'Renamed'") == 0
    await owner.close()


async def test_no_agency_takes_the_schools_of_another(
    world: World, server: Process, own: Settings, database_url: str
) -> None:
    """Neither by the code of a school, nor by the name of the organization, nor from another community."""
    await add_organization(world.database, world.harbor, "charter", "EDUCATION")
    await add_organization(world.database, world.river, "charter", "EDUCATION")
    owner = await asyncpg.connect(database_url)
    before = await owner.fetch(SCHOOLS)
    async with sending(server.url, await token_of(world, own, "charter")) as charter:
        _, lost = await took(charter, roster("D,active,Charter,district,,", ES1))
        assert lost == [["orgs.csv", "3", "code", "SUPPLY_NOT_YOURS"]]
        refused = [["orgs.csv", line, "", "SUPPLY_NOT_YOURS"] for line in ("2", "3")]
        assert (await took(charter, roster("D,active,District,district,,", ES1)))[1] == refused
        both = roster("D,active,District,district,,", ES1, "C,active,Charter,district,,", "C1,active,C1,school,,C")
        assert (await took(charter, both))[1] == refused
    after = await owner.fetch(SCHOOLS)
    assert [row for row in after if row["organization"] != "charter"] == before
    assert [tuple(row) for row in after if row["organization"] == "charter"] == [("harbor", "C1", "C1", "charter")]
    async with sending(server.url, await token_of(world, own, "charter", world.river)) as elsewhere:
        assert (await took(elsewhere, roster("D,active,Charter,district,,", ES2), "river"))[1] == []
    found = [tuple(row) for row in await owner.fetch(SCHOOLS) if row["code"] == "ES2"]
    assert found == [("river", "ES2", "Elementary No. 2", "charter")]
    await owner.close()


async def test_a_file_that_is_none_fails_its_job_and_no_other(club: Sender) -> None:
    broken = await club.send(b"PK\x03\x04 and no more", kind="application/zip")
    empty = await club.send(b"")
    other = await club.send(HEADER.replace("status", "stattus") + row(1))
    good = await club.send(rows(3))
    for job in (broken, empty, other):
        found = await club.ended(job)
        assert (found["state"], found["error"]["code"], counts(found)) == ("FAILED", "FILE_UNREADABLE", (0,) * 4)
        assert found["error"]["message"]
        assert found["error"]["hint"]
    assert counts(await club.ended(good)) == (3, 3, 0, 0)
    listed = (await club.ask(LIST))["data"]["importJobs"]
    assert [each["id"] for each in listed] == [good, other, empty, broken]


async def test_what_is_sent_taken_in_read_and_canceled_is_audited(
    club: Sender, database_url: str, world: World
) -> None:
    job = await club.ended(await club.send(rows(1) + row("bad", begins="soon")))
    await club.csv(job["rejectedCsv"])
    assert await club.code(CANCEL, id=job["id"]) == "IMPORT_ENDED"
    owner = await asyncpg.connect(database_url)
    events = await owner.fetch(
        "SELECT action, roles, detail::text FROM audit_event WHERE subject = 'club-program-of-harbor'"
        " ORDER BY recorded_at"
    )
    await owner.close()
    said = ["send file", "post enrollment", "took in file", "read remarks"]
    assert [event["action"] for event in events] == said
    assert {event["roles"] for event in events} == {"PARTNER_AGENCY PUBLIC"}
    assert not [event for event in events if "Kid" in event["detail"] or "soon" in event["detail"]]


async def test_a_file_of_lines_that_are_hardly_any_rows_is_given_up_early(club: Sender) -> None:
    for found in (b"", b'{"record_id": "1"}\n'):
        job = await club.ended(await club.send((b"no json\n" * 10_000 + found) * 11, kind="application/x-ndjson"))
        assert (job["state"], job["error"]["code"]) == ("FAILED", "FILE_UNREADABLE")


async def test_a_list_of_jobs_has_pages_like_any_other(club: Sender) -> None:
    for first in (0, 101):
        query = f'{{ importJobs(community: "harbor", first: {first}) {{ id }} }}'
        assert await club.code(query) == "PAGE_TOO_LARGE"


async def test_what_a_reader_noted_is_among_the_remarks_and_rejects_nothing(club: Sender) -> None:
    line = row(1).replace("Kid", "Jos\xe9").replace(",F", ",F,blue")
    odd = (HEADER.replace("sex", "sex,favourite") + line).encode("cp1252")
    job = await club.ended(await club.send(odd))
    assert counts(job) == (1, 1, 0, 0)
    assert await club.csv(job["rejectedCsv"]) == [COLUMNS]
    _, *said = await club.csv(job["remarksCsv"])
    assert {line[3] for line in said} == {"ROW_INVALID", "COLUMN_UNKNOWN"}


async def test_a_spreadsheet_runs_nothing_of_a_report(club: Sender) -> None:
    inside = {"=1+1__csv": HEADER + row(1, begins="=cmd") + "=x,y\n"}
    job = await club.ended(await club.send(zipped(**inside), kind="application/zip"))
    _, *lines = await club.csv(job["rejectedCsv"])
    assert [line[0] for line in lines] == ["'=1+1.csv"] * 2
    assert not [cell for line in lines for cell in line if cell.startswith(("=", "+", "-", "@"))]


async def test_a_job_is_for_whoever_sent_it_and_nobody_else(
    world: World, server: Process, own: Settings, club: Sender
) -> None:
    job = await club.send(rows(5) + row("bad", begins="soon"))
    found = await club.ended(job)
    assert len(await club.csv(found["rejectedCsv"])) == 2
    others = [
        await token_of(world, own, "arts"),
        await token_of(world, own, "club", world.river),
        await token_of(world, own, "club", subject="colleague"),
    ]
    for token in others:
        async with sending(server.url, token) as other:
            expected = "FORBIDDEN" if token is others[1] else "NOT_FOUND"
            assert await other.code(ONE, id=job) == expected
            assert await other.code(CANCEL, id=job) == expected
            for address in (found["rejectedCsv"], found["remarksCsv"]):
                answer = await other.http.get(address, headers=other.headers)
                assert answer.json()["errors"][0]["extensions"]["code"] == expected
            if token is not others[1]:
                assert (await other.ask(LIST))["data"]["importJobs"] == []
    nobody = Sender(club.http, {})
    assert await nobody.code(ONE, id=job) == "FORBIDDEN"
    assert (await nobody.http.get(found["rejectedCsv"])).status_code == 403
    await end_membership(world.database, world.harbor, "club-program-of-harbor")
    assert await club.code(ONE, id=job) == "FORBIDDEN"


@pytest.mark.parametrize("sql", ["SELECT count(*) FROM import_job", "SELECT count(*) FROM import_remark"])
async def test_the_database_shows_a_job_to_nobody_else_either(
    world: World, own: Settings, club: Sender, sql: str
) -> None:
    await club.ended(await club.send(rows(1) + row("bad", begins="soon")))
    here, mine = (world.harbor.community_id,), (await world.source("club")).organization_id
    theirs = (await world.source("arts")).organization_id
    seen = []
    for subject, organization in (
        ("club-program-of-harbor", mine),
        ("colleague", mine),
        ("club-program-of-harbor", theirs),
    ):
        scope = Scope(Login.READER_CHILD, here, organizations=(organization,), subject=subject)
        async with world.database.transaction(scope) as connection:
            seen.append(await connection.fetchval(sql))
    assert seen == [1, 0, 0]
