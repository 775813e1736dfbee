import strawberry
from strawberry import UNSET

from cabinet.intake.rows import Kind
from schema.posts import CHECKED, VERSION, post


@strawberry.input(description="A record that you posted in error: it stops counting, and is kept aside.")
class WithdrawalRowInput:
    record_id: str | None = strawberry.field(default=UNSET, description="Required. Your id of the record.")
    record_version: int | None = strawberry.field(default=UNSET, description=VERSION)
    kind: str | None = strawberry.field(
        default=UNSET,
        description=f"Required. ATTENDANCE, ENCOUNTER, NEED or REFERRAL. {CHECKED} An enrollment that never was is"
        " posted with status NOT_ENROLLED instead.",
    )
    reason: str | None = strawberry.field(default=UNSET, description="Why, in your own words.")


@strawberry.type
class WithdrawalsMutation:
    post_withdrawals = post(
        Kind.WITHDRAWAL,
        "Withdrawals",
        WithdrawalRowInput,
        "Records that were posted in error. A higher version of a record stands again.",
    )
