"""A FHIR EpisodeOfCare or CarePlan as an enrollment, where the mapping says in which program."""

from collections.abc import Iterator, Mapping
from typing import Any

from cabinet.errors import RowProblem
from cabinet.importers.documents import dicts, text
from cabinet.importers.fhir_codes import Codes
from cabinet.importers.fhir_index import Index, recorded
from cabinet.importers.fhir_resources import Resource
from cabinet.importers.fhir_values import codes as codes_of
from cabinet.importers.fhir_values import last_updated, period
from cabinet.importers.format import Oddity
from cabinet.importers.values import present
from cabinet.intake.rows import Kind, Raw
from cabinet.tables.terms import ENDED_STATUSES, EnrollmentStatus

EPISODES: Mapping[str, EnrollmentStatus] = {
    "planned": EnrollmentStatus.REFERRED,
    "waitlist": EnrollmentStatus.WAITLISTED,
    "active": EnrollmentStatus.ENROLLED,
    "onhold": EnrollmentStatus.ENROLLED,
    "finished": EnrollmentStatus.COMPLETED,
    "cancelled": EnrollmentStatus.NOT_ENROLLED,
    "entered-in-error": EnrollmentStatus.NOT_ENROLLED,
}
PLANS: Mapping[str, EnrollmentStatus] = {
    "active": EnrollmentStatus.ENROLLED,
    "on-hold": EnrollmentStatus.ENROLLED,
    "completed": EnrollmentStatus.COMPLETED,
    "revoked": EnrollmentStatus.WITHDRAWN,
    "entered-in-error": EnrollmentStatus.NOT_ENROLLED,
}
MEANT = frozenset({"plan", "order"})
"""Intents of a plan that is being carried out."""


def episode_of_care(resource: Resource, index: Index, codes: Codes) -> Iterator[Raw | Oddity]:
    """Yield the enrollment of an episode in a program that the mapping knows."""
    coded = codes_of(resource.value, "type")
    yield from _enrollment(resource, index, codes.find("programs", *coded), EPISODES, "patient")


def care_plan(resource: Resource, index: Index, codes: Codes) -> Iterator[Raw | Oddity]:
    """Yield the enrollment of a plan whose category, or one of whose activities, is a program that is known."""
    details = [detail for activity in dicts(resource.value, "activity") for detail in dicts(activity, "detail")]
    coded = [*codes_of(resource.value, "category"), *(code for each in details for code in codes_of(each, "code"))]
    intent = text(resource.value, "intent")
    if intent not in MEANT:
        problem = RowProblem(f"A CarePlan that is {intent or 'without intent'} was passed over.", hint="")
        yield resource.passed_over(problem, "intent")
        return
    yield from _enrollment(resource, index, codes.find("programs", *coded), PLANS, "subject")


def _enrollment(
    resource: Resource, index: Index, program: str | None, statuses: Mapping[str, EnrollmentStatus], who: str
) -> Iterator[Raw | Oddity]:
    said = text(resource.value, "status")
    if not program:
        problem = RowProblem(f"A resource of type {resource.type} names no program that is known.", hint=_HINT)
        yield resource.passed_over(problem)
    elif said not in statuses:
        problem = RowProblem(f"The {resource.type} that is {said or 'without status'} was passed over.", hint="")
        yield resource.passed_over(problem, "status")
    else:
        fields = {**recorded(resource, who, index), **_stay(resource.value, statuses[said])}
        yield resource.row(Kind.ENROLLMENT, {**fields, "program": program})


_HINT = (
    "Say under [programs] of a file of your own which program its codes mean, and load again with --mapping FILE."
)


def _stay(value: dict[str, Any], status: EnrollmentStatus) -> dict[str, Any]:
    begins, ends = period(value)
    # A plan that was ended without a day ended when its record came to say so.
    return present(status=status, begins=begins, ends=ends or (last_updated(value) * (status in ENDED_STATUSES)))
