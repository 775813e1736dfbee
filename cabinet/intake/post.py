"""The one door: every post and every file goes through here, in this order."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NoReturn
from uuid import UUID

from cabinet.db import COLLISIONS, Connection, Database
from cabinet.errors import BatchRefused, DatabaseUnavailable, TooManyRows
from cabinet.intake.alike import weigh_new
from cabinet.intake.drafts import Draft
from cabinet.intake.effects import Effects, Measure
from cabinet.intake.facts import write_facts
from cabinet.intake.lane import Lane
from cabinet.intake.ledger import audit_undone, claim, keep, request_hash, write_ledger
from cabinet.intake.locks import lock_organization
from cabinet.intake.match import Placed, place
from cabinet.intake.overtaken import settle_overtaken
from cabinet.intake.people import write_people
from cabinet.intake.receipt import Receipt, Verdict
from cabinet.intake.recorded import RECORDED
from cabinet.intake.records import check_references, decide, write_records
from cabinet.intake.references import read_references
from cabinet.intake.reviews import hold_for_review
from cabinet.intake.rows import Kind
from cabinet.intake.source import Source
from cabinet.intake.supply import TABLES, write_supply
from cabinet.intake.unchanged import Found, content_hashes, settle_unchanged
from cabinet.intake.validate import Item, validate
from cabinet.intake.withdraw import withdraw
from cabinet.linkage.comparable import compare_anew
from cabinet.linkage.models import model_in_use
from cabinet.plans import keep_plans

MAX_ROWS = 10_000
# PostgreSQL looks at its tables within minutes, and a load fills them in seconds: without statistics every index
# looks the same to the planner, and the lookups of ten thousand rows took minutes.
_KEEP_UP, _MANY = "SELECT app_keep_up()", 200
_FEW = 20
_ATTEMPTS = 3

RawRow = Mapping[str, Any]
Also = Callable[[Connection, Receipt], Awaitable[None]]
"""What else is written in the transaction of a post, so that both are there or neither; tried afresh with it."""


class _Undo(Exception):
    def __init__(self, receipt: Receipt) -> None:
        self.receipt = receipt


async def post(
    database: Database,
    source: Source,
    kind: Kind,
    rows: Sequence[RawRow],
    *,
    dry_run: bool = False,
    atomic: bool = False,
    idempotency_key: str | None = None,
    checked: list[Item] | None = None,
    also: Also | None = None,
    measure: Measure | None = None,
) -> Receipt:
    """Take in up to 10,000 rows in one transaction and return a verdict for each.

    With `atomic`, one rejected row refuses all; with `dry_run`, everything is tried and nothing is written.
    The same idempotency key with the same rows returns the first receipt again and writes nothing.
    `checked` are the rows as `validate` reads them for this source's day, where that was done before.
    `measure` counts the gaps that the effects of enrollments tell; without it, or with a file, they tell none.

    Raises TooManyRows, IdempotencyKeyReused, DatabaseUnavailable, TimeoutExceeded.
    """
    if len(rows) > MAX_ROWS:
        raise TooManyRows
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            async with database.transaction(source.scope) as connection:
                if dry_run:
                    await _try(connection, source, kind, rows, measure, atomic=atomic)
                receipt = await _answer(
                    connection, source, kind, rows, measure, atomic=atomic, key=idempotency_key, checked=checked
                )
                if also is not None:
                    await also(connection, receipt)
                return receipt
        except _Undo as undo:
            async with database.transaction(source.scope) as connection:
                await audit_undone(connection, source, kind, undo.receipt)
            return Receipt(committed=False, outcomes=undo.receipt.outcomes)
        except COLLISIONS as collision:
            # Two posts met at the same child; the one that gave way starts afresh and sees what the other wrote.
            if attempt == _ATTEMPTS:
                raise DatabaseUnavailable("Other posts wrote the same children at the same time.") from collision
            # What became of the rows in vain is written on them.
            checked = None
    raise AssertionError("every attempt returns or raises")


async def _try(
    connection: Connection,
    source: Source,
    kind: Kind,
    rows: Sequence[RawRow],
    measure: Measure | None,
    *,
    atomic: bool,
) -> NoReturn:
    raise _Undo(await _answer(connection, source, kind, rows, measure, atomic=atomic, key=None))


async def _answer(
    connection: Connection,
    source: Source,
    kind: Kind,
    rows: Sequence[RawRow],
    measure: Measure | None,
    *,
    atomic: bool,
    key: str | None,
    checked: list[Item] | None = None,
) -> Receipt:
    """Take the rows in and return the receipt; raise _Undo with it if an atomic post has to be refused."""
    if key is not None:
        earlier = await claim(connection, source, key, request_hash(kind, rows, atomic=atomic))
        if earlier is not None:
            return earlier
    items = await validate(kind, rows, source.today) if checked is None else checked
    changed = await take_in(connection, source, kind, items, measure)
    await write_ledger(connection, source, kind, items, changed)
    receipt = Receipt(committed=True, outcomes=[item.outcome for item in items])
    if atomic and receipt.count(Verdict.REJECTED):
        raise _Undo(_refuse_rest(receipt))
    if key is not None:
        await keep(connection, source, key, receipt)
    return receipt


async def take_in(
    connection: Connection, source: Source, kind: Kind, items: list[Item], measure: Measure | None
) -> set[UUID]:
    """Take in rows that can be read, in a transaction that is open, and say of each what became of it.

    Returns every child of whom something was written beside a record.
    """
    if kind in TABLES:
        await write_supply(connection, source, kind, items)
        return set()
    if len(items) >= _MANY:
        await connection.execute(_KEEP_UP)
    elif len(items) <= _FEW and measure is None:
        await keep_plans(connection)
    await lock_organization(connection, source.organization_id)
    if kind is Kind.WITHDRAWAL:
        await withdraw(connection, source, items)
        return set()
    return await _take_in_of_children(connection, source, kind, items, measure)


async def _take_in_of_children(
    connection: Connection, source: Source, kind: Kind, items: list[Item], measure: Measure | None
) -> set[UUID]:
    references = await read_references(connection, source.community_id, source.organization_id)
    check_references(kind, source, items, references)
    tells = kind is Kind.ENROLLMENT and source.is_post
    effects = Effects(source, items, references, measure) if tells else None
    if effects is not None:
        await effects.look_before(connection)
    # Of many enrollments most are known or plain; those are taken out here, and written below beside the others.
    together = kind is Kind.ENROLLMENT and len(items) >= source.lane_from
    hashes = content_hashes(source, items, references) if together else {}
    found = await settle_unchanged(connection, source, items, hashes, references) if together else Found()
    lane = Lane(source, items, references, hashes) if together else None
    others = await lane.judge(connection, found.called) if lane else items
    placing = await place(connection, source, others, found.settled)
    model = await model_in_use(connection, source.community_id)
    await weigh_new(connection, source, placing, model)
    if lane is not None:
        await lane.give_way(connection, placing)
    drafts: list[Draft] = []
    if kind in RECORDED:
        drafts, telling = await decide(connection, source, kind, placing.placed, references, found.again)
        placed = [*(draft.placed for draft in drafts), *telling]
    else:
        placed = await settle_overtaken(connection, source, placing.placed)
    fate, said_anew, changed = await write_people(connection, source, placed, references, placing.known.records)
    if model is not None:
        await compare_anew(connection, source.community_id, list(said_anew), source.today)
    changed |= await write_facts(connection, source, placed, references)
    if lane is not None:
        changed |= await lane.write(connection)
    if kind in RECORDED:
        await write_records(connection, source, kind, drafts)
    else:
        _settle_roster(placed, fate)
    await hold_for_review(connection, source, kind, placing.for_review)
    if effects is not None:
        await effects.tell(connection)
    return changed


def _settle_roster(placed: Sequence[Placed], fate: Mapping[str, Verdict]) -> None:
    for each in placed:
        outcome = each.item.outcome
        outcome.verdict = fate.get(each.item.row.record_id, Verdict.UNCHANGED)
        outcome.child_id = outcome.record = each.child_id


def _refuse_rest(receipt: Receipt) -> Receipt:
    """Say of the sound rows of a refused atomic post that nothing was written of them either."""
    for outcome in receipt.outcomes:
        if outcome.verdict is not Verdict.REJECTED:
            outcome.record = outcome.child_id = outcome.enrollment_id = outcome.effect = None
            outcome.reject(BatchRefused())
    return receipt
