"""A row as the API's types read it: by the names of the catalog's columns."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Table

from cabinet.access import Grant
from cabinet.errors import NotFound
from cabinet.tables import metadata


class Row:
    """One row of a table. A column the viewer may not see was never read, and answers None."""

    __slots__ = ("grant", "table", "values")

    def __init__(self, table: Table, values: Mapping[str, Any], grant: Grant) -> None:
        self.table, self.values, self.grant = table, values, grant

    def __getattr__(self, name: str) -> Any:
        try:
            return self.values[name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def key(self) -> UUID:
        key: UUID = self.values[self.table.info["key"]]
        return key

    @property
    def id(self) -> str:
        """Return the opaque id of the row over the whole API."""
        return encode_id(self.table, self.values["community_id"], self.key)


def encode_id(table: Table, community_id: UUID, key: UUID) -> str:
    return urlsafe_b64encode(table.name.encode() + b":" + community_id.bytes + key.bytes).decode().rstrip("=")


def decode_id(text: str) -> tuple[Table, UUID, UUID]:
    """Return table, community and key of an opaque id; raise NotFound for what is none."""
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        name, _, keys = raw.partition(b":")
        if len(keys) != 32 or text != encode_id(  # noqa: PLR2004 - two uuids of 16 bytes.
            metadata.tables[name.decode()], UUID(bytes=keys[:16]), UUID(bytes=keys[16:])
        ):
            raise ValueError(text)
    except (ValueError, KeyError) as error:
        raise NotFound("This id was not made by this server.") from error
    return metadata.tables[name.decode()], UUID(bytes=keys[:16]), UUID(bytes=keys[16:])


def decode_key(text: str, table: Table, community_id: UUID) -> UUID:
    """Return the key in an id that must be of this table and this community; raise NotFound."""
    found, community, key = decode_id(text)
    if found is not table or community != community_id:
        raise NotFound
    return key
