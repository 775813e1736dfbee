"""What a sector steward decides: with what right, on what, audited, and one at a time."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from cabinet import audit
from cabinet.access import Action, grant, writing
from cabinet.communities import Community
from cabinet.db import COLLISIONS, Connection, Database
from cabinet.errors import DatabaseUnavailable, MatchDecided, MatchInvalid, NotFound
from cabinet.linkage.settled import settle
from cabinet.reviews.act import Act, close_reviews, join, part, write_act
from cabinet.reviews.locks import lock_children
from cabinet.reviews.picture import take
from cabinet.reviews.take_in import take_in_waiting
from cabinet.reviews.undoing import undo
from cabinet.tables.terms import MatchAct, ReviewState
from cabinet.viewer import Viewer

_ATTEMPTS = 3

_CHILDREN = "SELECT child_id FROM child WHERE community_id = $1 AND child_id = ANY ($2)"
_OWN_CHILDREN = f"{_CHILDREN} AND sectors && $3"
_REVIEW = """
SELECT community_id, match_review_id, organization_id, sector, kind, record_id, record_version, payload, format,
  child_id, source_record_id, state
FROM match_review WHERE community_id = $1 AND match_review_id = $2
"""
_CANDIDATES = "SELECT child_id FROM match_candidate WHERE community_id = $1 AND match_review_id = $2"
_RECORDS = """
SELECT source_record_id, child_id, sector FROM child_link
WHERE community_id = $1 AND child_id = ANY ($2) AND undone_at IS NULL
"""
_DECISION_OF_LINK = """
SELECT d.match_decision_id FROM match_decision d
JOIN match_journal j ON j.community_id = d.community_id AND j.match_decision_id = d.match_decision_id
WHERE d.community_id = $1 AND d.undone_at IS NULL AND j.entity = 'child_link' AND j.before IS NULL
  AND (j.after ->> 'child_link_id')::uuid = $2
