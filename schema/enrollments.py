from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from typing import Any

import strawberry
from strawberry import UNSET
from strawberry.utils.str_converters import to_camel_case

from cabinet import tables
from cabinet.intake.receipt import Outcome, Problem, Verdict
from cabinet.read.rows import encode_id
from cabinet.tables.terms import EnrollmentStatus
from resolvers import enrollments as resolve
from resolvers.context import Ask
from schema.children import Child
from schema.nodes import Connection, Node
from schema.rows import one, pages
from schema.services import Organization, Program

CHECKED = "Checked row by row, so that one bad value does not refuse the others."


@strawberry.type(description="A child in a program over a period.")
class Enrollment(Node):
    table = tables.enrollment
    status: EnrollmentStatus
    begins: date
    ends: date | None = strawberry.field(description="Last day, inclusive; empty: open.")
    exit_reason: str | None
    record_id: str = strawberry.field(description="The record's id at its source.")
    child = one(tables.child, Child)
    program = one(tables.program, Program)
    organization = one(tables.organization, Organization)


@strawberry.input(description="An identifier that several organizations use for the child.")
class IdentifierInput:
    system: str = strawberry.field(description="For example DISTRICT_STUDENT_ID.")
    value: str


@strawberry.input(description="Who the child is: identifiers, or given name, family name and birth date.")
class IdentityInput:
    given_name: str | None = UNSET
    middle_name: str | None = UNSET
    family_name: str | None = UNSET
    birth_date: str | None = strawberry.field(default=UNSET, description=f"YYYY-MM-DD. {CHECKED}")
    sex: str | None = strawberry.field(default=UNSET, description=f"FEMALE, MALE, NONBINARY or UNKNOWN. {CHECKED}")
    address: str | None = UNSET
    postal_code: str | None = UNSET
    identifiers: list[IdentifierInput] | None = UNSET


@strawberry.input(description="Which child: our reference, your own id for it, or identity fields.")
class ChildReferenceInput:
    ref: strawberry.ID | None = strawberry.field(default=UNSET, description="As a receipt gave it.")
    source_id: str | None = strawberry.field(default=UNSET, description="Your own id for the child.")
    identity: IdentityInput | None = UNSET


@strawberry.input(description="One enrollment, as you hold it.")
class EnrollmentRowInput:
    record_id: str | None = strawberry.field(default=UNSET, description="Required. Your id of the enrollment.")
    record_version: int | None = strawberry.field(
        default=UNSET,
        description="The highest wins in any order of arrival. Without: the last post is newest.",
    )
    child: ChildReferenceInput | None = strawberry.field(default=UNSET, description="Required.")
    program: str | None = strawberry.field(default=UNSET, description="Required. The program's code.")
    status: str | None = strawberry.field(
        default=UNSET,
        description=f"Required. REFERRED, WAITLISTED, ENROLLED, COMPLETED, WITHDRAWN or NOT_ENROLLED. {CHECKED}",
    )
    begins: str | None = strawberry.field(default=UNSET, description=f"Required. YYYY-MM-DD. {CHECKED}")
    ends: str | None = strawberry.field(default=UNSET, description=f"Last day, YYYY-MM-DD. {CHECKED}")
    exit_reason: str | None = UNSET
    grade: str | None = strawberry.field(default=UNSET, description=f"CEDS grade level. {CHECKED}")
    neighborhood: str | None = strawberry.field(default=UNSET, description="The neighborhood's code.")


@strawberry.input(description="A post: up to 1,000 rows, all accepted ones committed in one transaction.")
class PostEnrollmentsInput:
    community: strawberry.ID = strawberry.field(description="Id or code.")
    rows: list[EnrollmentRowInput]
    organization: strawberry.ID | None = strawberry.field(
        default=None, description="Needed only by who acts for several organizations."
    )
    dry_run: bool = strawberry.field(default=False, description="Say what would happen and write nothing.")
    atomic: bool = strawberry.field(default=False, description="One rejected row refuses all.")
    idempotency_key: str | None = strawberry.field(
        default=None, description="The same key with the same rows gets the same receipt and writes nothing."
    )

    @property
    def plain_rows(self) -> Sequence[dict[str, Any]]:
        return [_plain(row) for row in self.rows]


def _plain(value: Any) -> Any:
    """Return an input as plain values, leaving out what was not sent."""
    if isinstance(value, list) and all(isinstance(item, IdentifierInput) for item in value):
        return {item.system: item.value for item in value}
    if not hasattr(type(value), "__strawberry_definition__"):
        return value
    sent = {field.name: getattr(value, field.name) for field in fields(value)}
    return {name: _plain(item) for name, item in sent.items() if item is not UNSET and item is not None}


@strawberry.type(description="Why a row was rejected, or what was odd about one that was taken.")
class RowProblem:
    code: str
    message: str
    hint: str
    path: list[str] = strawberry.field(description="Leads from `rows` to the field.")


@strawberry.type(description="What became of one row.")
class RowOutcome:
    index: int
    record_id: str | None
    verdict: Verdict
    enrollment: strawberry.ID | None
    child: strawberry.ID | None = strawberry.field(description="Our reference for the child.")
    problems: list[RowProblem]


@strawberry.type(description="The answer to one post.")
class PostReceipt:
    committed: bool = strawberry.field(description="False for a dry run and for a refused atomic post.")
    created: int
    updated: int
    unchanged: int
    needs_review: int
    rejected: int
    rows: list[RowOutcome]

    @classmethod
    def of(cls, result: resolve.PostResult) -> "PostReceipt":
        counts = {verdict.lower(): result.receipt.count(verdict) for verdict in Verdict}
        rows = [_outcome(result, outcome) for outcome in result.receipt.outcomes]
        return cls(committed=result.receipt.committed, rows=rows, **counts)


def _outcome(result: resolve.PostResult, outcome: Outcome) -> RowOutcome:
    def opaque(table: Any, key: Any) -> strawberry.ID | None:
        known = key is not None and result.receipt.committed
        return strawberry.ID(encode_id(table, result.community_id, key)) if known else None

    return RowOutcome(
        index=outcome.index,
        record_id=outcome.record_id,
        verdict=outcome.settled,
        enrollment=opaque(tables.enrollment, outcome.record),
        child=opaque(tables.child, outcome.child_id),
        problems=[_problem(outcome.index, problem) for problem in outcome.problems],
    )


def _problem(index: int, problem: Problem) -> RowProblem:
    path = ["rows", str(index), *(to_camel_case(str(step)) for step in problem.path)]
    return RowProblem(code=problem.code, message=problem.message, hint=problem.hint, path=path)


async def _post_enrollments(info: Ask, input: PostEnrollmentsInput) -> PostReceipt:  # noqa: A002
    return PostReceipt.of(await resolve.post_enrollments(info, input))


@strawberry.type
class EnrollmentsQuery:
    enrollments = pages(
        tables.enrollment,
        Connection[Enrollment],
        description="A sector steward's enrollments of the own sector; a partner agency's own.",
    )


@strawberry.type
class EnrollmentsMutation:
    post_enrollments: PostReceipt = strawberry.mutation(resolver=_post_enrollments)
