"""The process of plain Strawberry: nothing clever, and nothing left out that its documentation recommends."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

import strawberry
from sqlalchemy import ColumnElement, func, make_url, select, true
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import aliased
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader
from strawberry.extensions import ParserCache, ValidationCache
from strawberry.types import Info

from bench.peers.plain import models
from bench.peers.serving import SESSION, Options, serve
from cabinet.tables.security import Login

Sessions = async_sessionmaker[AsyncSession]


class Context:
    """The dataloaders of one request; every batch has a session of its own, for they run at the same time."""

    def __init__(self, sessions: Sessions) -> None:
        self.sessions = sessions
        self.firsts: dict[int, DataLoader[UUID, list[models.Enrollment]]] = {}

    async def rows(self, query: Any) -> Sequence[Any]:
        async with self.sessions() as session:
            found: Sequence[Any] = (await session.scalars(query)).all()
            return found

    def by_key(self, model: Any, key: Any) -> DataLoader[Any, Any]:
        async def load(keys: list[Any]) -> list[Any]:
            found = {getattr(row, key.key): row for row in await self.rows(select(model).where(key.in_(keys)))}
            return [found.get(each) for each in keys]

        return DataLoader(load_fn=load)

    @cached_property
    def communities(self) -> DataLoader[str, models.Community]:
        return self.by_key(models.Community, models.Community.code)

    @cached_property
    def organizations(self) -> DataLoader[UUID, models.Organization]:
        return self.by_key(models.Organization, models.Organization.organization_id)

    @cached_property
    def programs(self) -> DataLoader[UUID, models.Program]:
        return self.by_key(models.Program, models.Program.program_id)

    @cached_property
    def children(self) -> DataLoader[UUID, models.Child]:
        return self.by_key(models.Child, models.Child.child_id)

    @cached_property
    def years(self) -> DataLoader[UUID, list[models.ChildYear]]:
        async def load(keys: list[UUID]) -> list[list[models.ChildYear]]:
            rows = await self.rows(select(models.ChildYear).where(models.ChildYear.child_id.in_(keys)))
            grouped: defaultdict[UUID, list[models.ChildYear]] = defaultdict(list)
            for row in rows:
                grouped[row.child_id].append(row)
            return [grouped[key] for key in keys]

        return DataLoader(load_fn=load)

    def first_enrollments(self, first: int) -> DataLoader[UUID, list[models.Enrollment]]:
        """Return the loader of the first so many enrollments of each program."""

        async def load(keys: list[UUID]) -> list[list[models.Enrollment]]:
            program = select(models.Program).where(models.Program.program_id.in_(keys)).subquery()
            own = (
                select(models.Enrollment)
                .where(
                    models.Enrollment.community_id == program.c.community_id,
                    models.Enrollment.program_id == program.c.program_id,
                )
                .order_by(models.Enrollment.enrollment_id)
                .limit(first)
                .lateral()
            )
            enrollment = aliased(models.Enrollment, own)
            grouped: defaultdict[UUID, list[models.Enrollment]] = defaultdict(list)
            for row in await self.rows(select(enrollment).select_from(program).join(own, true())):
                grouped[row.program_id].append(row)
            return [sorted(grouped[key], key=lambda row: row.enrollment_id) for key in keys]

        return self.firsts.setdefault(first, DataLoader(load_fn=load))


Ask = Info[Context, None]


@strawberry.interface
class Node:
    id: strawberry.ID


@strawberry.type
class Organization(Node):
    code: str
    name: str

    @classmethod
    def of(cls, row: models.Organization) -> "Organization":
        return cls(id=strawberry.ID(str(row.organization_id)), code=row.code, name=row.name)


@strawberry.type
class ChildYear:
    school_year: int
    grade: str | None


@strawberry.type
class Child(Node):
    key: strawberry.Private[UUID]

    @strawberry.field
    async def years(self, info: Ask) -> list[ChildYear]:
        return [
            ChildYear(school_year=y.school_year, grade=y.grade) for y in await info.context.years.load(self.key)
        ]


@strawberry.type
class Enrollment(Node):
    row: strawberry.Private[models.Enrollment]
    status: str
    begins: date
    ends: date | None
    exit_reason: str | None
    record_id: str

    @classmethod
    def of(cls, row: models.Enrollment) -> "Enrollment":
        return cls(
            id=strawberry.ID(str(row.enrollment_id)),
            row=row,
            status=row.status,
            begins=row.begins,
            ends=row.ends,
            exit_reason=row.exit_reason,
            record_id=row.record_id,
        )

    @strawberry.field
    async def child(self, info: Ask) -> Child:
        found = await info.context.children.load(self.row.child_id)
        return Child(id=strawberry.ID(str(found.child_id)), key=found.child_id)

    @strawberry.field
    async def program(self, info: Ask) -> "Program":
        return Program.of(await info.context.programs.load(self.row.program_id))

    @strawberry.field
    async def organization(self, info: Ask) -> Organization:
        return Organization.of(await info.context.organizations.load(self.row.organization_id))


@strawberry.input
class EnrollmentFilter:
    program: list[strawberry.ID] | None = None


@strawberry.type
class EnrollmentConnection:
    conditions: strawberry.Private[tuple[ColumnElement[bool], ...]]
    first: strawberry.Private[int]
    after: strawberry.Private[str | None]

    @strawberry.field
    async def nodes(self, info: Ask) -> list[Enrollment]:
        key = models.Enrollment.enrollment_id
        query = select(models.Enrollment).where(*self.conditions).order_by(key).limit(self.first)
        if self.after is not None:
            query = query.where(key > UUID(self.after))
        return [Enrollment.of(row) for row in await info.context.rows(query)]

    @strawberry.field
    async def total_count(self, info: Ask) -> int:
        query = select(func.count()).select_from(models.Enrollment).where(*self.conditions)
        total: int = (await info.context.rows(query))[0]
        return total


@strawberry.type
class EnrollmentList:
    nodes: list[Enrollment]


@strawberry.type
class Program(Node):
    row: strawberry.Private[models.Program]
    code: str
    name: str
    sector: str
    description: str | None

    @classmethod
    def of(cls, row: models.Program) -> "Program":
        return cls(
            id=strawberry.ID(str(row.program_id)),
            row=row,
            code=row.code,
            name=row.name,
            sector=row.sector,
            description=row.description,
        )

    @strawberry.field
    async def organization(self, info: Ask) -> Organization:
        return Organization.of(await info.context.organizations.load(self.row.organization_id))

    @strawberry.field
    async def enrollments(self, info: Ask, first: int) -> EnrollmentList:
        rows = await info.context.first_enrollments(first).load(self.row.program_id)
        return EnrollmentList(nodes=[Enrollment.of(row) for row in rows])


@strawberry.type
class ProgramList:
    nodes: list[Program]


@strawberry.type
class Community:
    key: strawberry.Private[UUID]

    @strawberry.field
    async def programs(self, info: Ask, first: int, after: str | None = None) -> ProgramList:
        key = models.Program.program_id
        query = select(models.Program).where(models.Program.community_id == self.key).order_by(key).limit(first)
        if after is not None:
            query = query.where(key > UUID(after))
        return ProgramList(nodes=[Program.of(row) for row in await info.context.rows(query)])


@strawberry.type
class Query:
    @strawberry.field
    async def node(self, info: Ask, id: strawberry.ID) -> Node | None:  # noqa: A002 - GraphQL's word for it.
        row = await info.context.programs.load(UUID(id))
        return row and Program.of(row)

    @strawberry.field
    async def community(self, info: Ask, id: strawberry.ID) -> Community:  # noqa: A002 - the same.
        return Community(key=(await info.context.communities.load(id)).community_id)

    @strawberry.field
    async def enrollments(
        self,
        info: Ask,
        community: strawberry.ID,
        filter: EnrollmentFilter | None = None,  # noqa: A002 - the same.
        first: int = 50,
        after: str | None = None,
    ) -> EnrollmentConnection:
        found = await info.context.communities.load(community)
        conditions = [models.Enrollment.community_id == found.community_id]
        if filter is not None and filter.program is not None:
            conditions.append(models.Enrollment.program_id.in_([UUID(each) for each in filter.program]))
        return EnrollmentConnection(conditions=tuple(conditions), first=first, after=after)


class Server(GraphQL[Context, None]):
    """Strawberry's own ASGI application, with the loaders of the request as its context."""

    def __init__(self, sessions: Sessions) -> None:
        schema = strawberry.Schema(query=Query, types=[Program], extensions=[ParserCache, ValidationCache])
        super().__init__(schema, graphql_ide=None)
        self.sessions = sessions

    async def get_context(self, request: Any, response: Any) -> Context:  # noqa: ARG002 - Strawberry's signature.
        return Context(self.sessions)


def open_sessions(options: Options) -> Sessions:
    url = make_url(options.url).set(drivername="postgresql+asyncpg", username=Login.READER_CHILD.value)
    engine = create_async_engine(
        url,
        pool_size=options.pool,
        max_overflow=0,
        # Reads need no transaction; without this each is wrapped in a BEGIN and a ROLLBACK.
        isolation_level="AUTOCOMMIT",
        connect_args={"server_settings": SESSION},
    )
    return async_sessionmaker(engine, expire_on_commit=False)


if __name__ == "__main__":
    told = Options.read()
    serve(Server(open_sessions(told)), told.port)
