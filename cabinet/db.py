"""The database: one pool per login role, and transactions that carry the scope of who asks."""

import hashlib
import hmac
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Self, TypeAlias
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy import Executable
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg

from cabinet.errors import DatabaseNotMigrated, DatabaseUnavailable, InputInvalid, TimeoutExceeded
from cabinet.settings import Settings
from cabinet.tables.security import Login

Connection: TypeAlias = asyncpg.pool.PoolConnectionProxy
Record: TypeAlias = asyncpg.Record

_DIALECT = PGDialect_asyncpg()  # type: ignore[no-untyped-call]
_WORD = re.compile(r"[A-Z][A-Z0-9_]{0,62}")
_SUBJECT = re.compile(r"[^\x00-\x1f'\\]{1,255}")
_STALE = (
    ConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
)
_LOCK_SECONDS = 2
_IDLE_SECONDS = 10


@dataclass(frozen=True)
class Scope:
    """Whose rows a transaction may touch; the row-level security of the database goes by it.

    `sectors` and `organizations` matter to the login that reads children only. An empty scope sees nothing.
    """

    login: Login
    communities: tuple[UUID, ...] = ()
    sectors: tuple[str, ...] = ()
    organizations: tuple[UUID, ...] = ()
    subject: str = ""

    def statement(self) -> str:
        """Return the SET LOCAL statements; every value is checked to be a plain literal first."""
        if not all(_WORD.fullmatch(sector) for sector in self.sectors):
            raise ValueError(f"not sector codes: {self.sectors}")
        if self.subject and not _SUBJECT.fullmatch(self.subject):
            raise ValueError("a subject holds no quotes, backslashes or control characters")
        values = {
            "communities": ",".join(str(UUID(str(c))) for c in self.communities),
            "sectors": ",".join(self.sectors),
            "organizations": ",".join(str(UUID(str(o))) for o in self.organizations),
            "subject": self.subject,
        }
        return "; ".join(f"SET LOCAL cabinet.{name} = '{value}'" for name, value in values.items())


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
    pools: dict[Login, asyncpg.Pool] = field(default_factory=dict)

    async def __aenter__(self) -> Self:
        try:
            with _translated():
                for login in Login:
                    self.pools[login] = await self._pool(login)
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

    async def _pool(self, login: Login) -> asyncpg.Pool:
        writes = login in (Login.WRITER, Login.OPERATOR)
        seconds = self.settings.post_seconds if writes else self.settings.statement_seconds
        return await asyncpg.create_pool(
            self.url,
            user=login.value,
            password=login_password(self.settings, login),
            min_size=1,
            max_size=self.settings.pool_size,
            timeout=_IDLE_SECONDS,
            init=prepare_connection,
            server_settings={
                "application_name": "childrens-cabinet",
                "statement_timeout": str(int(seconds * 1000)),
                "lock_timeout": str(_LOCK_SECONDS * 1000 if not writes else int(seconds * 1000)),
                "idle_in_transaction_session_timeout": str(_IDLE_SECONDS * 1000),
                "jit": "off",
                # A plan made while the tables were small would be kept through a whole load.
                "plan_cache_mode": "force_custom_plan" if writes else "auto",
            },
        )

    async def check_migrated(self) -> None:
        async with self.pools[Login.READER_AGGREGATE].acquire() as connection:
            if await connection.fetchval("SELECT to_regclass('community')") is None:
                raise DatabaseNotMigrated

    @asynccontextmanager
    async def transaction(self, scope: Scope) -> AsyncIterator[Connection]:
        """Open a transaction on the scope's login with its scope set; commit at the end, or roll back."""
        with _translated():
            async with AsyncExitStack() as stack:
                yield await self._begin(stack, scope)

    async def _begin(self, stack: AsyncExitStack, scope: Scope) -> Connection:
        """Begin on a pooled connection; if the database was restarted under it, begin once more on a new one."""
        try:
            return await self._begin_once(stack, scope)
        except _STALE:
            await self.pools[scope.login].expire_connections()
            return await self._begin_once(stack, scope)

    async def _begin_once(self, stack: AsyncExitStack, scope: Scope) -> Connection:
        pool = self.pools[scope.login]
        async with AsyncExitStack() as attempt:
            connection = await attempt.enter_async_context(pool.acquire(timeout=self.settings.request_seconds))
            await attempt.enter_async_context(connection.transaction())
            await connection.execute(scope.statement())
            await stack.enter_async_context(attempt.pop_all())
            return connection

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
        *_STALE,
        asyncpg.TooManyConnectionsError,
        asyncpg.CannotConnectNowError,
        asyncpg.InvalidAuthorizationSpecificationError,
        asyncpg.InvalidCatalogNameError,
    )
    TOO_SLOW = (TimeoutError, asyncpg.QueryCanceledError, asyncpg.LockNotAvailableError)

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        if isinstance(error, self.TOO_SLOW):
            raise TimeoutExceeded from error
        if isinstance(error, asyncpg.DataError):
            raise InputInvalid("A value cannot be stored as given.") from error
        if isinstance(error, self.UNAVAILABLE):
            raise DatabaseUnavailable from error
