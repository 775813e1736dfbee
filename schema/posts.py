"""What every post has in common: how it says which child, how it is to be taken, and the receipt.

A kind of post is a row model (`cabinet.intake.rows`), the type of its rows, and a line with `post`.
"""

from collections.abc import Mapping
from inspect import Parameter, Signature
from typing import Any

import strawberry
from strawberry import UNSET
from strawberry.utils.str_converters import to_snake_case

import schema.terms  # noqa: F401 - the enums are made before the types that use them.
from cabinet.intake.receipt import Verdict
from cabinet.intake.rows import Kind
from cabinet.read.plain_rows import PlainRows, plain
from cabinet.tables.terms import EnrollmentStatus
from resolvers import posts as resolve
from resolvers.context import Ask

_TAKEN = "A post: up to 10,000 rows, all accepted ones committed in one transaction."
VERSION = "The highest wins in any order of arrival. Without: the last post is newest."
CHECKED = "Checked row by row, so that one bad value does not refuse the others."


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
    guardians: list[str] | None = strawberry.field(default=UNSET, description="Names of parents and guardians.")
    phones: list[str] | None = UNSET
    identifiers: list[IdentifierInput] | None = UNSET


@strawberry.input(description="Which child: our reference, your own id for it, or identity fields.")
class ChildReferenceInput:
    ref: strawberry.ID | None = strawberry.field(default=UNSET, description="As a receipt gave it.")
    source_id: str | None = strawberry.field(default=UNSET, description="Your own id for the child.")
    identity: IdentityInput | None = UNSET


@strawberry.input
class RecordedRowInput:
    """What every row about a child has."""

    record_id: str | None = strawberry.field(default=UNSET, description="Required. Your id of the record.")
    record_version: int | None = strawberry.field(default=UNSET, description=VERSION)
    child: ChildReferenceInput | None = strawberry.field(default=UNSET, description="Required.")


@strawberry.input
class PostInput:
    community: strawberry.ID = strawberry.field(description="Id or code.")
    organization: strawberry.ID | None = strawberry.field(
        default=None, description="Needed only by who acts for several organizations."
    )
    dry_run: bool = strawberry.field(default=False, description="Say what would happen and write nothing.")
    atomic: bool = strawberry.field(default=False, description="One rejected row refuses all.")
    idempotency_key: str | None = strawberry.field(
        default=None, description="The same key with the same rows gets the same receipt and writes nothing."
    )


def _given(input_type: type, given: Mapping[str, Any], _: object) -> Any:
    """Take the rows as plain values; classes for thousands of rows would cost more than all the rest."""
    said = {to_snake_case(name): value for name, value in given.items()}
    if not isinstance(said["rows"], PlainRows):
        # They stand in the document, or were not right at first sight.
        said["rows"] = [plain(row) for row in said["rows"]]
    return input_type(**said)


@strawberry.type(description="Why a row was rejected, or what was odd about one that was taken.")
class RowProblem:
    code: str
    message: str
    hint: str
    path: list[str] = strawberry.field(description="Leads from `rows` to the field.")


@strawberry.type(description="The gap of a service among your own clients, over the whole post.")
class GapEffect:
    service_type: str = strawberry.field(description="The service type's code.")
    before: int = strawberry.field(description="In need and not served before the post.")
    after: int = strawberry.field(description="In need and not served after it.")


@strawberry.type(description="What the row of an enrollment brought about: where the child stands now.")
class EnrollmentEffect:
    status: EnrollmentStatus = strawberry.field(
        description="As it was taken: WAITLISTED instead of ENROLLED if the program is full."
    )
    seats_free: int | None = strawberry.field(
        description="Of the program, after the post; null: the seats of this school year are not known."
    )
    position: int | None = strawberry.field(description="In line, from 1, if the child waits.")
    gaps: list[GapEffect] | None = strawberry.field(
        description="Of the program's services. Null in a receipt that was kept when nobody asked for it."
    )


@strawberry.type(description="What became of one row.")
class RowOutcome:
    index: int
    record_id: str | None
    verdict: Verdict
    enrollment: strawberry.ID | None = strawberry.field(
        description="The enrollment, or the one the day of attendance belongs to."
    )
    child: strawberry.ID | None = strawberry.field(description="Our reference for the child.")
    problems: list[RowProblem]
    effect: EnrollmentEffect | None = strawberry.field(description="Of a row of postEnrollments that was taken.")


@strawberry.type(description="The answer to one post.")
class PostReceipt:
    committed: bool = strawberry.field(description="False for a dry run and for a refused atomic post.")
    created: int
    updated: int
    unchanged: int
    needs_review: int
    rejected: int
    rows: list[RowOutcome]


def post(kind: Kind, noun: str, row_type: type, description: str) -> Any:
    """Declare the mutation that posts rows of a kind; its input is named after the noun."""
    row_type.is_posted = True  # type: ignore[attr-defined] # As `cabinet.read.lifting` finds it.
    made = type(f"Post{noun}Input", (PostInput,), {"__annotations__": {"rows": list[row_type]}})  # type: ignore[valid-type]
    input_type = strawberry.input(made, description=_TAKEN)
    input_type.__strawberry_definition__.from_input = _given  # type: ignore[attr-defined]

    async def resolve_post(info: Ask, input: Any) -> Any:  # noqa: A002 - GraphQL's usual word.
        return await resolve.post(info, kind, input)

    resolve_post.__signature__ = Signature(  # type: ignore[attr-defined]
        [
            Parameter("info", Parameter.KEYWORD_ONLY, annotation=Ask),
            Parameter("input", Parameter.KEYWORD_ONLY, annotation=input_type),
        ],
        return_annotation=PostReceipt,
    )
    return strawberry.mutation(resolver=resolve_post, graphql_type=PostReceipt, description=description)
