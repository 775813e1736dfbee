"""What a CSV file is promised to be: RFC 4180, NDJSON's values, and nothing that a spreadsheet would run."""

import csv
import io
import re
from itertools import pairwise
from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as some

from cabinet.intake.rows import Kind
from cabinet.read.files import Csv
from cabinet.tables.terms import Role
from tests.client import Client
from tests.conftest import run_sql
from tests.world import child, enrollment

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "'=1+1", "''-2", "＝1+1", "－1"]
HARMLESS = [
    'Say "hi", twice',
    "two\nlines",
    "two\r\nlines",
    "Ñandú 🦜 漢字",
    "'t Hooft",
    "a=b",
    "\\.",
    "\\N",
    ",",
    '"',
]
RUNS = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")


async def download(client: Client, path: str, token: str | None = None) -> str:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    response = await client.http.get(f"/export/{path}", headers=headers)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    return response.content.decode()


def records(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


async def test_the_worst_values_come_back_from_a_file_as_they_went_in(client: Client) -> None:
    kid = child("1", "Ana")
    names = [*FORMULAS, *HARMLESS]
    said = [
        enrollment(name, kid, "after", status="COMPLETED", ends="2026-09-30", exit_reason=name) for name in names
    ]
    await client.world.enroll("club", *said)
    token = await client.token(Role.PARTNER_AGENCY, organization="club")
    text = await download(client, "harbor/enrollments.csv", token)
    rows = records(text)
    header = "id,status,begins,ends,exitReason,recordId,child.id,program.id,program.code,organization.id,"
    assert text.startswith(f"{header}organization.code\r\n")
    assert text.endswith(",club\r\n")
    shown = [row["exitReason"] for row in rows]
    assert not any(RUNS.match(each) and not each.startswith("'") for row in rows for each in row.values())
    # Taking one apostrophe away from what a spreadsheet would otherwise run leads back to what was said.
    back = [each[1:] if RUNS.match(each) else each for each in shown]
    assert back == names == [row["recordId"].removeprefix("'" * bool(RUNS.match(row["recordId"]))) for row in rows]
    assert [name for name, each in zip(names, shown, strict=True) if name != each] == FORMULAS


async def test_a_cell_says_the_same_as_the_line_of_the_other_file(client: Client) -> None:
    programs = [
        {"code": "p1", "name": "One", "organization": "club", "sector": "OUT_OF_SCHOOL_TIME", "description": "x"},
        {"code": "p2", "name": "=Two", "organization": "arts", "sector": "OUT_OF_SCHOOL_TIME"},
    ]
    await client.world.fill("club", Kind.PROGRAM, programs[:1])
    await client.world.fill("arts", Kind.PROGRAM, programs[1:])
    shape = {"type": "Polygon", "coordinates": [[[-71.1, 42.3], [-71.0, 42.3], [-71.0, 42.4], [-71.1, 42.3]]]}
    place = {"code": "east", "name": "East", "postal_codes": ["02103", "02104"], "geometry": shape}
    await client.world.fill("district", Kind.NEIGHBORHOOD, [place])
    for name in ("programs", "neighborhoods", "schools", "organizations"):
        rows = records(await download(client, f"harbor/{name}.csv"))
        lines = (await client.http.get(f"/export/harbor/{name}.ndjson")).content.splitlines()
        assert len(rows) == len(lines) > 0
        for row, line in zip(rows, lines, strict=True):
            spaceless = {**row, "geometry": row["geometry"].replace(" ", "")} if name == "neighborhoods" else row
            assert spaceless == flat(orjson.loads(line))


def flat(said: dict[str, Any], prefix: str = "") -> dict[str, str]:
    """Return an object as its cells: what is not there is empty, and a list or a shape is JSON."""
    cells: dict[str, str] = {}
    for name, value in said.items():
        if isinstance(value, dict) and name != "geometry":
            cells |= flat(value, f"{prefix}{name}.")
        elif name == "location":
            cells["location.code"] = ""
        elif isinstance(value, list | dict):
            cells[prefix + name] = orjson.dumps(value).decode()
        else:
            cells[prefix + name] = "" if value is None else f"{chr(39) * bool(RUNS.match(value))}{value}"
    return cells


async def test_nothing_and_an_empty_text_are_told_apart(client: Client, database_url: str) -> None:
    organization = {"code": "empty", "name": "Empty", "sector": "HEALTH"}
    await client.world.fill("district", Kind.ORGANIZATION, [organization])
    await run_sql(database_url, "UPDATE organization SET website = '' WHERE code = 'empty'")
    lines = (await download(client, "harbor/organizations.csv")).split("\r\n")
    assert any(line.endswith(',Empty,HEALTH,""') for line in lines)
    assert any(line.endswith(",EDUCATION,") for line in lines)


async def test_a_mark_for_excel_comes_only_if_asked(client: Client) -> None:
    plain = await download(client, "harbor/programs.csv?code=after")
    marked = await download(client, "harbor/programs.csv?bom=1&code=after")
    assert plain.startswith("id,code,name")
    assert marked == "\ufeff" + plain


async def test_a_list_without_rows_is_its_header(client: Client) -> None:
    assert (
        await download(client, "harbor/neighborhoods.csv?code=none")
        == "id,code,name,tracts,postalCodes,geometry\r\n"
    )
    assert (await client.http.get("/export/harbor/neighborhoods.ndjson?code=none")).content == b""


def as_csv(rows: list[list[str]], end: str) -> bytes:
    """Write as COPY does, with quotes only where they are needed."""
    cells = [
        [f'"{c.replace(chr(34), chr(34) * 2)}"' if set(c) & set(',"\r\n') else c for c in row] for row in rows
    ]
    return "".join(",".join(row) + end for row in cells).encode()


@given(
    some.lists(some.lists(some.text(some.sampled_from('a,"\r\n é')), min_size=2, max_size=2), max_size=8),
    some.lists(some.integers(0, 200), max_size=6),
)
def test_lines_end_alike_wherever_the_bytes_are_parted(rows: list[list[str]], cuts: list[int]) -> None:
    """The law of the file: however its bytes arrive, it reads as it was written and its rows are counted."""
    content = as_csv(rows, "\n")
    file = Csv(["a", "b"], bom=False)
    ends = sorted({min(cut, len(content)) for cut in cuts} | {0, len(content)})
    parts = [file.passed(content[begin:end]) for begin, end in pairwise(ends)]
    whole = b"".join([*parts, file.passed(b"")])
    assert whole == as_csv([["a", "b"], *rows], "\r\n")
    assert list(csv.reader(io.StringIO(whole.decode(), newline=""))) == [["a", "b"], *rows]
    assert file.rows == len(rows)
