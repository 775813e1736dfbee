from datetime import date
from enum import Enum

import strawberry

import schema.terms  # noqa: F401 - the enums are made before the types that use them.
from cabinet.access import Level
from cabinet.coverage.dimensions import Dimension
from cabinet.coverage.disparity import Standing
from cabinet.coverage.tabulation import Approach
from cabinet.sectors import SectorCode
from resolvers import figures as resolve

strawberry.enum(
    Approach,
    name="RaceEthnicityApproach",
    description="How children of several races and ethnicities are tabulated, by OMB SPD-15 (2024). The groups of"
    " ALONE_OR_IN_COMBINATION overlap; those of the others add up.",
)
strawberry.enum(Standing, description="How a group stands beside its reference, by what is good for children.")


@strawberry.enum(description="Whether more of a measure is better for children, worse, or neither.")
class Polarity(Enum):
    BETTER = "BETTER"
    WORSE = "WORSE"
    NEITHER = "NEITHER"


@strawberry.type(description="A number of children. Withheld: 1-10, or it would give such a number away.")
class Count:
    value: int | None
    withheld = strawberry.field(resolver=lambda root: root.is_withheld, graphql_type=bool)


@strawberry.type(description="One value of a dimension, with the name people know it by.")
class GroupValue:
    dimension: Dimension
    value: str
    label: str


@strawberry.type(description="A measure: its name, its version and the sentence that defines it.")
class Measure:
    name: str
    version: int
    definition: str
    polarity = strawberry.field(resolver=lambda root: Polarity(root.polarity), graphql_type=Polarity)


@strawberry.type(description="The share of a population of which a dimension is not known; it counts as no value.")
class UnknownShare:
    dimension: Dimension
    share: float | None = strawberry.field(
        description="Null: withheld, for it would tell a small count; or groups overlap by another dimension."
    )
    of: str | None = strawberry.field(description="Which population, where an answer is about several.")


@strawberry.type(description="A named population, in the version that was asked by.")
class PopulationVersion:
    code: str
    version: int


@strawberry.type(description="How children of several races and ethnicities are tabulated.")
class RaceEthnicityTabulation:
    approach: Approach
    definition: str
    frequent: list[str] | None = strawberry.field(
        description="MOST_FREQUENT: the combinations that have a group of their own."
    )


@strawberry.type(description="What an answer stands on.")
class Basis:
    as_of: date
    school_year: int = strawberry.field(description="The calendar year in which it ends.")
    level: Level = strawberry.field(description="Whose records were counted.")
    data_version: str = strawberry.field(
        description="Every change up to it is counted; answers of one version are counted from the same data."
    )
    linked_share = strawberry.field(
        resolver=resolve.linked_share,
        graphql_type=float | None,
        description="Of the source records counted by, the share that is tied to a child.",
    )
    unknown: list[UnknownShare] = strawberry.field(description="By population and dimension of the breakdown.")
    populations: list[PopulationVersion] = strawberry.field(description="Named populations that were asked by.")
    tabulation: RaceEthnicityTabulation | None = strawberry.field(
        description="Of race and ethnicity, where they are broken down by."
    )


@strawberry.type(description="A service type, in the version that was counted by.")
class ServiceName:
    code: str
    name: str
    sector: SectorCode
    version: int


@strawberry.type(description="Wilson's interval of a rate, 95 %.")
class Interval:
    low: float
    high: float


@strawberry.type(description="One number: of which measure, service, group, population and day.")
class Figure:
    measure: Measure
    as_of = strawberry.field(resolver=lambda root: root.about.as_of, graphql_type=date)
    service = strawberry.field(resolver=lambda root: root.about.service, graphql_type=ServiceName | None)
    group = strawberry.field(
        resolver=lambda root: root.about.group, graphql_type=list[GroupValue], description="Empty: all of them."
    )
    of = strawberry.field(
        resolver=lambda root: root.about.of,
        graphql_type=str | None,
        description="Which population, where an answer is about several.",
    )
    numerator: Count | None
    denominator: Count | None
    value: float | None = strawberry.field(description="Null: withheld, or there is none, as a rate of nobody.")
    interval: Interval | None = strawberry.field(description="Of a rate whose counts are shown.")
    standing: Standing | None
    withheld = strawberry.field(resolver=lambda root: root.is_withheld, graphql_type=bool)


@strawberry.type(description="What every measure answers with: its figures, their definitions, and their basis.")
class Measured:
    basis: Basis
    figures = strawberry.field(resolver=resolve.figures, graphql_type=list[Figure])
    withheld: int = strawberry.field(description="How many figures are withheld to protect children.")
    measures: list[Measure]
    unknown_services: list[ServiceName] = strawberry.field(
        description="Who is served by these is outside your role's scope, which is not a gap."
    )
