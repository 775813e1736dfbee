from datetime import date
from typing import TYPE_CHECKING, Annotated

import strawberry

from cabinet.sectors import SectorCode
from cabinet.tables.terms import CharacteristicKind, CharacteristicValue, RaceEthnicity, Sex
from resolvers import children as resolve
from resolvers import communities as places
from schema.communities import Neighborhood, School
from schema.nodes import Connection, Node

if TYPE_CHECKING:
    from schema.enrollments import Enrollment

LazyEnrollment = Annotated["Enrollment", strawberry.lazy("schema.enrollments")]


@strawberry.type(description="Who a child is, as one of your sources says it.")
class Identity:
    given_name: str | None
    middle_name: str | None
    family_name: str | None
    birth_date: date | None
    sex: Sex
    address: str | None
    postal_code: str | None


@strawberry.type(description="What one organization says of the child in one school year.")
class ChildYear:
    school_year: int = strawberry.field(description="The calendar year in which it ends.")
    sector: SectorCode
    grade: str | None = strawberry.field(description="CEDS grade level.")
    school = strawberry.field(resolver=places.school_of, graphql_type=School | None)
    neighborhood = strawberry.field(resolver=places.neighborhood_of, graphql_type=Neighborhood | None)


@strawberry.type(description="A dated characteristic; a date none covers is unknown.")
class Characteristic:
    kind: CharacteristicKind
    value: CharacteristicValue
    begins: date
    ends: date | None
    sector: SectorCode


@strawberry.type(description="A child of the community, as far as your role sees it.")
class Child(Node):
    birth_month = strawberry.field(
        resolver=resolve.birth_month_of_child,
        graphql_type=date | None,
        description="First day of the month of birth, as your own sources say it.",
    )
    sex = strawberry.field(resolver=resolve.sex_of, graphql_type=Sex)
    race_ethnicity = strawberry.field(
        resolver=resolve.race_ethnicity_of,
        graphql_type=list[RaceEthnicity] | None,
        description="Empty: not said. Null: your role does not see it.",
    )
    identities = strawberry.field(resolver=resolve.identities_of, graphql_type=list[Identity])
    years = strawberry.field(resolver=resolve.years_of, graphql_type=list[ChildYear])
    characteristics = strawberry.field(resolver=resolve.characteristics_of, graphql_type=list[Characteristic])
    enrollments = strawberry.field(resolver=resolve.enrollments_of, graphql_type=list[LazyEnrollment])


@strawberry.type
class ChildrenQuery:
    children = strawberry.field(
        resolver=resolve.children,
        graphql_type=Connection[Child],
        description="A sector steward's children of the own sector; a partner agency's own clients.",
    )
