import strawberry
from strawberry import UNSET

from cabinet.intake.rows import Kind
from schema.posts import CHECKED, VERSION, post


@strawberry.input(
    description="Seats of a service at a place as of a day. Of one day the highest version holds; other days stay."
)
class CapacityRowInput:
    record_id: str | None = strawberry.field(default=UNSET, description="Your name for the row in the receipt.")
    record_version: int | None = strawberry.field(default=UNSET, description=VERSION)
    service: str | None = strawberry.field(default=UNSET, description="Required. The service's code.")
    location: str | None = strawberry.field(default=UNSET, description="Required. The place's code.")
    available: int | None = strawberry.field(default=UNSET, description=f"Seats free on that day. {CHECKED}")
    maximum: int | None = strawberry.field(default=UNSET, description=f"Seats there are. {CHECKED}")
    funded: int | None = strawberry.field(default=UNSET, description=f"Seats paid for. {CHECKED}")
    updated: str | None = strawberry.field(
        default=UNSET, description=f"Required. The day these numbers are of, YYYY-MM-DD. {CHECKED}"
    )


@strawberry.type
class CapacityMutation:
    post_capacity = post(Kind.CAPACITY, "Capacity", CapacityRowInput, "How many seats your services have and had.")
