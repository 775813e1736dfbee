from collections.abc import Sequence
from datetime import date
from typing import Any

import strawberry
from strawberry import UNSET

from cabinet import tables
from cabinet.tables.terms import EnrollmentStatus
from resolvers import enrollments as resolve
from resolvers.context import Ask
from schema.children import Child
from schema.nodes import Connection, Node
from schema.posts import CHECKED, ChildReferenceInput, PostInput, PostReceipt, plain_rows
from schema.rows import one, pages
from schema.services import Organization, Program


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
class PostEnrollmentsInput(PostInput):
    rows: list[EnrollmentRowInput]

    @property
    def plain_rows(self) -> Sequence[dict[str, Any]]:
        return plain_rows(self.rows)


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
