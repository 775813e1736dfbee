from datetime import date, datetime
from typing import Any

import strawberry
from strawberry import ID
from strawberry.scalars import JSON

import schema.terms  # noqa: F401 - the enums are made before the types that use them.
from cabinet import tables
from cabinet.coverage.answers.access import USUAL_WAY, AccessBy, Reach
from cabinet.coverage.answers.disparity import Beside
from cabinet.coverage.dimensions import Dimension
from cabinet.coverage.population import Population
from cabinet.coverage.seats import NeedPolicy
from cabinet.coverage.tabulation import Approach
from cabinet.errors import InputInvalid, ViewBroken
from cabinet.read.rows import encode_id
from cabinet.tables.terms import Role
from cabinet.views.audience import CABINET, of_person, of_role
from cabinet.views.definition import USUAL, Definition, Presentation, ViewQuestion
from cabinet.views.save import Draft
from cabinet.views.view import View as Saved
from cabinet.views.view import ViewVersion as SavedVersion
from resolvers import views as resolve
from resolvers.context import Ask
from resolvers.views import Saving
from schema.figures import Measured
from schema.measures import MeasureName, RateName
from schema.populations import PopulationInput, population_json

strawberry.enum(ViewQuestion, description="Which question about coverage a view asks.")
strawberry.enum(Presentation, description="How the answer is best shown: a hint for who shows it.")


@strawberry.input(description="A question to be saved; what the question has no use for says nothing.")
class ViewDefinitionInput:
    question: ViewQuestion
    population: PopulationInput | None = None
    services: list[str] | None = strawberry.field(default=None, description="Codes of service types; null: all.")
    measures: list[MeasureName] | None = None
    breakdown_by: list[Dimension] | None = None
    months: int = strawberry.field(
        default=0, description="MEASURES: also on the same day of so many months before, up to 23."
    )
    against: PopulationInput | None = strawberry.field(
        default=None, description="COMPARE: the other population; null: the whole community."
    )
    rate: RateName = strawberry.field(default=RateName.COVERAGE_RATE, description="DISPARITY: of which rate.")
    reference: str | None = strawberry.field(default=None, description="DISPARITY: the group held against.")
    worst_off_first: list[str] | None = strawberry.field(
        default=None, description="DISPARITY: the groups in order."
    )
    first: int = strawberry.field(default=20, description="GAPS: how many are given.")
    presentation: Presentation = Presentation.TABLE
    tabulation: Approach = strawberry.field(
        default=Approach.COMBINED_MULTIRACIAL,
        description="Of race and ethnicity, where broken down by.",
    )
    need_policy: NeedPolicy = strawberry.field(
        default=NeedPolicy.ALL_IN_NEED, description="CAPACITY: who is taken to need a seat."
    )
    reach_km: float = strawberry.field(default=USUAL_WAY, description="ACCESS: how far children go.")
    access_by: AccessBy = strawberry.field(
        default=AccessBy.NEIGHBORHOOD, description="ACCESS: from where they live, or from their school."
    )

    def to_definition(self) -> Definition:
        return Definition(
            question=self.question,
            population=_population(self.population),
            services=None if self.services is None else tuple(self.services),
            measures=USUAL if self.measures is None else tuple(name.value for name in self.measures),
            breakdown_by=tuple(self.breakdown_by or ()),
            months=self.months,
            against=_population(self.against),
            rate=self.rate.value,
            beside=Beside(self.reference, tuple(self.worst_off_first or ())),
            first=self.first,
            presentation=self.presentation,
            tabulation=self.tabulation,
            need_policy=self.need_policy,
            reach=Reach(self.reach_km, self.access_by),
        )


def _population(given: PopulationInput | None) -> Population:
    return given.to_population() if given else Population()


def definition_json(definition: Definition) -> dict[str, Any]:
    """Return a definition as an input that means the same, by the input's names."""
    names = {name.value: name.name for name in (*MeasureName, *RateName)}
    return {
        "question": definition.question,
        "population": population_json(definition.population),
        "services": definition.services,
        # A measure that is no more has no name of the input's.
        "measures": [names.get(name, name) for name in definition.measures],
        "breakdownBy": definition.breakdown_by,
        "months": definition.months,
        "against": population_json(definition.against),
        "rate": names.get(definition.rate, definition.rate),
        "reference": definition.beside.reference,
        "worstOffFirst": definition.beside.worst_off_first or None,
        "first": definition.first,
        "presentation": definition.presentation,
        "tabulation": definition.tabulation,
        "needPolicy": definition.need_policy,
        "reachKm": definition.reach.kilometres,
        "accessBy": definition.reach.by,
    }


def _definition_json(root: strawberry.Parent[SavedVersion]) -> dict[str, Any] | None:
    try:
        return definition_json(root.definition)
    except ViewBroken:
        return None


@strawberry.type(description="What a view asked in one version; it is never changed.")
class ViewVersion:
    version: int
    note: str | None
    made_by: str
    made_at: datetime

    definition = strawberry.field(
        resolver=_definition_json,
        graphql_type=JSON | None,
        description="By the names of ViewDefinitionInput, fit to be saved again; null: see `problems`.",
    )


