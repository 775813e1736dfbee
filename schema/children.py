from datetime import date
from typing import TYPE_CHECKING, Annotated

import strawberry

from cabinet import tables
from cabinet.read import said as sources
from cabinet.sectors import SectorCode
from cabinet.tables.terms import CharacteristicKind, CharacteristicValue, RaceEthnicity, Sex
from schema.communities import Neighborhood, School
from schema.nodes import Connection, Node
from schema.rows import many, one, pages, said

if TYPE_CHECKING:
    from schema.enrollments import Enrollment
    from schema.referrals import Referral

LazyEnrollment = Annotated["Enrollment", strawberry.lazy("schema.enrollments")]
LazyReferral = Annotated["Referral", strawberry.lazy("schema.referrals")]


@strawberry.type(description="Who a child is, as one of your sources says it.")
class Identity:
    table = tables.child_identity
    given_name: str | None
    middle_name: str | None
    family_name: str | None
    birth_date: date | None
    sex: Sex
    address: str | None
    postal_code: str | None


@strawberry.type(description="What one organization says of the child in one school year.")
class ChildYear:
    table = tables.child_year
    school_year: int = strawberry.field(description="The calendar year in which it ends.")
    sector: SectorCode
    grade: str | None = strawberry.field(description="CEDS grade level.")
    school = one(tables.school, School | None)
    neighborhood = one(tables.neighborhood, Neighborhood | None)
    ends: date | None = strawberry.field(description="Last day there. Null: has not left.")
    exit_reason: str | None


@strawberry.type(description="A dated characteristic; a date none covers is unknown.")
class Characteristic:
    table = tables.characteristic
    kind: CharacteristicKind
    value: CharacteristicValue
    begins: date
    ends: date | None
    sector: SectorCode


@strawberry.type(description="A child of the community, as far as your role sees it.")
class Child(Node):
    table = tables.child
    birth_month = said(
        sources.BIRTH_MONTH,
        sources.birth_month,
        date | None,
        "First day of the month of birth, as your own sources say it.",
    )
    sex = said(sources.SEX, sources.sex, Sex)
    race_ethnicity = said(
        sources.RACE_ETHNICITY,
        sources.race_ethnicity,
        list[RaceEthnicity] | None,
        "Empty: not said. Null: your role does not see it.",
    )
    identities = many(tables.child_identity, "child_id", list[Identity])
    years = many(tables.child_year, "child_id", list[ChildYear])
    characteristics = many(tables.characteristic, "child_id", list[Characteristic])
    enrollments = pages(tables.enrollment, Connection[LazyEnrollment], "child_id")
    referrals = pages(tables.referral, Connection[LazyReferral], "child_id")


@strawberry.type
class ChildrenQuery:
    children = pages(
        tables.child,
        Connection[Child],
        description="A sector steward's children of the own sector; a partner agency's own clients.",
    )
