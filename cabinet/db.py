"""The database: one pool per login role, and transactions that carry the scope of who asks."""

import hashlib
import hmac
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Self, TypeAlias

import asyncpg
import orjson
from sqlalchemy import Executable
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg

from cabinet.deadlines import Deadlines
from cabinet.errors import DatabaseNotMigrated, DatabaseUnavailable, InputInvalid, TimeoutExceeded
from cabinet.pool import STALE, Pool
from cabinet.scope import Scope
from cabinet.settings import Settings
from cabinet.tables.security import Login
from cabinet.turns import Turns

Connection: TypeAlias = asyncpg.Connection
Record: TypeAlias = asyncpg.Record
COLLISIONS = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError, asyncpg.UniqueViolationError)
"""What two who write the same at once are told: who gave way may start afresh and sees what the other wrote."""

_DIALECT = PGDialect_asyncpg()  # type: ignore[no-untyped-call]
_LOCK_SECONDS = 2
_IDLE_SECONDS = 10
_CLOSE_SECONDS = 5
_STATEMENT_BYTES = 256 * 1024
_VALUE_MISSING = "CB001"


class ValueMissing(Exception):
    """A finished answer would have had no value where the API promises one (`app_missing` in the database)."""


def login_password(settings: Settings, login: Login) -> str | None:
    """Derive the password of a login role from the one secret; None where no secret is set."""
    if settings.database_secret is None:
        return None
    secret = settings.database_secret.get_secret_value().encode()
    return hmac.new(secret, login.encode(), hashlib.sha256).hexdigest()


def statement(query: Executable) -> tuple[str, list[Any]]:
    """Compile a SQLAlchemy Core query into PostgreSQL's own text and its positional arguments."""
    compiled = query.compile(  # type: ignore[attr-defined]
        dialect=_DIALECT, compile_kwargs={"render_postcompile": True}
    )
    names = compiled.positiontup or []
    processors = compiled._bind_processors  # noqa: SLF001 - the conversions SQLAlchemy itself would apply.
    arguments = [
        processors[name](compiled.params[name]) if name in processors else compiled.params[name] for name in names
    ]
    return compiled.string, arguments


async def prepare_connection(connection: asyncpg.Connection) -> None:
    """Let JSON columns be Python values, by orjson."""
    for kind in ("json", "jsonb"):
        await connection.set_type_codec(
            kind, schema="pg_catalog", encoder=json_text, decoder=orjson.loads, format="text"
        )


def json_text(value: Any) -> str:
    """Write a value as JSON, keys sorted; the driver's own UUID class becomes text like any other."""
    return orjson.dumps(value, default=str, option=orjson.OPT_SORT_KEYS).decode()


