from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import Any, Optional

import strawberry
from strawberry.scalars import JSON
from strawberry.utils.str_converters import to_camel_case

import schema.terms  # noqa: F401 - the enums are made before the types that use them.
from cabinet.coverage.definition import from_json
from cabinet.coverage.dimensions import Dimension
from cabinet.coverage.named import Draft
from cabinet.coverage.named import NamedPopulation as Saved
from cabinet.coverage.population import Ages, Population, Reference
from cabinet.sectors import SectorCode
from cabinet.tables.terms import Sex
from resolvers import populations as resolve
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


@strawberry.enum(
    description="Race and ethnicity by OMB SPD-15 (2024): a category, several of them, or none known."
)
class RaceEthnicityKnown(Enum):
    AMERICAN_INDIAN_OR_ALASKA_NATIVE = "AMERICAN_INDIAN_OR_ALASKA_NATIVE"
    ASIAN = "ASIAN"
    BLACK_OR_AFRICAN_AMERICAN = "BLACK_OR_AFRICAN_AMERICAN"
    HISPANIC_OR_LATINO = "HISPANIC_OR_LATINO"
    MIDDLE_EASTERN_OR_NORTH_AFRICAN = "MIDDLE_EASTERN_OR_NORTH_AFRICAN"
    NATIVE_HAWAIIAN_OR_PACIFIC_ISLANDER = "NATIVE_HAWAIIAN_OR_PACIFIC_ISLANDER"
    WHITE = "WHITE"
    MULTIPLE = "MULTIPLE"
    UNKNOWN = "UNKNOWN"


@strawberry.input(description="Completed years on the day, both ends inclusive.")
class AgesInput:
    min: int | None = None
    max: int | None = None


@strawberry.input(description="A population that was saved under a name.")
class PopulationByName:
    code: str
    version: int | None = strawberry.field(default=None, description="The newest by default.")


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
    race_ethnicity: list[RaceEthnicityKnown] | None = strawberry.field(
        default=None, description="A category alone or in combination; MULTIPLE: more than one; or UNKNOWN."
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
    not_served_by: list[str] | None = strawberry.field(
        default=None, description="Codes of service types: served by none of them."
    )
    sectors_serving: list[int] | None = strawberry.field(
        default=None, description="By how many sectors the child is served, 0 to all there are."
    )
    named: PopulationByName | None = strawberry.field(
        default=None, description="Children of a population saved under a name."
    )
    sectors: list[SectorCode] | None = strawberry.field(
        default=None, description="Served by any service of one of these sectors."
    )

    def to_population(self) -> Population:
        return Population(
            all_of=(*(child.to_population() for child in self.and_ or ()), *self._apart()),
            any_of=None if self.or_ is None else tuple(child.to_population() for child in self.or_),
            none_of=self.not_.to_population() if self.not_ else None,
            values=self._values(),
            ages=Ages(self.ages.min, self.ages.max) if self.ages else None,
            race_ethnicity=_words(self.race_ethnicity),
            in_need_of=_words(self.in_need_of),
            served_by=_words(self.served_by),
            sectors=_words(self.sectors),
        )

    def _apart(self) -> list[Population]:
        """Return the conditions that have a population of their own."""
        found, served = [], _words(self.not_served_by)
        if served is not None:
            found.append(Population(none_of=Population(served_by=served)))
        if self.named is not None:
            found.append(Population(named=Reference(self.named.code, self.named.version)))
        return found

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
    "sectors_serving": Dimension.SECTORS_SERVING,
}


def population_json(population: Population) -> dict[str, Any]:
    """Return a population as an input that means the same, by the input's names."""
    if population.named is not None:
        # What the name stands for is not said again.
        return {"named": {"code": population.named.code, "version": population.named.version}}
    said: dict[str, Any] = {
        "and": [population_json(each) for each in population.all_of] or None,
        "or": None if population.any_of is None else [population_json(each) for each in population.any_of],
        "not": population_json(population.none_of) if population.none_of else None,
        "ages": {"min": population.ages.minimum, "max": population.ages.maximum} if population.ages else None,
        "raceEthnicity": population.race_ethnicity,
        "inNeedOf": population.in_need_of,
        "servedBy": population.served_by,
        "sectors": population.sectors,
    }
    names = {dimension: to_camel_case(name) for name, dimension in _DIMENSIONS.items()}
    values = {names[dimension]: _numbers(dimension, words) for dimension, words in population.values.items()}
    return {name: value for name, value in {**said, **values}.items() if value is not None}


def _numbers(dimension: Dimension, words: Sequence[str]) -> list[str] | list[int]:
    return [int(word) for word in words] if dimension is Dimension.SECTORS_SERVING else list(words)


def _words(values: Sequence[str | int | Enum] | None) -> tuple[str, ...] | None:
    if values is None:
        return None
    return tuple(str(value.value if isinstance(value, Enum) else value) for value in values)


@strawberry.type(description="A population under a name, in one of its versions; what a version says stays.")
class NamedPopulation:
    code: str
    version: int
    name: str
    description: str | None
    definition = strawberry.field(
        resolver=lambda root: population_json(from_json(root.definition)),
        graphql_type=JSON,
        description="By the names of PopulationInput, fit to be saved again; names it uses have their versions.",
    )
    retired: bool
    recorded_at: datetime
    gone: list[str] = strawberry.field(description="What it refers to and the community has no more.")


@strawberry.input(description="A population to be saved under a name; the same again makes no new version.")
class SavePopulationInput:
    community: strawberry.ID
    code: str = strawberry.field(description="Small letters, digits and hyphens.")
    name: str
    population: PopulationInput
    description: str | None = None


async def _populations(info: Ask, community: strawberry.ID, all_versions: bool = False) -> list[Saved]:  # noqa: FBT001, FBT002 - an argument of the API.
    return list(await resolve.populations(info, community, all_versions=all_versions))


async def _save(info: Ask, input: SavePopulationInput) -> Saved:  # noqa: A002 - the API's word for it.
    draft = Draft(input.code, input.name, input.population.to_population(), input.description)
    return await resolve.save_population(info, input.community, draft)


@strawberry.type
class PopulationsQuery:
    populations = strawberry.field(
        resolver=_populations,
        graphql_type=list[NamedPopulation],
        description="The populations saved in a community, for everybody who counts in it.",
    )


@strawberry.type
class PopulationsMutation:
    save_population = strawberry.field(
        resolver=_save,
        graphql_type=NamedPopulation,
        description="Save a population under a name, as its next version.",
    )
    retire_population = strawberry.field(
        resolver=resolve.retire_population,
        graphql_type=NamedPopulation,
        description="Put a population out of use; its versions stay, and are found by their number.",
    )