"""
_LINK = """
SELECT source_record_id, child_id FROM child_link
WHERE community_id = $1 AND child_link_id = $2 AND sector = ANY ($3) AND undone_at IS NULL
"""
_HOLDERS = """
WITH decision AS (SELECT * FROM match_decision WHERE community_id = $1 AND match_decision_id = $2)
SELECT unnest(c.sectors) AS sector FROM decision d
JOIN child c ON c.community_id = d.community_id AND c.child_id IN (d.child_id, d.other_child_id)
UNION SELECT jsonb_array_elements_text(j.before -> 'sectors') FROM match_journal j
WHERE j.community_id = $1 AND j.match_decision_id = $2 AND j.entity = 'child' AND j.before IS NOT NULL
UNION SELECT r.sector FROM decision d
JOIN match_review r ON r.community_id = d.community_id AND r.match_review_id = d.match_review_id
UNION SELECT unnest(c.sectors) FROM decision d
JOIN match_candidate m ON m.community_id = d.community_id AND m.match_review_id = d.match_review_id
JOIN child c ON c.community_id = m.community_id AND c.child_id = m.child_id
"""
"""Whose stewards may undo a decision: those who might have made it, before it or now."""


@dataclass(frozen=True)
class Steward:
    """Who decides, in which community, for which sectors."""

    database: Database
    viewer: Viewer
    community: Community
    sectors: Sequence[str]

    @classmethod
    def of(cls, database: Database, viewer: Viewer, community: Community) -> "Steward":
        """Raise Forbidden for who is no steward of a sector here."""
        granted = grant(viewer, community.community_id, Action.REVIEW_MATCHES)
        return cls(database, viewer, community, granted.scope.sectors)

    async def decide(self, review: UUID, child_id: UUID | None, note: str | None) -> UUID:
        """Say which child a review's record is about, or with None that it is a new one's."""
        return await self._do("decide match", lambda c: self._decide(c, review, child_id, note))

    async def merge(self, keep: UUID, other: UUID, note: str | None) -> UUID:
        """Join two children: all records of the other become the kept one's."""
        return await self._do("merge children", lambda c: self._merge(c, keep, other, note))

    async def split(self, child_id: UUID, records: Sequence[UUID], note: str | None) -> UUID:
        """Part records of the own sector from a child: they become a new one's."""
        return await self._do("split child", lambda c: self._split(c, child_id, records, note))

    async def undo(self, decision: UUID) -> UUID:
        """Undo a decision, to the letter but for what was said since."""
        return await self._do("undo match", lambda c: self._undo(c, decision))

    async def undo_link(self, link: UUID, note: str | None) -> UUID:
        """Undo the decision that made a link, or part the record of one that no person made."""
        return await self._do("undo match", lambda c: self._undo_link(c, link, note))

    async def _do(self, action: str, work: Callable[[Connection], Awaitable[UUID]]) -> UUID:
        community_id = self.community.community_id
        scope = writing(self.viewer, community_id)
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                async with self.database.transaction(scope) as connection:
                    decision = await work(connection)
                    detail = {"decision": decision, "sectors": self.sectors}
                    await audit.record(connection, self.viewer, community_id, action, detail)
                    return decision
            except COLLISIONS as collision:
                # A post met the decision at the same child; what gave way starts afresh and sees what was written.
                if attempt == _ATTEMPTS:
                    raise DatabaseUnavailable("Posts wrote the same children at the same time.") from collision
        raise AssertionError("every attempt returns or raises")

    def _act(self, kind: MatchAct, note: str | None, review: UUID | None = None) -> Act:
        return Act(self.community.community_id, kind, self.viewer.subject, note, review)

    async def _fetch(self, connection: Connection, sql: str, *arguments: Any) -> list[Any]:
        rows: list[Any] = await connection.fetch(sql, self.community.community_id, *arguments)
        return rows

    async def _merge(self, connection: Connection, keep: UUID, other: UUID, note: str | None) -> UUID:
        children = [keep, other]
        if keep == other:
            raise MatchInvalid("A child cannot be joined with itself.")
        await self._check_children(connection, children)
        await lock_children(connection, self.community.community_id, children)
        held = {row["child_id"] for row in await self._fetch(connection, _RECORDS, children)}
        if held != set(children):
            raise MatchDecided("One of the children has no record any more: it was joined with another.")
        return await join(connection, self._act(MatchAct.MERGE, note), other, keep)

    async def _split(
        self, connection: Connection, child_id: UUID, records: Sequence[UUID], note: str | None
    ) -> UUID:
        await self._check_children(connection, [child_id])
        await lock_children(connection, self.community.community_id, [child_id])
        held = await self._fetch(connection, _RECORDS, [child_id])
        own = {row["source_record_id"] for row in held if row["sector"] in self.sectors}
        if not records or not own.issuperset(records):
            raise NotFound("The child has no such record in your sector.")
        if len(set(records)) == len(held):
            raise MatchInvalid("These are all records of the child; nothing would be left of it.")
        return await part(connection, self._act(MatchAct.SPLIT, note), child_id, records)

    async def _undo(self, connection: Connection, decision: UUID) -> UUID:
        holders = {row["sector"] for row in await self._fetch(connection, _HOLDERS, decision)}
        if not holders & set(self.sectors):
            raise NotFound
        await undo(connection, self.community.community_id, decision, self.viewer.subject)
        return decision

    async def _undo_link(self, connection: Connection, link: UUID, note: str | None) -> UUID:
        made = await self._fetch(connection, _DECISION_OF_LINK, link)
        if made:
            return await self._undo(connection, made[0]["match_decision_id"])
        found = await self._fetch(connection, _LINK, link, list(self.sectors))
        if not found:
            raise NotFound
        return await self._split(connection, found[0]["child_id"], [found[0]["source_record_id"]], note)

    async def _check_children(self, connection: Connection, children: Sequence[UUID]) -> None:
        """Raise NotFound unless these are children, and the steward's sector holds a record of one of them."""
        there = await self._fetch(connection, _CHILDREN, children)
        own = await self._fetch(connection, _OWN_CHILDREN, children, list(self.sectors))
        if len(there) != len(children) or not own:
            raise NotFound

    async def _decide(self, connection: Connection, key: UUID, child_id: UUID | None, note: str | None) -> UUID:
        community_id, act = self.community.community_id, self._act(MatchAct.DECIDE, note, key)
        review, candidates = await self._review(connection, key)
        if child_id is not None and child_id not in candidates:
            await self._check_children(connection, [child_id])
        involved = [each for each in {*candidates, review["child_id"], child_id} if each is not None]
        await lock_children(connection, community_id, involved, [key])
        review, candidates = await self._review(connection, key)
        if review["state"] == ReviewState.DECIDED:
            raise MatchDecided
        compared = [child_id] if child_id is not None else candidates
        others = await self._fetch(connection, _RECORDS, compared)
        decision, record = await self._place(connection, act, review, child_id)
        pairs = [(record, row["source_record_id"]) for row in others]
        await settle(connection, community_id, decision, pairs, is_same=child_id is not None)
        return decision

    async def _place(
        self, connection: Connection, act: Act, review: Mapping[str, Any], child_id: UUID | None
    ) -> tuple[UUID, UUID]:
        """Give the review's record to the child, or to a new one; return the decision and the record."""
        meanwhile, record = review["child_id"], review["source_record_id"]
        if meanwhile is None:
            named = child_id or uuid4()
            return await take_in_waiting(connection, self.viewer, self.community, act, review, named)
        if child_id is None or child_id == meanwhile:
            picture = await take(connection, act.community_id, [meanwhile], [review["match_review_id"]])
            await close_reviews(connection, act, picture, meanwhile)
            return await write_act(connection, act, picture, meanwhile, None), record
        return await join(connection, act, meanwhile, child_id, [record]), record

    async def _review(self, connection: Connection, key: UUID) -> tuple[Mapping[str, Any], list[UUID]]:
        """Return a review and its candidates. Raises NotFound, also if the steward's sectors are not in it."""
        found = await self._fetch(connection, _REVIEW, key)
        candidates = [row["child_id"] for row in await self._fetch(connection, _CANDIDATES, key)]
        if not found or not await self._is_own(connection, found[0], candidates):
            raise NotFound
        return found[0], candidates

    async def _is_own(self, connection: Connection, review: Mapping[str, Any], candidates: Sequence[UUID]) -> bool:
        own = await self._fetch(connection, _OWN_CHILDREN, candidates, list(self.sectors))
        return review["sector"] in self.sectors or bool(own)
