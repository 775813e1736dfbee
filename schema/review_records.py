"""What a record says of who the child is, as stewards compare it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry
from strawberry import ID

from cabinet import tables
from cabinet.read.rows import encode_id
from cabinet.reviews.queue import Said


@strawberry.type(description="An identifier that several organizations use for the child.")
class MatchIdentifier:
    system: str
    value: str


@strawberry.type(description="What one record of your own sectors says of who the child is.")
class MatchRecord:
    id: ID | None = strawberry.field(description="For `splitChild`. Null: the row waits, and no record was made.")
    link: ID | None = strawberry.field(description="What ties it to its child, for `undoMatch`.")
    record_id: str = strawberry.field(description="Its id at its source.")
    organization: str = strawberry.field(description="Code of the organization whose record it is.")
    given_name: str | None
    middle_name: str | None
    family_name: str | None
    birth_date: str | None
    sex: str | None
    address: str | None
    postal_code: str | None
    identifiers: list[MatchIdentifier]
    method: str | None = strawberry.field(description="How it was tied to its child.")
    score: float | None = strawberry.field(description="Probability that this is right, 0 to 1.")
    decided_at: datetime | None

    @classmethod
    def of(cls, community_id: UUID, said: Said) -> "MatchRecord":
        record, link = said.source_record_id, said.child_link_id
        identity: Mapping[str, Any] = said.identity
        words = ("given_name", "middle_name", "family_name", "birth_date", "sex", "address", "postal_code")
        identifiers = identity.get("identifiers") or {}
        return cls(
            id=ID(encode_id(tables.source_record, community_id, record)) if record else None,
            link=ID(encode_id(tables.child_link, community_id, link)) if link else None,
            record_id=said.record_id,
            organization=said.organization,
            **{word: identity.get(word) for word in words},
            identifiers=[MatchIdentifier(system=system, value=value) for system, value in identifiers.items()],
            method=said.method,
            score=said.score,
            decided_at=said.decided_at,
        )
