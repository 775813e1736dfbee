from datetime import date, datetime

import strawberry
from strawberry import UNSET

from cabinet import tables
from cabinet.intake.rows import Kind
from cabinet.tables.terms import WithdrawnKind
from schema.children import Child
from schema.nodes import Connection, Node
from schema.posts import CHECKED, VERSION, post
from schema.rows import one, pages
from schema.services import Organization, ServiceType


@strawberry.type(description="A record that was posted in error, as it stood when it was taken out.")
class WithdrawnRecord(Node):
    table = tables.withdrawn_record
    kind: WithdrawnKind
    record_id: str = strawberry.field(description="The record's id at its source.")
    record_version: str = strawberry.field(
        description="The version that withdrew it, a whole number. Under a higher one the record stands again."
    )
    reason: str | None = strawberry.field(description="Why, in its source's words.")
    recorded_at: datetime = strawberry.field(description="When it was taken out.")
    day: date | None = strawberry.field(
        description="The day it was about: attended, occurred, opened or sent. Null: withdrawn before it arrived."
    )
    closed: date | None = strawberry.field(description="Day on which a need or a referral was over, if it was.")
    said: str | None = strawberry.field(
        description="The category of a day of attendance, the kind of an encounter, the basis of a need, the"
        " status of a referral."
    )
    code: str | None = strawberry.field(
        description="Of an encounter: what was done, as system|code. A sector steward sees it."
    )
    recipient: str | None = strawberry.field(
        description="Of a referral: whom the child was sent to. A sector steward sees it."
    )
    child = one(tables.child, Child | None, description="Null: withdrawn before it arrived.")
    service_type = one(tables.service_type, ServiceType | None)
    organization = one(tables.organization, Organization)


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
class WithdrawalsQuery:
    withdrawn_records = pages(
        tables.withdrawn_record,
        Connection[WithdrawnRecord],
        description="What was withdrawn of a sector steward's own sector; of a partner agency's own records.",
    )


@strawberry.type
class WithdrawalsMutation:
    post_withdrawals = post(
        Kind.WITHDRAWAL,
        "Withdrawals",
        WithdrawalRowInput,
        "Records that were posted in error. A higher version of a record stands again.",
    )
