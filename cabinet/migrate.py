"""Bring a database to the tables of this version: Alembic's revisions, logins, sectors."""

from pathlib import Path

import asyncpg
from alembic import command
from alembic.config import Config

import migrations
from cabinet.db import Database, login_password
from cabinet.errors import DatabaseUnavailable
from cabinet.scope import Scope
from cabinet.sectors import SECTORS
from cabinet.settings import Settings
from cabinet.tables.security import Login


def alembic_config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.attributes["url"] = url.replace("postgresql://", "postgresql+asyncpg://", 1)
    return config


def migrate(url: str, revision: str = "head") -> None:
    """Upgrade to `revision` (or downgrade, if it is older), as the owner of the database.

    Runs its own event loop, because Alembic does; call it outside of one.
    """
    config = alembic_config(url)
    try:
        if revision == "base" or revision.startswith("-"):
            command.downgrade(config, revision)
        else:
            command.upgrade(config, revision)
    except (
        OSError,
        asyncpg.PostgresConnectionError,
        asyncpg.InvalidAuthorizationSpecificationError,
    ) as error:
        raise DatabaseUnavailable(f"The database does not answer: {error}") from error


async def settle(url: str, settings: Settings) -> None:
    """Set the login passwords and write down the sectors; safe to repeat."""
    await set_passwords(url, settings)
    sectors = [(sector.code, sector.name, sector.legal_basis) for sector in SECTORS]
    async with (
        Database(url, settings) as database,
        database.transaction(Scope(Login.OPERATOR)) as connection,
    ):
        await connection.executemany(
            "INSERT INTO sector (code, name, legal_basis) VALUES ($1, $2, $3)"
            " ON CONFLICT (code) DO UPDATE SET name = excluded.name, legal_basis = excluded.legal_basis",
            sectors,
        )


async def set_passwords(url: str, settings: Settings) -> None:
    if settings.database_secret is None:
        return
    connection = await asyncpg.connect(url)
    try:
        for login in Login:
            # A role's password cannot be a parameter; this one is 64 hexadecimal digits by construction.
            await connection.execute(f"ALTER ROLE {login} PASSWORD '{login_password(settings, login)}'")
    finally:
        await connection.close()
