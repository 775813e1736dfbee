import strawberry
from strawberry import UNSET

from cabinet.intake.rows import Kind
from schema.posts import CHECKED, RecordedRowInput, post


@strawberry.input(description="A need that was found in a child for a kind of service, as you hold it.")
class NeedRowInput(RecordedRowInput):
    service_type: str | None = strawberry.field(default=UNSET, description="Required. The service type's code.")
    basis: str | None = strawberry.field(
        default=UNSET, description=f"Required. SCREENING, REFERRAL, IEP_SERVICE or REQUEST. {CHECKED}"
    )
    opened: str | None = strawberry.field(default=UNSET, description=f"Required. First day, YYYY-MM-DD. {CHECKED}")
    resolved: str | None = strawberry.field(
        default=UNSET, description=f"Day it was resolved, YYYY-MM-DD; empty: open. {CHECKED}"
    )


@strawberry.type
class NeedsMutation:
    post_needs = post(Kind.NEED, "Needs", NeedRowInput, "What children were found to need, and what was resolved.")
