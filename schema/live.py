from datetime import datetime

import strawberry

from resolvers import live as resolve
from schema.enrollments import Enrollment


@strawberry.type(description="Enrollments that were created or updated, as they stand when they are sent.")
class EnrollmentsPosted:
    nodes: list[Enrollment]


@strawberry.type(description="That counts may have changed: ask again. Neither how many nor whose.")
class CoverageChanged:
    at: datetime = strawberry.field(
        description="When it was noticed; for who sees counts only, the end of the window it fell into."
    )


@strawberry.type
class LiveSubscription:
    enrollments_posted = strawberry.subscription(
        resolver=resolve.enrollments_posted,
        graphql_type=EnrollmentsPosted,
        description="A sector steward's enrollments of the own sector, a partner agency's own, as they are posted;"
        " each once, or once for several updates in a row. Subscribe, then read the list: nothing is missed.",
    )
    coverage_changed = strawberry.subscription(
        resolver=resolve.coverage_changed,
        graphql_type=CoverageChanged,
        description="Of the own sector or the own clients: at once. Of the whole community: at the end of a window"
        " of some minutes, and only when more than ten children changed, or the supply.",
    )
