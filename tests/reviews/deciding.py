"""Stewards at work: what they ask through HTTP, and what the database holds of children before and after."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

from cabinet import tables
from cabinet.intake.receipt import Receipt
from cabinet.intake.rows import Kind
from cabinet.read.rows import decode_id, encode_id
from cabinet.tables.catalog import is_about_children
from cabinet.tables.terms import Role
from tests.client import Client

REVIEWS = """query ($state: ReviewState!, $first: Int!, $after: ID) {
  matchReviews(community: "harbor", state: $state, first: $first, after: $after) {
    nodes { id state reason sector child decision decidedBy says { ...Record }
      candidates { child probability weight reasons { says bits } remarks otherSectors records { ...Record } } }
    pageInfo { hasNextPage endCursor } } }
fragment Record on MatchRecord {
  id link recordId organization givenName familyName birthDate sex address identifiers { system value } }"""
DECIDE = """mutation ($review: ID!, $child: ID, $newChild: Boolean = false) {
  decideMatch(review: $review, child: $child, newChild: $newChild, note: "seen") { id act child otherChild } }"""
MERGE = """mutation ($keep: ID!, $other: ID!) {
  mergeChildren(keep: $keep, other: $other) { id child otherChild decidedBy } }"""
SPLIT = """mutation ($child: ID!, $records: [ID!]!) {
  splitChild(child: $child, sourceRecords: $records) { id child otherChild } }"""
UNDO = "mutation ($id: ID!) { undoMatch(id: $id) { id undoneBy undoneAt } }"
RECORDS = "query ($child: ID!) { childRecords(child: $child) { id link recordId organization givenName method } }"

ALIASES = "child_alias"
"""What an agency called a child by goes on answering, so these stay when a decision is undone."""


@dataclass(frozen=True)
class Desk:
    """A steward's desk: of education unless told otherwise."""

    client: Client
    owner: asyncpg.Connection
    token: str

    async def another(self, sector: str) -> "Desk":
        return Desk(self.client, self.owner, await self.client.token(Role.SECTOR_STEWARD, sector=sector))

    async def reviews(
        self, state: str = "OPEN", first: int = 20, after: str | None = None
    ) -> list[dict[str, Any]]:
        answer = await self.client.data(REVIEWS, self.token, state=state, first=first, after=after)
        nodes: list[dict[str, Any]] = answer["matchReviews"]["nodes"]
        return nodes

    async def act(self, mutation: str, **variables: Any) -> dict[str, Any]:
        """Send a mutation that must succeed, and return the decision."""
        data = await self.client.data(mutation, self.token, **variables)
        decision: dict[str, Any] = next(iter(data.values()))
        return decision

    async def refused(self, mutation: str, **variables: Any) -> str:
        return await self.client.code(mutation, self.token, **variables)

    async def merge(self, keep: UUID | None, other: UUID | None) -> dict[str, Any]:
        return await self.act(MERGE, keep=self.child_id(keep), other=self.child_id(other))

    async def records(self, child: UUID | None) -> dict[str, Mapping[str, Any]]:
        """Return the records of a child that the steward sees, by their ids at their sources."""
        data = await self.client.data(RECORDS, self.token, child=self.child_id(child))
        return {record["recordId"]: record for record in data["childRecords"]}

    async def split(self, child: UUID | None, *record_ids: str) -> dict[str, Any]:
        records = await self.records(child)
        keys = [records[record_id]["id"] for record_id in record_ids]
        return await self.act(SPLIT, child=self.child_id(child), records=keys)

    async def undo(self, decision: Mapping[str, Any]) -> dict[str, Any]:
        return await self.act(UNDO, id=decision["id"])

    def child_id(self, child: UUID | None) -> str:
        assert child is not None
        return encode_id(tables.child, self.client.world.harbor.community_id, child)

    async def post(self, organization: str, kind: Kind, *rows: Mapping[str, Any]) -> Receipt:
        receipt = await self.client.world.post(organization, kind, *rows)
        assert not [each for each in receipt.outcomes if each.verdict == "REJECTED"], receipt
        return receipt

    async def child_of(self, record_id: str) -> UUID:
        """Return the child that a source record is tied to."""
        found: UUID = await self.owner.fetchval(
            "SELECT l.child_id FROM child_link l JOIN source_record r ON r.source_record_id = l.source_record_id"
            " WHERE r.record_id = $1 AND l.undone_at IS NULL",
            record_id,
        )
        return found

    async def dump(self) -> dict[str, list[str]]:
        """Return every row about children, by table, as PostgreSQL writes it."""
        named = [table.name for table in tables.metadata.sorted_tables if is_about_children(table)]
        return {
            name: [row["row"] for row in await self.owner.fetch(f"SELECT t::text AS row FROM {name} t ORDER BY 1")]
            for name in named
            if name != ALIASES
        }

    async def fetch(self, sql: str, *arguments: Any) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in await self.owner.fetch(sql, *arguments)]


def key(opaque_id: str) -> UUID:
    return UUID(str(decode_id(opaque_id)[2]))
