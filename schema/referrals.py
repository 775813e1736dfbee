from datetime import date

import strawberry
from strawberry import UNSET

from cabinet import tables
from cabinet.intake.rows import Kind
from cabinet.tables.terms import ReferralStatus
from schema.children import Child
from schema.nodes import Connection, Node
from schema.posts import CHECKED, RecordedRowInput, post
from schema.rows import one, pages
from schema.services import Organization, ServiceType


@strawberry.type(description="A child sent to somebody for a kind of service, and what became of it.")
class Referral(Node):
    table = tables.referral
    status: ReferralStatus = strawberry.field(description="As the highest version of the record says it.")
    sent: date
    closed: date | None = strawberry.field(
        description="Day it was declined, completed or taken back; empty: open."
    )
    recipient: str | None = strawberry.field(description="Whom the child was sent to. A sector steward sees it.")
    record_id: str = strawberry.field(description="The record's id at its source.")
    child = one(tables.child, Child)
    service_type = one(tables.service_type, ServiceType)
    organization = one(tables.organization, Organization)


@strawberry.input(description="A referral, and how far it has come, as you hold it.")
class ReferralRowInput(RecordedRowInput):
    service_type: str | None = strawberry.field(default=UNSET, description="Required. The service type's code.")
    status: str | None = strawberry.field(
        default=UNSET, description=f"Required. SENT, ACCEPTED, DECLINED, COMPLETED or CANCELLED. {CHECKED}"
    )
    sent: str | None = strawberry.field(default=UNSET, description=f"Required. YYYY-MM-DD. {CHECKED}")
    closed: str | None = strawberry.field(
        default=UNSET, description=f"Day it was declined, completed or taken back, YYYY-MM-DD. {CHECKED}"
    )
    recipient: str | None = strawberry.field(
        default=UNSET, description="The organization the child was sent to, in your own words."
    )


@strawberry.type
class ReferralsQuery:
    referrals = pages(
        tables.referral,
        Connection[Referral],
        description="A sector steward's referrals of the own sector; a partner agency's own.",
    )


@strawberry.type
class ReferralsMutation:
    post_referrals = post(
        Kind.REFERRAL, "Referrals", ReferralRowInput, "Whom you sent to others, and what became of it."
    )
