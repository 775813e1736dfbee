from datetime import datetime
from typing import Any

import strawberry
from strawberry import UNSET
from strawberry.scalars import JSON

import schema.terms  # noqa: F401 - the enums are made before the types that use them.
from cabinet.coverage.catalog import ServiceTypeVersion as Version
from cabinet.coverage.service_rules import RULES
from cabinet.tables.terms import CharacteristicKind, NeedRule
from resolvers import catalog as resolve
from resolvers.context import Ask


@strawberry.type(description="What a version of a service type says, or said.")
class ServiceTypeVersion:
    code: str
    version: int
    definition: JSON
    replaced_at: datetime | None = strawberry.field(description="Null: it holds.")


@strawberry.input(description="What is to be different about a service type; what is left out stays as it is.")
class ChangeServiceTypeInput:
    community: strawberry.ID
    code: str
    version: int = strawberry.field(description="The version you looked at; another one by now is refused.")
    name: str | None = UNSET
    min_age: int | None = UNSET
    max_age: int | None = UNSET
    grades: list[str] | None = UNSET
    need_rule: NeedRule | None = UNSET
    need_characteristics: list[CharacteristicKind] | None = UNSET
    recency_months: int | None = strawberry.field(default=UNSET, description="Null: only enrollments count.")
    dosage_days: int | None = strawberry.field(default=UNSET, description="Null: nobody says what is enough.")

    def rules(self) -> dict[str, Any]:
        given = {rule: getattr(self, rule) for rule in RULES}
        lists = {"grades", "need_characteristics"}
        return {
            rule: [] if value is None and rule in lists else value
            for rule, value in given.items()
            if value is not UNSET
        }


async def _change(info: Ask, input: ChangeServiceTypeInput) -> Version:  # noqa: A002 - the API's word for it.
    return await resolve.change_service_type(info, input.community, input.code, input.version, input.rules())


@strawberry.type
class CatalogQuery:
    service_type_versions = strawberry.field(
        resolver=resolve.service_type_versions,
        graphql_type=list[ServiceTypeVersion],
        description="What a service type says and what it said before, the newest version first.",
    )


@strawberry.type
class CatalogMutation:
    change_service_type = strawberry.field(
        resolver=_change,
        graphql_type=ServiceTypeVersion,
        description="Change whom a service is for, how need is known, what is served and what is enough; answers"
        " go by it from then on, whatever day they are of, and say its version.",
    )
