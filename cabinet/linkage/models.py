"""The trained parameters of each community: every version is kept, and one of them is in use."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from cabinet.db import Connection
from cabinet.errors import LinkageUntrained, ModelOutdated, ModelUnknown
from cabinet.linkage.model import Model, model_of

BY_MODEL = "cabinet.linkage.model"
"""Who decided, where no person did."""

_ADD = """
INSERT INTO linkage_model (community_id, version, parameters, records, trained_by)
SELECT $1, coalesce(max(version), 0) + 1, $2, $3, $4 FROM linkage_model WHERE community_id = $1
RETURNING version
"""
_TRAINED = """
SELECT version, parameters, records, trained_by, trained_at, in_use FROM linkage_model
WHERE community_id = $1 ORDER BY version
"""
_IN_USE = "SELECT version, parameters FROM linkage_model WHERE community_id = $1 AND in_use"
_SET_ASIDE = "UPDATE linkage_model SET in_use = false WHERE community_id = $1 AND in_use AND version <> $2"
_USE = """
UPDATE linkage_model SET in_use = true, used_by = $3, used_at = now() WHERE community_id = $1 AND version = $2
RETURNING parameters
"""
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"


@dataclass(frozen=True)
class InUse:
    """The model that a community's rows are matched by."""

    version: int
    model: Model


@dataclass(frozen=True)
class Trained:
    """A version of a community's parameters: learned when, for whom, from how many records of each source."""

    version: int
    model: Model | None
    """None where this version of the server compares something else."""
    records: Mapping[str, int]
    trained_by: str
    trained_at: datetime
    in_use: bool


async def add_model(
    connection: Connection, community_id: UUID, model: Model, records: Mapping[str, int], subject: str
) -> int:
    """Keep newly trained parameters and return their version; they are not used before somebody says so."""
    await connection.execute(_LOCK, f"linkage models {community_id}")
    version: int = await connection.fetchval(_ADD, community_id, model.to_json(), dict(records), subject)
    return version


async def list_models(connection: Connection, community_id: UUID) -> list[Trained]:
    """Return every version, the first one first."""
    rows = await connection.fetch(_TRAINED, community_id)
    names = ("version", "records", "trained_by", "trained_at", "in_use")
    return [Trained(model=_readable(row["parameters"]), **{name: row[name] for name in names}) for row in rows]


async def use_model(connection: Connection, community_id: UUID, version: int, subject: str) -> InUse:
    """Match rows by this version from now on. Raises ModelUnknown and ModelOutdated."""
    await connection.execute(_LOCK, f"linkage models {community_id}")
    await connection.execute(_SET_ASIDE, community_id, version)
    parameters = await connection.fetchval(_USE, community_id, version, subject)
    if parameters is None:
        raise ModelUnknown(f"There is no version {version} of this community's linkage model.")
    model = _readable(parameters)
    if model is None:
        raise ModelOutdated(f"Version {version} was trained for other comparisons than this server makes.")
    return InUse(version, model)


async def model_in_use(connection: Connection, community_id: UUID) -> InUse | None:
    """Return the model to match by, or None where exact rules alone decide.

    A model that this version of the server cannot read decides nothing: `cabinet link show` says so.
    """
    row = await connection.fetchrow(_IN_USE, community_id)
    model = _readable(row["parameters"]) if row is not None else None
    return InUse(row["version"], model) if model is not None else None


async def required_model(connection: Connection, community_id: UUID) -> InUse:
    """Return the model in use, or raise LinkageUntrained."""
    found = await model_in_use(connection, community_id)
    if found is None:
        raise LinkageUntrained
    return found


@lru_cache(maxsize=64)
def _readable(parameters: str) -> Model | None:
    try:
        return model_of(parameters)
    except ValueError:
        return None
