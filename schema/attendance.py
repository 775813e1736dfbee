from collections.abc import Sequence
from typing import Any

import strawberry
from strawberry import UNSET

from resolvers import attendance as resolve
from resolvers.context import Ask
from schema.posts import CHECKED, ChildReferenceInput, PostInput, PostReceipt, plain_rows


@strawberry.input(description="A child on one day, or in one session, of a program, as you hold it.")
class AttendanceRowInput:
    record_id: str | None = strawberry.field(default=UNSET, description="Required. Your id of this day's record.")
    record_version: int | None = strawberry.field(
        default=UNSET,
        description="The highest wins in any order of arrival. Without: the last post is newest.",
    )
    child: ChildReferenceInput | None = strawberry.field(default=UNSET, description="Required.")
    program: str | None = strawberry.field(default=UNSET, description="Required. The program's code or name.")
    attended_on: str | None = strawberry.field(default=UNSET, description=f"Required. YYYY-MM-DD. {CHECKED}")
    category: str | None = strawberry.field(
        default=UNSET,
        description=f"Required. PRESENT, TARDY, ABSENT, EXCUSED_ABSENCE or UNEXCUSED_ABSENCE. {CHECKED}",
    )
    minutes: int | None = strawberry.field(default=UNSET, description=f"Minutes attended. {CHECKED}")
    session: str | None = strawberry.field(default=UNSET, description="Which, if the day has several.")
    enrollment: str | None = strawberry.field(
        default=UNSET,
        description="Your id of the enrollment. Without: the child's in the program on that day, or a new one.",
    )
    grade: str | None = strawberry.field(default=UNSET, description=f"CEDS grade level. {CHECKED}")


@strawberry.input(description="A post: up to 1,000 rows, all accepted ones committed in one transaction.")
class PostAttendanceInput(PostInput):
    rows: list[AttendanceRowInput]

    @property
    def plain_rows(self) -> Sequence[dict[str, Any]]:
        return plain_rows(self.rows)


async def _post_attendance(info: Ask, input: PostAttendanceInput) -> PostReceipt:  # noqa: A002
    return PostReceipt.of(await resolve.post_attendance(info, input))


@strawberry.type
class AttendanceMutation:
    post_attendance: PostReceipt = strawberry.mutation(resolver=_post_attendance)
