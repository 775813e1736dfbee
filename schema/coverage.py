from collections.abc import Sequence
from datetime import date
from enum import Enum
from typing import Optional

import strawberry

import schema.terms  # noqa: F401 - the enums are made before the types that use them.
from cabinet.access import Level
from cabinet.coverage.answer import Coverage as Answer
from cabinet.coverage.dimensions import Dimension
from cabinet.coverage.population import Ages, Population
from cabinet.sectors import SectorCode
from cabinet.tables.terms import RaceEthnicity, Sex
from resolvers import coverage as resolve
from resolvers.context import Ask


@strawberry.enum(description="What is known of a characteristic on the day. Unknown is never counted as no.")
class Known(Enum):
    YES = "YES"
    NO = "NO"
    UNKNOWN = "UNKNOWN"


@strawberry.enum(description="Health insurance on the day.")
class Insurance(Enum):
    PUBLIC_INSURANCE = "PUBLIC_INSURANCE"
    PRIVATE_INSURANCE = "PRIVATE_INSURANCE"
    UNINSURED = "UNINSURED"
    UNKNOWN = "UNKNOWN"


@strawberry.input(description="Completed years on the day, both ends inclusive.")
class AgesInput:
    min: int | None = None
    max: int | None = None


@strawberry.input(
    description="Children for whom every given condition holds; an empty population is everybody."
    " Of a list, one value must hold. Nest with `and`, `or` and `not`."
)
class PopulationInput:
    and_: list["PopulationInput"] | None = strawberry.field(name="and", default=None)
    or_: list["PopulationInput"] | None = strawberry.field(
        name="or", default=None, description="One of them holds; an empty list holds for nobody."
    )
    not_: Optional["PopulationInput"] = strawberry.field(name="not", default=None)
    ages: AgesInput | None = None
    age_bands: list[str] | None = strawberry.field(
        default=None, description="0-2, 3-4, 5-10, 11-13, 14-17, 18+ or UNKNOWN."
    )
    grades: list[str] | None = strawberry.field(default=None, description="CEDS grade levels or UNKNOWN.")
    schools: list[str] | None = strawberry.field(default=None, description="Codes or UNKNOWN.")
    neighborhoods: list[str] | None = strawberry.field(default=None, description="Codes or UNKNOWN.")
    race_ethnicity: list[RaceEthnicity] | None = strawberry.field(
        default=None, description="Alone or in combination."
    )
    sex: list[Sex] | None = None
    english_learner: list[Known] | None = None
    iep: list[Known] | None = None
    section504: list[Known] | None = None
    economically_disadvantaged: list[Known] | None = None
    homeless: list[Known] | None = None
    foster_care: list[Known] | None = None
    migrant: list[Known] | None = None
    military_connected: list[Known] | None = None
    chronically_absent: list[Known] | None = None
    insurance: list[Insurance] | None = None
    in_need_of: list[str] | None = strawberry.field(default=None, description="Codes of service types.")
    served_by: list[str] | None = strawberry.field(default=None, description="Codes of service types.")
    sectors: list[SectorCode] | None = strawberry.field(
        default=None, description="Served by any service of one of these sectors."
    )

    def to_population(self) -> Population:
        return Population(
            all_of=tuple(child.to_population() for child in self.and_ or ()),
            any_of=None if self.or_ is None else tuple(child.to_population() for child in self.or_),
            none_of=self.not_.to_population() if self.not_ else None,
            values=self._values(),
            ages=Ages(self.ages.min, self.ages.max) if self.ages else None,
            race_ethnicity=_words(self.race_ethnicity),
            in_need_of=_words(self.in_need_of),
            served_by=_words(self.served_by),
            sectors=_words(self.sectors),
        )

    def _values(self) -> dict[Dimension, tuple[str, ...]]:
        given = {dimension: _words(getattr(self, name)) for name, dimension in _DIMENSIONS.items()}
        return {dimension: words for dimension, words in given.items() if words is not None}


_DIMENSIONS = {
    "age_bands": Dimension.AGE_BAND,
    "grades": Dimension.GRADE,
    "schools": Dimension.SCHOOL,
    "neighborhoods": Dimension.NEIGHBORHOOD,
    "sex": Dimension.SEX,
    "english_learner": Dimension.ENGLISH_LEARNER,
    "iep": Dimension.IEP,
    "section504": Dimension.SECTION_504,
    "economically_disadvantaged": Dimension.ECONOMICALLY_DISADVANTAGED,
    "homeless": Dimension.HOMELESS,
    "foster_care": Dimension.FOSTER_CARE,
    "migrant": Dimension.MIGRANT,
    "military_connected": Dimension.MILITARY_CONNECTED,
    "chronically_absent": Dimension.CHRONICALLY_ABSENT,
    "insurance": Dimension.INSURANCE,
}


def _words(values: Sequence[str | Enum] | None) -> tuple[str, ...] | None:
    if values is None:
        return None
    return tuple(str(value.value) if isinstance(value, Enum) else value for value in values)


@strawberry.type(description="A number of children. Withheld: 1-10, or it would give such a number away.")
class Count:
    value: int | None
    withheld = strawberry.field(resolver=lambda root: root.is_withheld, graphql_type=bool)


@strawberry.type(description="The measures of one service in one group; `Coverage.measures` defines them.")
class Counts:
    population: Count
    eligible: Count
    in_need: Count
    served: Count
    gap: Count
    waitlisted: Count
    coverage_rate: float | None
    gap_rate: float | None


@strawberry.type(description="One value of a dimension, with the name people know it by.")
class GroupValue:
    dimension: Dimension
    value: str
    label: str


@strawberry.type
class Group:
    values: list[GroupValue]
    counts: Counts


@strawberry.type(description="One service's coverage.")
class ServiceCoverage:
    code: str
    name: str
    sector: SectorCode
    total: Counts | None = strawberry.field(
        description="Null: who is served is outside your role's scope, which is not a gap."
    )
    groups: list[Group]


@strawberry.type(description="A measure: its name, its version and the sentence that defines it.")
class Measure:
    name: str
    version: int
    definition: str


@strawberry.type(description="Whom each service reaches in a population, and whom it misses.")
class Coverage:
    as_of: date
    school_year: int = strawberry.field(description="The calendar year in which it ends.")
    level: Level = strawberry.field(description="Whose records were counted.")
    population: Count
    services: list[ServiceCoverage]
    measures: list[Measure]


async def _coverage(
    info: Ask,
    community: strawberry.ID,
    population: PopulationInput | None = None,
    services: list[str] | None = None,
    as_of: date | None = None,
    breakdown_by: list[Dimension] | None = None,
) -> Answer:
    asked = population.to_population() if population else Population()
    return await resolve.coverage(info, community, asked, services, as_of, breakdown_by or [])


@strawberry.type
class CoverageQuery:
    coverage = strawberry.field(
        resolver=_coverage,
        graphql_type=Coverage,
        description="Population, eligible, in need, served and gap of services (all by default) on a day"
        " (today by default), broken down by up to two dimensions.",
    )
