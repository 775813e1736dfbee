"""A row as the API's types read it: by the names of the catalog's columns."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from asyncpg.pgproto import pgproto
from sqlalchemy import Table

from cabinet.access import Grant
from cabinet.errors import NotFound
from cabinet.references import reference, referrer
from cabinet.tables import child, metadata

_UUID_BYTES = 16


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
        return encode_id(self.table, self.values["community_id"], self.key, self.grant.scope.references)


def opaque(content: bytes) -> str:
    """Write bytes as text that is fit for an address and says nothing to a reader."""
    return urlsafe_b64encode(content).decode().rstrip("=")


def opened(text: str) -> bytes:
    """Read such text; raise ValueError for what is none, also where a lenient reader would find something."""
    content = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if opaque(content) != text:
        raise ValueError("this text was not made here")
    return content


def encode_id(table: Table, community_id: UUID, key: UUID, references: Sequence[str] = ()) -> str:
    """Return the opaque id of a row; with references, a child goes by the first of them (`cabinet.references`)."""
    return opaque(table.name.encode() + b":" + community_id.bytes + called(table, key, references).bytes)


def encoder(table: Table, community_id: UUID, references: Sequence[str] = ()) -> Callable[[UUID], str]:
    """Return what `encode_id` does for one row, for thousands of them."""
    prefix = table.name.encode() + b":" + community_id.bytes
    if table is not child or not references:
        return lambda key: opaque(prefix + key.bytes)
    refer = referrer(references[0])
    return lambda key: opaque(prefix + refer(key))


def called(table: Table, key: UUID, references: Sequence[str]) -> UUID:
    """Return what a row's key is to its reader: of a child, an agency has a reference of its own."""
    return reference(key, references[0]) if table is child and references else key


def decode_id(text: str) -> tuple[Table, UUID, UUID]:
    """Return table, community and key of an opaque id; raise NotFound for what is none.

    What an agency has for a child's key is its reference to it; only a statement in its scope finds the child.
    """
    try:
        content = opened(text)
        name, _, keys = content.partition(b":")
        table = metadata.tables[name.decode()]
        # The driver's own class, which is a UUID like any other, is made and sent at a fraction of the cost.
        community_id, key = pgproto.UUID(keys[:_UUID_BYTES]), pgproto.UUID(keys[_UUID_BYTES:])
    except (ValueError, KeyError) as error:
        raise NotFound("This id was not made by this server.") from error
    # A community is its own key: an id that names two would have one read by what may be seen of the other.
    if table.info["key"] == "community_id" and key != community_id:
        raise NotFound("This id was not made by this server.")
    return table, community_id, key


def decode_of(text: str, table: Table) -> tuple[UUID, UUID]:
    """Return the community and the key in an id that must be of this table; raise NotFound."""
    found, community_id, key = decode_id(text)
    if found is not table:
        raise NotFound(f"This id names no {table.name.replace('_', ' ')}.")
    return community_id, key


def decode_key(text: str, table: Table, community_id: UUID) -> UUID:
    """Return the key in an id that must be of this table and this community; raise NotFound."""
    found, community, key = decode_id(text)
    if found is not table or community != community_id:
        raise NotFound
    return key
