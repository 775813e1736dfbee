"""Types beyond today's columns: what PostgreSQL writes is what Strawberry writes, or it is left to Strawberry."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from itertools import zip_longest
from typing import Any

import asyncpg
import orjson
import pytest
import strawberry
from graphql import DocumentNode, parse, print_ast, validate
from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    Float,
    Integer,
    MetaData,
    Numeric,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP
from sqlalchemy.schema import CreateTable
from strawberry.permission import BasePermission
from strawberry.scalars import JSON
from strawberry.types import ExecutionResult

from cabinet.access import Action
from cabinet.db import Database
from cabinet.read.answer import Answer, Ordinary, Reader
from cabinet.read.directory import Directory
from cabinet.read.document import Document
from cabinet.read.loaders import Loaders
from cabinet.read.relations import READ, Pages
from cabinet.settings import Settings
from cabinet.tables.catalog import Holds, Label, column
from cabinet.viewer import ANONYMOUS, Viewer
from resolvers import rows as resolvers
from resolvers.context import Context
from schema.nodes import Connection
from tests.world import World

TYPES: dict[str, Any] = {
    "whole": Integer(),
    "large": BigInteger(),
    "real": Float(),
    "extreme": Float(),
    "unreal": Float(),
    "exact": Numeric(),
    "flag": Boolean(),
    "day": Date(),
    "moment": TIMESTAMP(timezone=True),
    "clock": TIMESTAMP(timezone=False),
    "word": Text(),
    "words": ARRAY(Text()),
    "numbers": ARRAY(Integer()),
    "same": Text(),
    "other": Text(),
    "promised": Text(),
    "reference": Uuid(),
    "anything": JSONB(),
}
sample = Table(
    "sample",
    MetaData(),
    column("community_id", Uuid(), Label.PUBLIC, "The community."),
    column("sample_id", Uuid(), Label.PUBLIC, "The key."),
    *(column(name, type_, Label.PUBLIC, "Anything.", nullable=True) for name, type_ in TYPES.items()),
    PrimaryKeyConstraint("community_id", "sample_id"),
    info={"holds": Holds.SUPPLY, "key": "sample_id"},
)

VALUES: dict[str, tuple[str, ...]] = {
    "whole": ("0", "-2147483648", "2147483647"),
    "large": ("1", "9223372036854775807"),
    "real": ("42", "0.1", "-71.25", "-0.0", "1e14", "1.5e300", "1e16", "0.0001", "0.1 + 0.2::float"),
    "extreme": ("1e15", "1e-5", "2.5e-7", "5e-324", "1.7976931348623157e308", "1e-9"),
    "unreal": ("'NaN'", "'Infinity'", "'-Infinity'"),
    "exact": (
        "0",
        "1.50",
        "1e10",
        "100",
        "0.0000001",
        "0.00000",
        "-12.345",
        "'NaN'",
        "123456789012345678901234567890",
    ),
    "flag": ("true", "false"),
    "day": ("'2026-02-28'", "'1900-01-01'", "'2100-12-31'"),
    "moment": (
        *("'2026-01-02 03:04:05Z'", "'2026-01-02 03:04:05.000001Z'", "'2026-01-02 03:04:05.5+02'"),
        *("'0001-01-01 00:00:00Z'", "'9999-12-31 23:59:59.999999Z'", "'2026-07-01 00:00:00-04'"),
    ),
    "clock": ("'2026-01-02 03:04:05'", "'2026-01-02 03:04:05.25'"),
    "word": ("'b'", "'a'", "'it''s'", "''"),
    "same": ("'SAME'",),
    "other": ("'other'",),
    "promised": ("'kept'",) * 12,
    "words": ("'{}'", '\'{a,"b\\"c"}\''),
    "numbers": ("'{}'", "'{1,2}'"),
    "reference": ("'0198f5a0-0000-7000-8000-0123456789ab'",),
    "anything": ("'null'", '\'{"a": [1, 2.5, "x"]}\''),
}


@strawberry.enum
class Same(Enum):
    SAME = "SAME"


@strawberry.enum
class Other(Enum):
    OTHER = "other"


SAMPLES = Pages(sample, Action.READ_SUPPLY)


@strawberry.enum
class SampleOrder(Enum):
    WHOLE = "whole"
    WHOLE_DESC = "whole desc"
    DAY = "day"
    DAY_DESC = "day desc"
    WORD = "word"
    WORD_DESC = "word desc"
    REFERENCE = "reference"
    REFERENCE_DESC = "reference desc"


class Anybody(BasePermission):
    def has_permission(self, source: Any, info: Any, **_: Any) -> bool:  # noqa: ARG002 - Strawberry's signature.
        return True


@strawberry.interface
class Face:
    word: str | None

    @classmethod
    def is_type_of(cls, *_: Any) -> bool:
        return True


@strawberry.type
class Shown(Face):
    pass


@strawberry.type
class Hidden(Face):
    @classmethod
    def is_type_of(cls, *_: Any) -> bool:
        return False


@strawberry.type
class Sample:
    table = sample
    whole: int | None
    large: int | None
    real: float | None
    extreme: float | None
    unreal: float | None
    exact: Decimal | None
    flag: bool | None
    day: date | None
    moment: datetime | None
    clock: datetime | None
    word: str | None
    words: list[str] | None
    numbers: list[int] | None
    reference: strawberry.ID | None
    anything: JSON | None
    same: Same | None
    other: Other | None
    promised: str

    @strawberry.field
    def resolved(self) -> str | None:
        return self.word

    @strawberry.field(permission_classes=[Anybody])
    def permitted(self) -> str | None:
        return self.word

    @strawberry.field(graphql_type=Face | None)
    def face(self) -> Any:
        return self

    @strawberry.field(graphql_type=Shown | Hidden | None)
    def either(self) -> Any:
        return self


@strawberry.type
class Query:
    samples = strawberry.field(
        resolver=resolvers.pages(SAMPLES, None, SampleOrder),
        graphql_type=Connection[Sample],
        metadata={READ: SAMPLES},
    )


mini = strawberry.Schema(Query, types=[Shown, Hidden])
COMPILED = {"whole", "real", "extreme", "flag", "day", "moment", "word", "words", "reference", "anything", "same"}
LEFT = {
    "large",
    "real",
    "exact",
    "clock",
    "numbers",
    "other",
    "resolved",
    "permitted",
    "face",
    "either",
    "promised",
}
COMPOSITE = {"face": "face { word }", "either": "either { ... on Shown { word } }"}
NOT_TO_THE_BYTE = {"anything", "extreme"}
"""JSON as PostgreSQL keeps it, with blanks between, and its way to write exponents: the same values."""


@dataclass(frozen=True)
class Room:
    reader: Reader
    ordinary: Ordinary

    async def both(self, query: str) -> tuple[Answer, Answer]:
        document = Document(query, parse(query))
        assert not validate(self.reader.schema, document.ast)
        viewer = Viewer(ANONYMOUS)
        return await self.reader.answer(document, None, viewer), await self.ordinary(document.ast, None, viewer)


@pytest.fixture
async def room(database: Database, world: World, database_url: str, settings: Settings) -> Room:
    directory = Directory(database)

    async def ordinary(document: DocumentNode, variables: dict[str, Any] | None, viewer: Viewer) -> Answer:
        context = Context(database, settings, viewer, Loaders(database), directory, document)
        result = await mini.execute(print_ast(document), variables, context)
        assert isinstance(result, ExecutionResult)
        return Answer(result.data, result.errors or ())

    owner = await asyncpg.connect(database_url)
    await owner.execute(str(CreateTable(sample).compile(dialect=postgresql.dialect())))
    await owner.execute("GRANT SELECT ON sample TO cabinet_reader_aggregate, cabinet_reader_child")
    for row in zip_longest(*(VALUES[name] for name in TYPES), fillvalue="NULL"):
        values = ", ".join(row)
        await owner.execute(f"INSERT INTO sample VALUES ($1, uuidv7(), {values})", world.harbor.community_id)
    await owner.execute("INSERT INTO sample VALUES ($1, uuidv7())", world.harbor.community_id)
    await owner.close()
    schema = mini._schema  # noqa: SLF001 - strawberry shows graphql-core's schema under no other name.
    return Room(Reader(schema, database, directory, ordinary, 100), ordinary)


def bytes_of(answer: Answer, name: str) -> bytes:
    found = orjson.dumps(answer.data)
    return orjson.dumps(orjson.loads(found)) if name in NOT_TO_THE_BYTE else found


@pytest.mark.parametrize("name", sorted(COMPILED | LEFT))
async def test_a_type_is_written_alike_or_left_to_its_resolver(room: Room, name: str) -> None:
    compiled, ordinary = await room.both(
        f'{{ samples(community: "harbor") {{ nodes {{ {COMPOSITE.get(name, name)} }} }} }}'
    )
    assert isinstance((compiled.data or {}).get("samples"), orjson.Fragment) is (name in COMPILED)
    assert bytes_of(compiled, name) == bytes_of(ordinary, name)
    assert [str(error) for error in compiled.errors] == [str(error) for error in ordinary.errors]


@pytest.mark.parametrize("order", SampleOrder.__members__)
async def test_rows_without_a_value_come_last_in_either_direction(room: Room, order: str) -> None:
    """Page by page, each way goes on from the other's cursors."""
    query = '{ samples(community: "harbor", orderBy: %s, first: %s%s) { edges { cursor node { %s } } } }'
    column = order.removesuffix("_DESC").lower()
    whole, seen, after = await room.both(query % (order, 100, "", column)), [], ""
    edges = orjson.loads(orjson.dumps(whole[0].data))["samples"]["edges"]
    assert orjson.dumps(whole[0].data) == orjson.dumps(whole[1].data)
    values = [edge["node"][column] for edge in edges]
    assert None in values
    assert values[values.index(None) :] == [None] * values.count(None)
    for turn in range(len(edges)):
        page = (await room.both(query % (order, 1, after, column)))[turn % 2]
        (edge,) = orjson.loads(orjson.dumps(page.data))["samples"]["edges"]
        seen.append(edge)
        after = f', after: "{edge["cursor"]}"'
    assert seen == edges
