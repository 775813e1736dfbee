"""What becomes of the rows of a post before the database, step by step, beside plain Strawberry and plain COPY."""

import asyncio
import gc
import time
from collections.abc import Callable
from datetime import date
from statistics import median
from typing import Any

import asyncpg
import orjson
import strawberry
from graphql import parse
from graphql.execution.values import get_argument_values, get_variable_values
from strawberry.types.arguments import convert_arguments

from cabinet.cli.serve import YOUNG_OBJECTS
from cabinet.intake.ledger import request_hash
from cabinet.intake.rows import Kind
from cabinet.intake.validate import validate
from cabinet.read.lifting import lift
from cabinet.web.strict_json import OF_A_POST, read_json
from schema.api import api

ROUNDS = 7
DAY = date(2026, 10, 15)
POST = "mutation($input: PostEnrollmentsInput!) { postEnrollments(input: $input) { created } }"
PEER = "mutation($rows: [PeerRow!]!) { take(rows: $rows) }"
_TABLE = """
CREATE TEMP TABLE plain (record_id text, program text, status text, begins date,
  given_name text, family_name text, birth_date date, sex text)
"""
Row = dict[str, Any]


@strawberry.input
class PeerIdentity:
    given_name: str
    family_name: str
    birth_date: str
    sex: str


@strawberry.input
class PeerChild:
    identity: PeerIdentity


@strawberry.input
class PeerRow:
    record_id: str
    program: str
    status: str
    begins: str
    child: PeerChild


@strawberry.type
class PeerMutation:
    @strawberry.mutation
    def take(self, rows: list[PeerRow]) -> int:
        return len(rows)


@strawberry.type
class PeerQuery:
    nothing: int


_PEER = strawberry.Schema(query=PeerQuery, mutation=PeerMutation)


def milliseconds(work: Callable[[], Any]) -> float:
    """Return the CPU time of the work, which says the same on a machine that others use too."""
    taken = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        work()
        taken.append(1000 * (time.process_time() - begun))
    return round(median(taken), 1)


def stages(sent: list[Row]) -> Row:
    """Return the milliseconds of CPU time of each step; `strawberry_ms` is what input classes alone would take."""
    # As `cabinet serve` has it: what is there already is not looked through again and again.
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS)
    variables = {"input": {"community": "bench", "rows": sent}}
    text = orjson.dumps({"query": POST, "variables": variables})
    operation = parse(POST).definitions[0]
    plain = asyncio.run(lift(api.graphql, operation, variables)).rows["input", "rows"]
    return {
        "json_ms": milliseconds(lambda: read_json(text, bounds=OF_A_POST)),
        "coerce_ms": milliseconds(lambda: asyncio.run(lift(api.graphql, operation, variables))),
        "validate_ms": milliseconds(lambda: asyncio.run(validate(Kind.ENROLLMENT, plain, DAY))),
        "hash_ms": milliseconds(lambda: request_hash(Kind.ENROLLMENT, plain, atomic=False)),
        "strawberry_ms": milliseconds(lambda: _by_classes(sent)),
    }


def _by_classes(sent: list[Row]) -> Any:
    """Coerce the rows by graphql-core, and make them objects of Strawberry's input classes."""
    schema, operation = _PEER._schema, parse(PEER).definitions[0]  # noqa: SLF001 - as schema.api has it.
    field = schema.mutation_type.fields["take"]
    values = get_variable_values(schema, operation.variable_definitions, {"rows": sent})
    arguments = get_argument_values(field, operation.selection_set.selections[0], values)
    declared = field.extensions["strawberry-definition"].arguments
    return convert_arguments(arguments, declared, _PEER.schema_converter.scalar_registry, _PEER.config)


async def copied(url: str, sent: list[Row]) -> float:
    """Return the milliseconds that plain COPY takes to put the same values into one table without a key."""
    records = [_record(row) for row in sent]
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(_TABLE)
        begun = time.perf_counter()
        await connection.copy_records_to_table("plain", records=records)
        return round(1000 * (time.perf_counter() - begun), 1)
    finally:
        await connection.close()


def _record(row: Row) -> tuple[Any, ...]:
    identity = row["child"]["identity"]
    born = date.fromisoformat(identity["birthDate"])
    said = row["recordId"], row["program"], row["status"], date.fromisoformat(row["begins"])
    return (*said, identity["givenName"], identity["familyName"], born, identity["sex"])
