"""What is counted when all crashes are over: each row once, and everything that was written of it beside it."""

from typing import Any

import asyncpg
import orjson

from tests.faults.crashes.workload import Post, Workload
from tests.outbox.receiver import Receiver

_ENROLLMENTS = """
SELECT o.code AS organization, e.record_id, e.begins, e.enrollment_id, e.child_id
FROM enrollment e JOIN organization o USING (community_id, organization_id)
"""
_NAMES = "SELECT child_id, given_name FROM child_identity"
_JOBS = """
SELECT j.file, j.state, j.error_code, j.created, j.updated, j.unchanged, j.needs_review, j.rejected, j.remarks,
  (SELECT count(*) FROM import_remark r WHERE r.import_job_id = j.import_job_id AND r.is_rejection) AS kept,
  ARRAY(SELECT number FROM import_remark r WHERE r.import_job_id = j.import_job_id ORDER BY number) AS numbers
FROM import_job j
"""
_EVENTS = "SELECT outbox_id, payload FROM outbox WHERE topic = 'enrollment.posted'"
_AUDITED = "SELECT detail FROM audit_event WHERE action = 'post enrollment'"
_CHANGED = "SELECT entity_id, count(*) FROM change WHERE entity = 'enrollment' GROUP BY entity_id"
_WRITTEN = ("CREATED", "UPDATED")

GIVEN_UP = "SELECT file FROM import_job WHERE error_code = 'IMPORT_GIVEN_UP'"
UNFINISHED = "SELECT count(*) = 0 FROM import_job WHERE state IN ('RECEIVED', 'RUNNING')"
UNTOLD = """
SELECT NOT EXISTS (SELECT FROM outbox WHERE addressed_at IS NULL)
  AND NOT EXISTS (SELECT FROM delivery WHERE delivered_at IS NULL)
"""


async def reckon(owner: asyncpg.Connection, workload: Workload, receiver: Receiver) -> None:
    """Compare the tables and what the receiver was told with what was sent."""
    _check_jobs(workload, await owner.fetch(_JOBS))
    enrollments = await owner.fetch(_ENROLLMENTS)
    await _check_enrollments(owner, workload, enrollments)
    _check_receipts(workload.posts, {str(row["record_id"]) for row in enrollments})
    await _check_ledger(owner, enrollments)
    await _check_told(owner, receiver)


async def _check_enrollments(owner: asyncpg.Connection, workload: Workload, found: list[Any]) -> None:
    """Each record once, with its newest version's day; and one child for each name, whoever knows it."""
    begins = {(row["organization"], row["record_id"]): row["begins"] for row in found}
    assert len(begins) == len(found)
    meant = {key: day for key, (day, _) in workload.enrollments.items()}
    assert meant.keys() - begins.keys() == set()
    assert begins.keys() - meant.keys() == set()
    assert {key: (begins[key], day) for key, day in meant.items() if begins[key] != day} == {}
    children: dict[str, set[Any]] = {}
    for child_id, name in await owner.fetch(_NAMES):
        children.setdefault(name, set()).add(child_id)
    assert children.keys() == {f"Kid{number}" for _, number in workload.enrollments.values()}
    assert {name: ids for name, ids in children.items() if len(ids) != 1} == {}
    assert await owner.fetchval("SELECT count(*) FROM child") == len(children)
    mine = {f"Kid{number}": next(iter(children[f"Kid{number}"])) for _, number in workload.enrollments.values()}
    for row in found:
        _, number = workload.enrollments[row["organization"], row["record_id"]]
        assert row["child_id"] == mine[f"Kid{number}"]


def _check_receipts(posts: list[Post], records: set[str]) -> None:
    for post in posts:
        assert post.receipt is not None
        receipt = orjson.loads(post.receipt)["data"]["postEnrollments"]
        assert [row["recordId"] for row in receipt["rows"]] == [row["recordId"] for row in post.rows]
        taken = {row["recordId"] for row in receipt["rows"] if row["verdict"] != "REJECTED"}
        assert taken == {row["recordId"] for row in post.rows if not row["recordId"].endswith("bad")}
        assert taken <= records


def _check_jobs(workload: Workload, jobs: list[Any]) -> None:
    """Every job is done or was given up, and of a file's jobs each good line made one row."""
    assert {(job["state"], job["error_code"]) for job in jobs} <= {("DONE", None), ("FAILED", "IMPORT_GIVEN_UP")}
    for file in workload.files:
        own = [job for job in jobs if job["file"] == file.name]
        assert len(own) >= len(set(file.jobs)) >= 1
        assert sum(job["created"] for job in own) == file.good
        for job in (job for job in own if job["state"] == "DONE"):
            assert job["created"] + job["unchanged"] == file.good
            assert (job["updated"], job["needs_review"]) == (0, 0)
            assert job["rejected"] == job["kept"] == file.bad
            assert job["numbers"] == list(range(job["remarks"]))


async def _check_ledger(owner: asyncpg.Connection, enrollments: list[Any]) -> None:
    """Audit, changes and events say of the enrollments what they are."""
    audited = [orjson.loads(row["detail"]) for row in await owner.fetch(_AUDITED)]
    told = [orjson.loads(row["payload"]) for row in await owner.fetch(_EVENTS)]
    changed = dict(await owner.fetch(_CHANGED))
    counted = {verdict: sum(each[verdict] for each in audited) for verdict in _WRITTEN}
    assert counted == {verdict: sum(each[verdict] for each in told) for verdict in _WRITTEN}
    assert counted["CREATED"] == len(enrollments)
    assert changed.keys() == {row["enrollment_id"] for row in enrollments}
    assert sum(changed.values()) == sum(counted.values())
    assert len(told) == sum(1 for each in audited if any(each[verdict] for verdict in _WRITTEN))
    keys = await owner.fetchrow("SELECT count(*), count(receipt) FROM idempotency_key")
    assert keys[0] == keys[1]


async def _check_told(owner: asyncpg.Connection, receiver: Receiver) -> None:
    """Each event was told at least once, always in the same words, and none that was never committed."""
    events = {f"msg_{row['outbox_id']}" for row in await owner.fetch(_EVENTS)}
    assert set(receiver.ids) == events
    bodies = {(request.message_id, request.body) for request in receiver.requests}
    assert len(bodies) == len(events)
    assert await owner.fetchval("SELECT count(*) FROM delivery") == len(events)
