"""Locks that keep two posts at once from making one child twice, held to the end of the transaction."""

import hashlib
from collections.abc import Iterable
from uuid import UUID

from cabinet.db import Connection
from cabinet.linkage import Person

_BUCKETS = 64
"""A single post waits for few others, and a batch of a thousand takes few locks."""

_KEY_BUCKETS = 256
"""A child has some ten keys: with more buckets two children seldom wait for each other."""

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(key, 0)) FROM unnest($1::text[]) AS key"


async def lock_organization(connection: Connection, organization_id: UUID) -> None:
    """Let one organization's posts follow each other: their natural keys are only ever its own."""
    await connection.execute(_LOCK, [f"organization {organization_id}"])


async def lock_organizations(connection: Connection, organization_ids: Iterable[UUID]) -> None:
    """Let the posts of several organizations wait; in one order, against deadlock."""
    await connection.execute(_LOCK, [f"organization {each}" for each in sorted(organization_ids)])


async def lock_seats(connection: Connection, community_id: UUID) -> None:
    """Let what is said of seats, by posts and by files, follow one another."""
    await connection.execute(_LOCK, [f"seats {community_id}"])


async def lock_persons(connection: Connection, community_id: UUID, persons: Iterable[Person]) -> None:
    """Let nobody else decide at the same time whether these persons are new; in one order, against deadlock."""
    buckets = sorted({_bucket(key) for person in persons for key in _match_keys(person)})
    await connection.execute(_LOCK, [f"persons {community_id} {bucket:02}" for bucket in buckets])


def _match_keys(person: Person) -> Iterable[str]:
    yield from (f"{system}={value}" for system, value in person.identifiers.items())
    key = person.identity_key
    if key is not None:
        yield " ".join(map(str, key))


async def lock_keys(connection: Connection, community_id: UUID, keys: Iterable[str]) -> None:
    """Let nobody else look at the same time whether children with these keys are known by other words.

    Two records of one child share a key, so that who comes second sees the first one's. Always after
    `lock_persons`, against deadlock.
    """
    buckets = sorted({_bucket(key, _KEY_BUCKETS) for key in keys})
    await connection.execute(_LOCK, [f"keys {community_id} {bucket:03}" for bucket in buckets])


def _bucket(key: str, buckets: int = _BUCKETS) -> int:
    return hashlib.blake2b(key.encode(), digest_size=2).digest()[0] % buckets