@dataclass
class Database:
    """The pools of one server process."""

    url: str
    settings: Settings
    pools: dict[Login, Pool] = field(default_factory=dict)
    deadlines: Deadlines = field(init=False)

    async def __aenter__(self) -> Self:
        self.deadlines = Deadlines()
        try:
            for login in Login:
                connect = partial(self.connect, login)
                turns = Turns(self.settings.pool_size, self.deadlines, self.settings.request_seconds)
                self.pools[login] = Pool(connect, turns)
                async with self.transaction(Scope(login)):
                    pass
        except DatabaseUnavailable as error:
            if isinstance(error.__cause__, asyncpg.InvalidAuthorizationSpecificationError):
                raise DatabaseNotMigrated(
                    "The login roles are not there, or their passwords come of another CABINET_DATABASE_SECRET."
                ) from error
            raise
        await self.check_migrated()
        return self

    async def __aexit__(self, *_: object) -> None:
        for pool in self.pools.values():
            await pool.close()

    async def connect(self, login: Login, seconds: float | None = None) -> asyncpg.Connection:
        """Open a connection as one of the login roles, outside of its pool; `seconds` is for its statements."""
        writes = login in (Login.WRITER, Login.OPERATOR, Login.DELIVERER)
        if seconds is None:
            seconds = self.settings.post_seconds if writes else self.settings.statement_seconds
        connection = await asyncpg.connect(
            self.url,
            user=login.value,
            password=login_password(self.settings, login),
            timeout=_IDLE_SECONDS,
            max_cacheable_statement_size=_STATEMENT_BYTES,
            server_settings={
                "application_name": "childrens-cabinet",
                "statement_timeout": str(int(seconds * 1000)),
                "lock_timeout": str(_LOCK_SECONDS * 1000 if not writes else int(seconds * 1000)),
                "idle_in_transaction_session_timeout": str(_IDLE_SECONDS * 1000),
                "jit": "off",
                # What a reading writes is its audit. An answer does not wait for the disk: if the power fails, the
                # audit of the last half second may be lost, and nothing that anybody posted.
                "synchronous_commit": "on" if writes else "off",
                # Answers are written by PostgreSQL itself, whatever the server was set to.
                "DateStyle": "ISO",
                "TimeZone": "UTC",
                # A plan made while the tables were small would be kept through a whole load.
                "plan_cache_mode": "force_custom_plan" if writes else "auto",
            },
        )
        await prepare_connection(connection)
        return connection

    async def check_migrated(self) -> None:
        async with self.transaction(Scope(Login.READER_AGGREGATE)) as connection:
            if await connection.fetchval("SELECT to_regclass('community')") is None:
                raise DatabaseNotMigrated

    @asynccontextmanager
    async def transaction(self, scope: Scope, isolation: str | None = None) -> AsyncIterator[Connection]:
        """Open a transaction on the scope's login with its scope set; commit at the end, or roll back."""
        with _translated():
            async with self.pools[scope.login].transaction(scope, isolation) as connection:
                yield connection

    @asynccontextmanager
    async def apart(self, scope: Scope, seconds: float) -> AsyncIterator[Connection]:
        """Open a connection for one long reading in a scope, which takes none from the pools; close it after."""
        with _translated():
            connection = await self.connect(scope.login, seconds)
            try:
                await connection.execute(scope.statement())
                yield connection
            finally:
                with suppress(TimeoutError):
                    await connection.close(timeout=_CLOSE_SECONDS)

    @asynccontextmanager
    async def owned(self) -> AsyncIterator[Connection]:
        """Open a connection as the owner of the tables, for what none of the logins may do; close it after.

        It waits for nobody's lock for long.
        """
        with _translated():
            limits = {"application_name": "childrens-cabinet", "lock_timeout": str(_LOCK_SECONDS * 1000)}
            connection = await asyncpg.connect(self.url, timeout=_IDLE_SECONDS, server_settings=limits)
            try:
                await prepare_connection(connection)
                yield connection
            finally:
                with suppress(TimeoutError):
                    await connection.close(timeout=_CLOSE_SECONDS)

    async def row(self, scope: Scope, sql: str, arguments: list[Any]) -> Record:
        """Run one statement in the scope, in one round trip if its scope was asked for just before."""
        with _translated():
            return await self.pools[scope.login].row(scope, sql, arguments)

    async def rows_of_one_moment(self, asked: Sequence[tuple[Scope, str, list[Any]]]) -> list[Record]:
        """Run statements of several scopes, one row each, on one snapshot."""
        rows = []
        async with self.transaction(Scope(Login.READER_CHILD), "repeatable_read") as connection:
            for scope, sql, arguments in asked:
                await connection.execute(scope.statement("LOCAL"))
                rows.append(await connection.fetchrow(sql, *arguments))
        return rows

    async def fetch(self, scope: Scope, query: Executable) -> list[Record]:
        """Run one Core query in a transaction of its own."""
        sql, arguments = statement(query)
        async with self.transaction(scope) as connection:
            rows: list[Record] = await connection.fetch(sql, *arguments)
            return rows


async def analyze(url: str) -> None:
    """Let the planner see what a bulk load brought; tables the login does not own are passed over."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("ANALYZE")
    finally:
        await connection.close()


class _translated:  # noqa: N801 - a context manager, used as a word of the with statement.
    """Turn what the driver raises about the connection or about time into our own errors."""

    UNAVAILABLE = (
        OSError,
        *STALE,
        asyncpg.TooManyConnectionsError,
        asyncpg.CannotConnectNowError,
        asyncpg.InvalidAuthorizationSpecificationError,
        asyncpg.InvalidCatalogNameError,
    )
    TOO_SLOW = (TimeoutError, asyncpg.QueryCanceledError, asyncpg.LockNotAvailableError)

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        if getattr(error, "sqlstate", None) == _VALUE_MISSING:
            raise ValueMissing from error
        if isinstance(error, self.TOO_SLOW):
            raise TimeoutExceeded from error
        if isinstance(error, asyncpg.DataError):
            raise InputInvalid("A value cannot be stored as given.") from error
        if isinstance(error, self.UNAVAILABLE):
            raise DatabaseUnavailable from error
