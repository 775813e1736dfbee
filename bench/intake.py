"""How fast posts are taken in: `python -m bench.intake [--rows 10000]`.

Measures by itself what becomes of the rows before the database, and then posts them, a thousand at a time, to a
server of its own on a throw-away database: children nobody knew, the same rows again, and corrections by the
references of the receipts. Prints one line of JSON at the end.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from typing import Any

from graphql import parse
from graphql.execution.values import get_argument_values, get_variable_values
from strawberry.types.arguments import convert_arguments

from bench.processes import cpu_seconds, database_seconds, free_port, process, wait_for_answer
from cabinet.communities import add_community, add_member, add_organization
from cabinet.db import Database
from cabinet.embedded import embedded_postgres
from cabinet.intake.post import MAX_ROWS, post
from cabinet.intake.rows import Kind
from cabinet.intake.source import Source
from cabinet.intake.validate import validate
from cabinet.migrate import migrate, settle
from cabinet.settings import Settings
from cabinet.tables.terms import Role
from cabinet.viewer import Tokens, Viewer
from schema.api import api

HOUSE = Path(__file__).parents[1]
SERVE = (str(Path(sys.executable).with_name("cabinet")), "serve", "--port")
ROUNDS = 7
SUBJECT, CODE, DAY = "agency", "bench", date(2026, 10, 15)
POST = """mutation($input: PostEnrollmentsInput!) { postEnrollments(input: $input) {
  created updated unchanged rejected rows { verdict child } } }"""
Row = dict[str, Any]


def rows(count: int) -> list[Row]:
    """Return enrollments of eight fields, four of the child's identity among them."""
    return [
        {
            "recordId": f"r{number}",
            "program": "after",
            "status": "ENROLLED",
            "begins": "2026-09-01",
            "child": {
                "identity": {
                    "givenName": f"Kid {_letters(number)}",
                    "familyName": "Rivera",
                    "birthDate": f"20{10 + number % 9}-{1 + number % 12:02}-{1 + number % 28:02}",
                    "sex": ("FEMALE", "MALE")[number % 2],
                }
            },
        }
        for number in range(count)
    ]


def _letters(number: int) -> str:
    return str(number).translate(str.maketrans("0123456789", "abcdefghij"))


def milliseconds(work: Callable[[], Any]) -> float:
    """Return the CPU time of the work, which says the same on a machine that others use too."""
    taken = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        work()
        taken.append(1000 * (time.process_time() - begun))
    return round(median(taken), 1)


def stages(sent: list[Row]) -> Row:
    """Return the milliseconds of CPU time of each step that a post takes before the database."""
    schema, operation = api.graphql, parse(POST).definitions[0]
    field = schema.mutation_type.fields["postEnrollments"]
    declared = field.extensions["strawberry-definition"]
    variables = {"input": {"community": CODE, "rows": sent}}

    def coerce() -> Row:
        values = get_variable_values(schema, operation.variable_definitions, variables)
        return get_argument_values(field, operation.selection_set.selections[0], values)

    def convert() -> Any:
        registry = api.schema_converter.scalar_registry
        return convert_arguments(coerced, declared.arguments, registry, api.config)["input"].rows

    coerced = coerce()
    plain = convert()
    return {
        "coerce_ms": milliseconds(coerce),
        "convert_ms": milliseconds(convert),
        "validate_ms": milliseconds(lambda: validate(Kind.ENROLLMENT, plain, DAY)),
    }


async def fill(url: str, settings: Settings) -> None:
    await settle(url, settings)
    async with Database(url, settings) as database:
        community = await add_community(database, CODE, "Bench")
        club = await add_organization(database, community, "club", "OUT_OF_SCHOOL_TIME")
        supply = (community.community_id, club.organization_id, "OUT_OF_SCHOOL_TIME")
        source = Source(*supply, "bench", DAY, Viewer("bench"))
        program = {"code": "after", "name": "After", "organization": "club", "sector": "OUT_OF_SCHOOL_TIME"}
        await post(database, source, Kind.PROGRAM, [program])
        await add_member(database, community, SUBJECT, Role.PARTNER_AGENCY, organization="club")


@contextmanager
def server(folder: Path) -> Iterator["Line"]:
    """Start a server on a database in the folder, and yield a line to it."""
    with embedded_postgres(folder) as url:
        settings = Settings(mode="development", data=folder)
        migrate(url)
        asyncio.run(fill(url, settings))
        port, log = free_port(), folder / "serve.log"
        environment = {"CABINET_DATABASE_URL": url, "CABINET_MODE": "development", "CABINET_DATA": str(folder)}
        with process([*SERVE, str(port)], environment, HOUSE, log) as pid:
            wait_for_answer(port, pid, log)
            yield Line(port, pid, folder / "pg", Tokens(settings).issue(SUBJECT))


@dataclass(frozen=True)
class Line:
    """Where the server is, as which process and with which database, and the agency's token."""

    port: int
    pid: int
    data: Path
    token: str


def posts(line: Line, sent: list[Row], verdict: str) -> tuple[Row, list[str]]:
    """Post the rows, a thousand at a time; return what a post takes, and the references the receipts gave."""
    connection = HTTPConnection("127.0.0.1", line.port, timeout=120)
    headers = {"Authorization": f"Bearer {line.token}", "Content-Type": "application/json"}
    taken, children = [], []
    server, database = cpu_seconds(line.pid), database_seconds(line.data)
    for first in range(0, len(sent), MAX_ROWS):
        given = {"community": CODE, "rows": sent[first : first + MAX_ROWS]}
        body = json.dumps({"query": POST, "variables": {"input": given}})
        begun = time.perf_counter()
        connection.request("POST", "/graphql", body, headers)
        answer = json.loads(connection.getresponse().read())
        taken.append(1000 * (time.perf_counter() - begun))
        receipt = answer["data"]["postEnrollments"]
        if receipt[verdict] != len(given["rows"]):
            raise SystemExit(f"not all rows were {verdict}: {json.dumps(answer)[:500]}")
        children += [row["child"] for row in receipt["rows"]]
    connection.close()
    told = {
        "post_ms": round(median(taken)),
        "server_cpu_ms": round(1000 * (cpu_seconds(line.pid) - server) / len(taken)),
        "database_cpu_ms": round(1000 * (database_seconds(line.data) - database) / len(taken)),
    }
    return told, children


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.intake", description="Measure how posts are taken in.")
    parser.add_argument("--rows", type=int, default=10_000, help="how many; a post has a thousand")
    sent = rows(parser.parse_args().rows)
    result: Row = {"rows": len(sent), **stages(sent)}
    with tempfile.TemporaryDirectory(prefix="cabinet-bench-") as scratch:
        Path(scratch).chmod(0o755)
        with server(Path(scratch)) as line:
            result["new"], children = posts(line, sent, "created")
            result["again"], _ = posts(line, sent, "unchanged")
            by_reference = [
                {**row, "child": {"ref": child}, "begins": "2026-09-02"}
                for row, child in zip(sent, children, strict=True)
            ]
            result["by_reference"], _ = posts(line, by_reference, "updated")
    print(json.dumps(result))


if __name__ == "__main__":
    main()
