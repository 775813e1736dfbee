from cabinet.intake.rows import Kind
from resolvers.context import Ask
from resolvers.enrollments import PostInput, PostResult, post_rows


async def post_attendance(info: Ask, input: PostInput) -> PostResult:  # noqa: A002 - GraphQL's usual word.
    return await post_rows(info, Kind.ATTENDANCE, input)
