"""Named populations: saved version by version, shared by all who count in the community, looked up when asked."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from cabinet import audit
from cabinet.access import Action, grant
from cabinet.coverage.asking import asking
from cabinet.coverage.definition import from_json, to_json
from cabinet.coverage.population import Arguments, Population, Reference, condition
from cabinet.db import Connection, Database, Record
from cabinet.errors import InputInvalid
from cabinet.scope import Scope
from cabinet.tables.security import Login
from cabinet.viewer import Viewer

MAX_LOOKED_UP = 50

_COLUMNS = "code, version, name, description, definition, retired, recorded_at"
_FIND = f"""
SELECT {_COLUMNS} FROM named_population
WHERE community_id = $1 AND code = $2 AND ($3::int IS NULL OR version = $3) ORDER BY version DESC LIMIT 1
"""
_LIST = f"SELECT {_COLUMNS} FROM named_population WHERE community_id = $1 ORDER BY code, version DESC"
_RETIRED = """
SELECT code FROM (
  SELECT DISTINCT ON (code) code, retired FROM named_population WHERE community_id = $1 ORDER BY code, version DESC
) newest WHERE retired
"""
_ADD = f"""
INSERT INTO named_population (community_id, code, version, name, description, definition, retired, saved_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING {_COLUMNS}
"""


@dataclass(frozen=True)
class Draft:
    """A population to be saved under a name."""

    code: str
    name: str
    population: Population
    description: str | None = None


@dataclass(frozen=True)
class NamedPopulation:
    """One version of it; `gone` names what it refers to and the community has no more."""

    code: str
    version: int
    name: str
    description: str | None
    definition: dict[str, Any]
    retired: bool
    recorded_at: datetime
    gone: tuple[str, ...] = ()

    def says(self, draft: Draft, definition: dict[str, Any]) -> bool:
        """Whether it already is what a draft would make of it."""
        said = self.name, self.description, self.definition, self.retired
        return said == (draft.name, draft.description, definition, False)


@dataclass
class LookUp:
    """Names looked up for one question, each once."""

    connection: Connection
    community_id: UUID
    found: dict[tuple[str, int | None], NamedPopulation] = field(default_factory=dict)
    _left: int = MAX_LOOKED_UP

    async def resolve(self, population: Population) -> Population:
        """Put the definition under every name, all down the tree. Raises InputInvalid.

        A definition names versions that were there before it, so that none can hold itself.
        """
        if population.named is not None and not population.named.is_found:
            found = await self._find(population.named)
            definition = await self.resolve(from_json(found.definition))
            return Population(all_of=(definition,), named=Reference(found.code, found.version, is_found=True))
        either, outside = population.any_of, population.none_of
        return replace(
            population,
            all_of=tuple([await self.resolve(child) for child in population.all_of]),
            any_of=None if either is None else tuple([await self.resolve(child) for child in either]),
            none_of=None if outside is None else await self.resolve(outside),
        )

    async def _find(self, wanted: Reference) -> NamedPopulation:
        self._left -= 1
        if self._left < 0:
            raise InputInvalid(f"The population uses more than {MAX_LOOKED_UP} named ones, in one another too.")
        key = wanted.code, wanted.version
        if key not in self.found:
            row = await self.connection.fetchrow(_FIND, self.community_id, *key)
            self.found[key] = _usable(wanted, row)
        return self.found[key]


def _usable(wanted: Reference, row: Record | None) -> NamedPopulation:
    if row is None:
        which = "" if wanted.version is None else f" in version {wanted.version}"
        raise InputInvalid(
            f"The community has no population {wanted.code[:60]!r}{which}.",
            hint="`populations(community) { code version }` lists them.",
        )
    if row["retired"] and wanted.version is None:
        raise InputInvalid(
            f"The population {wanted.code!r} is out of use since version {row['version']}.",
            hint="Name an earlier version to ask by it all the same.",
        )
    return NamedPopulation(**row)


async def resolve(database: Database, viewer: Viewer, community_id: UUID, population: Population) -> Population:
    """Look up what a population names, for who may count in the community. Raises Forbidden, InputInvalid."""
    if not population.references:
        return population
    granted = grant(viewer, community_id, Action.READ_COVERAGE)
    async with database.transaction(granted.scope) as connection:
        return await LookUp(connection, community_id).resolve(population)


async def save_population(database: Database, viewer: Viewer, community_id: UUID, draft: Draft) -> NamedPopulation:
    """Save a population as the next version under its code; what says the same already is left as it is.

    Names it uses are kept with the version they have now. Raises Forbidden, InputInvalid.
    """
    granted = grant(viewer, community_id, Action.SAVE_POPULATIONS)
    async with database.transaction(granted.scope) as connection:
        found = await LookUp(connection, community_id).resolve(draft.population)
        (await asking(connection, granted)).check(found)
    # As deep as it lies when it is asked for by its name.
    condition(Population(all_of=(Population(all_of=(found,)),)), Arguments())
    definition = to_json(found)
    async with database.transaction(Scope(Login.WRITER, (community_id,))) as connection:
        newest = await _newest(connection, community_id, draft.code)
        if newest is not None and newest.says(draft, definition):
            return newest
        version = 1 if newest is None else newest.version + 1
        said = draft.code, version, draft.name, draft.description, definition
        return await _add(connection, viewer, community_id, *said, False)


async def retire_population(database: Database, viewer: Viewer, community_id: UUID, code: str) -> NamedPopulation:
    """Put a population out of use: its versions stay, found by number. Raises Forbidden, InputInvalid."""
    grant(viewer, community_id, Action.SAVE_POPULATIONS)
    async with database.transaction(Scope(Login.WRITER, (community_id,))) as connection:
        newest = _usable(Reference(code), await connection.fetchrow(_FIND, community_id, code, None))
        said = code, newest.version + 1, newest.name, newest.description, newest.definition
        return await _add(connection, viewer, community_id, *said, True)


async def retired_codes(connection: Connection, community_id: UUID) -> frozenset[str]:
    """Return the codes of the populations that are out of use."""
    return frozenset(row["code"] for row in await connection.fetch(_RETIRED, community_id))


async def _newest(connection: Connection, community_id: UUID, code: str) -> NamedPopulation | None:
    row = await connection.fetchrow(_FIND, community_id, code, None)
    return None if row is None else NamedPopulation(**row)


async def _add(connection: Connection, viewer: Viewer, community_id: UUID, *said: Any) -> NamedPopulation:
    try:
        row = await connection.fetchrow(_ADD, community_id, *said, viewer.subject)
    except asyncpg.UniqueViolationError as error:
        raise InputInvalid(
            f"Somebody else saved the population {said[0]!r} at the same moment.",
            hint="Look at it, and save again.",
        ) from error
    except asyncpg.CheckViolationError as error:
        raise InputInvalid(
            "A population's code is of small letters, digits and hyphens, 60 at most.",
            hint="For example english-learners-north.",
        ) from error
    detail = {"code": said[0], "version": said[1], "retired": said[5]}
    await audit.record(connection, viewer, community_id, "save population", detail)
    return NamedPopulation(**row)


async def list_populations(
    database: Database, viewer: Viewer, community_id: UUID, *, all_versions: bool
) -> Sequence[NamedPopulation]:
    """Return the populations of a community by code, newest version first, each with what of it is gone.

    Raises Forbidden.
    """
    granted = grant(viewer, community_id, Action.READ_COVERAGE)
    async with database.transaction(granted.scope) as connection:
        rows = [NamedPopulation(**row) for row in await connection.fetch(_LIST, community_id)]
        newest = {row.code: row for row in reversed(rows)}
        wanted = rows if all_versions else [row for row in rows if newest[row.code] is row and not row.retired]
        by_version: dict[tuple[str, int | None], NamedPopulation] = {(row.code, row.version): row for row in rows}
        found = await asking(connection, granted)
        # What the populations it uses refer to is gone for it, too.
        whole = [
            await LookUp(connection, community_id, by_version).resolve(from_json(row.definition)) for row in wanted
        ]
    return [replace(row, gone=found.missing(each)) for row, each in zip(wanted, whole, strict=True)]
