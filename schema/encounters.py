import strawberry
from strawberry import UNSET

from cabinet.intake.rows import Kind
from schema.posts import CHECKED, RecordedRowInput, post


@strawberry.input(description="A visit, an immunization, a screening or another contact, as you hold it.")
class EncounterRowInput(RecordedRowInput):
    service_type: str | None = strawberry.field(default=UNSET, description="Required. The service type's code.")
    kind: str | None = strawberry.field(
        default=UNSET, description=f"Required. VISIT, IMMUNIZATION, SCREENING or SUPPORT_CONTACT. {CHECKED}"
    )
    occurred_on: str | None = strawberry.field(default=UNSET, description=f"Required. YYYY-MM-DD. {CHECKED}")
    code: str | None = strawberry.field(
        default=UNSET, description="What was done, as system|code, for example cvx|03."
    )


@strawberry.type
class EncountersMutation:
    post_encounters = post(
        Kind.ENCOUNTER, "Encounters", EncounterRowInput, "Dated contacts in which a child was given a service."
    )