@strawberry.type(description="A saved question. Its answer is by the rights of who runs it.")
class ListedView:
    name: str
    description: str | None
    owner: str = strawberry.field(description="Who saved it, as the subject of their token.")
    shared_with: list[str] = strawberry.field(description="CABINET, ROLE:role or PERSON:subject.")
    archived_at: datetime | None
    saved_at: datetime
    versions: list[ViewVersion] = strawberry.field(description="The first one first.")
    latest: ViewVersion
    problems: list[str] = strawberry.field(
        resolver=resolve.problems,
        description="What a version, by default the latest, refers to that is no more, or is out of use.",
    )

    id = strawberry.field(
        resolver=lambda root: encode_id(tables.view, root.community_id, root.view_id), graphql_type=ID
    )
    forked_version: int | None = strawberry.field(description="Of the view it was forked from, if it was.")


async def _result(
    info: Ask,
    root: strawberry.Parent[Saved],
    version: int | None = None,
    as_of: date | None = None,
    neighborhoods: list[str] | None = None,
    grades: list[str] | None = None,
) -> Measured:
    return await resolve.result(info, root, version, as_of, neighborhoods, grades)  # type: ignore[return-value]


@strawberry.type(description="A saved question, and its answer by your own rights.")
class View(ListedView):
    result: Measured = strawberry.field(
        resolver=_result,
        description="Without version the latest one, without a day of today; `neighborhoods` and `grades` narrow"
        " its populations.",
    )


@strawberry.input(description="Exactly one of: the cabinet's members and staff, a role, a person.")
class ViewAudienceInput:
    cabinet: bool = False
    role: Role | None = None
    person: str | None = strawberry.field(default=None, description="The subject of their token.")

    def to_audience(self) -> str:
        given = [
            *([CABINET] if self.cabinet else []),
            *([of_role(self.role)] if self.role is not None else []),
            *([of_person(self.person)] if self.person is not None else []),
        ]
        if len(given) != 1:
            raise InputInvalid("An audience is one of: the cabinet, a role, a person.")
        return given[0]


@strawberry.input(description="A view to be saved: a new one of a community, or the next version of one there is.")
class SaveViewInput:
    definition: ViewDefinitionInput
    community: ID | None = strawberry.field(default=None, description="Of a new view: id or code.")
    view: ID | None = strawberry.field(default=None, description="The view this is the next version of.")
    based_on: int | None = strawberry.field(
        default=None, description="The version this was made of; refused if another was saved since."
    )
    name: str | None = None
    description: str | None = None
    note: str | None = strawberry.field(default=None, description="What changed.")


async def _views(
    info: Ask,
    community: ID,
    first: int = 100,
    after: ID | None = None,
    archived: bool = False,  # noqa: FBT001, FBT002 - an argument of the API.
) -> list[ListedView]:
    return await resolve.views(info, community, first, after, archived=archived)  # type: ignore[return-value]


async def _save_view(info: Ask, input: SaveViewInput) -> View:  # noqa: A002 - GraphQL's usual word.
    if (input.view is None) == (input.community is None):
        raise InputInvalid("Name the community of a new view, or the view this is the next version of.")
    draft = Draft(input.definition.to_definition(), input.name, input.description, input.note)
    saving = Saving(draft, input.community, input.view, input.based_on)
    return await resolve.save_view(info, saving)  # type: ignore[return-value]


async def _share_view(info: Ask, id: ID, audiences: list[ViewAudienceInput]) -> View:  # noqa: A002 - the API's word.
    named = [each.to_audience() for each in audiences]
    return await resolve.share_view(info, id, named)  # type: ignore[return-value]


async def _archive_view(info: Ask, id: ID, archived: bool = True) -> View:  # noqa: A002, FBT001, FBT002 - arguments of the API.
    return await resolve.archive_view(info, id, archived=archived)  # type: ignore[return-value]


@strawberry.type
class ViewsQuery:
    view = strawberry.field(
        resolver=resolve.view, graphql_type=View, description="A view of your own, or one shared with you."
    )
    views: list[ListedView] = strawberry.field(
        resolver=_views,
        description="Your own views and those shared with you, by name; the cabinet's staff see all. `after` is"
        " the id of the last one you have.",
    )


@strawberry.type
class ViewsMutation:
    save_view: View = strawberry.mutation(
        resolver=_save_view, description="Save a question, as a new view or as the next version of one."
    )
    fork_view = strawberry.mutation(
        resolver=resolve.fork_view,
        graphql_type=View,
        description="Make a view your own, in its community or in another one you work for.",
    )
    share_view: View = strawberry.mutation(
        resolver=_share_view, description="Say whom a view is shared with: these and nobody else."
    )
    archive_view: View = strawberry.mutation(
        resolver=_archive_view, description="Put a view away, or with `archived: false` take it out again."
    )
