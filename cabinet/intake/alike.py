"""After the exact rules, where the community has a trained model: new children may be known by other words.

What the model says is for us alone. Whoever posts is answered as for any child nobody knew, and a doubtful row is
a child's of its own until a person decides: or else the verdict would tell whom others know.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from cabinet.db import Connection
from cabinet.intake.child_facts import Identity
from cabinet.intake.locks import lock_keys
from cabinet.intake.match import DERIVED, Doubt, Placed, Placing
from cabinet.intake.source import Source
from cabinet.linkage.candidates import Candidates, Kept, read_candidates
from cabinet.linkage.claims import Candidate, settle
from cabinet.linkage.decide import Outcome
from cabinet.linkage.features import Features, features_of
from cabinet.linkage.models import InUse
from cabinet.linkage.record import Record
from cabinet.linkage.settled import settled
from cabinet.linkage.weighed import Weighed
from cabinet.tables.terms import LinkMethod, ReviewReason

Parted = set[tuple[str, UUID]]

SAME_SOURCE = "The same source has another record that may be this child's."
"""A source that numbers children holds each once. One that only names them may name a child in two ways."""


async def weigh_new(connection: Connection, source: Source, placing: Placing, model: InUse | None) -> None:
    """Let the model look for the children that no exact rule knows, all of the post at once."""
    new = _new_children(placing.placed)
    if model is None or not new:
        return
    records = [_features(each, source) for each in new]
    await lock_keys(connection, source.community_id, {key for each in records for key in each.keys})
    found = await read_candidates(connection, source.community_id, records)
    parted = await _parted(connection, source, placing, found)
    claims = [
        [child for child in of_record if _may_be(each, child, found, source, parted)]
        for each, of_record in zip(new, found.claims, strict=True)
    ]
    rows: defaultdict[UUID, list[Placed]] = defaultdict(list)
    for each in placing.placed:
        rows[each.child_id].append(each)
    for each, candidates in zip(new, settle(model.model, records, claims, found.children), strict=True):
        weighed = [_with_doubt(candidate, found.kept[candidate.child], source) for candidate in candidates]
        _take(placing, rows[each.child_id], Weighed(model.version, weighed))


def _new_children(placed: Sequence[Placed]) -> list[Placed]:
    """Return one row for each child that was made just now; other rows of the post may be about it as well."""
    made = (
        each
        for each in placed
        if each.method is LinkMethod.NEW_CHILD and not each.is_linked and each.identity is not None
    )
    return list({each.child_id: each for each in made}.values())


def _features(placed: Placed, source: Source) -> Features:
    said = placed.identity or Identity()
    record = Record(
        placed.record_id,
        given_name=said.given_name,
        middle_name=said.middle_name,
        family_name=said.family_name,
        birth_date=said.birth_date,
        sex=said.sex,
        address=said.address,
        postal_code=said.postal_code,
        guardians=said.guardians,
        phones=said.phones,
        identifiers=said.identifiers,
    )
    return features_of(record, source.today)


async def _parted(connection: Connection, source: Source, placing: Placing, found: Candidates) -> Parted:
    """Return the ids of the post's records with the children they are not about, as people settled before."""
    records = {key: record_id for record_id, key in placing.known.records.items()}
    decided = await settled(connection, source.community_id, list(records)) if records else {}
    child_of = {kept.source_record_id: child for child, of_child in found.kept.items() for kept in of_child}
    apart = [pair for pair, is_same in decided.items() if not is_same]
    both_ways = [*apart, *((other, one) for one, other in apart)]
    return {(records[one], child_of[other]) for one, other in both_ways if one in records and other in child_of}


def _may_be(placed: Placed, child: UUID, found: Candidates, source: Source, parted: Parted) -> bool:
    """Tell whether a child has no other record of the source, and no person said that it is somebody else."""
    own = _own(found.kept[child], source)
    is_twice = not _is_derived(placed.record_id) and any(not _is_derived(each.record_id) for each in own)
    return not is_twice and (placed.record_id, child) not in parted


def _with_doubt(candidate: Candidate[UUID], kept: Sequence[Kept], source: Source) -> Candidate[UUID]:
    if not _own(kept, source):
        return candidate
    return replace(candidate, outcome=Outcome.REVIEW, remarks=[*candidate.remarks, SAME_SOURCE])


def _own(kept: Sequence[Kept], source: Source) -> list[Kept]:
    return [each for each in kept if each.organization_id == source.organization_id]


def _is_derived(record_id: str) -> bool:
    return record_id.startswith(DERIVED)


def _take(placing: Placing, rows: Sequence[Placed], weighed: Weighed) -> None:
    """Let all rows about a new child be about the one the model is sure of; or hold the last for review."""
    if weighed.link is not None:
        for each in rows:
            each.child_id, each.method, each.weighed = weighed.link.child, LinkMethod.PROBABILISTIC, weighed
    elif weighed.candidates:
        placing.for_review.append(Doubt(rows[-1].item, ReviewReason.LIKELY, weighed.doubts, rows[-1]))
