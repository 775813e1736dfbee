"""A FHIR ServiceRequest, with the Task that carries it out, as a referral and the need it rests on."""

from collections.abc import Iterator, Mapping

from cabinet.errors import RowProblem
from cabinet.importers.documents import dicts, text
from cabinet.importers.fhir_codes import Codes, without_home
from cabinet.importers.fhir_index import Index, recorded
from cabinet.importers.fhir_resources import Resource
from cabinet.importers.fhir_values import day_of, last_updated, period, version_of
from cabinet.importers.format import Oddity
from cabinet.importers.values import present
from cabinet.intake.rows import Kind, Raw
from cabinet.tables.terms import NeedBasis, ReferralStatus

SENT, ACCEPTED, DECLINED = ReferralStatus.SENT, ReferralStatus.ACCEPTED, ReferralStatus.DECLINED
COMPLETED, CANCELLED = ReferralStatus.COMPLETED, ReferralStatus.CANCELLED
CLOSED = frozenset({DECLINED, COMPLETED, CANCELLED})

REQUESTS: Mapping[str, ReferralStatus] = {
    **dict.fromkeys(("active", "on-hold"), SENT),
    "completed": COMPLETED,
    **dict.fromkeys(("revoked", "entered-in-error"), CANCELLED),
}
TASKS: Mapping[str, ReferralStatus] = {
    **dict.fromkeys(("draft", "requested", "received", "ready"), SENT),
    **dict.fromkeys(("accepted", "in-progress", "on-hold"), ACCEPTED),
    **dict.fromkeys(("rejected", "failed"), DECLINED),
    "completed": COMPLETED,
    **dict.fromkeys(("cancelled", "entered-in-error"), CANCELLED),
}
NOT_SENT = frozenset({"proposal", "plan", "option"})
"""Intents of a request that nobody was asked for yet."""


def service_request(resource: Resource, index: Index, codes: Codes) -> Iterator[Raw | Oddity]:
    """Yield a referral and its need, or why the request is none."""
    task = index.task_of(resource.id)
    if problem := _no_referral(resource, index):
        yield resource.passed_over(problem, "status")
        return
    service_type = codes.service(resource.value, "code", "category")
    if not service_type:
        problem = without_home("ServiceRequest", resource.value, "code", service_type)
        yield resource.passed_over(problem, "code")
        return
    sent = day_of(text(resource.value, "authoredOn"), text(resource.value, "occurrenceDateTime"))
    status, closed = _standing(resource, task)
    fields = {**recorded(resource, "subject", index), "service_type": service_type}
    if (version := _version(resource, task)) is not None:
        fields["record_version"] = version
    referral = present(status=status, sent=sent, closed=closed, recipient=_recipient(resource, task))
    yield resource.row(Kind.REFERRAL, {**fields, **referral})
    need = present(basis=NeedBasis.REFERRAL, opened=sent, resolved=_resolved(status, sent, closed))
    yield resource.row(Kind.NEED, {**fields, **need})


def _no_referral(resource: Resource, index: Index) -> RowProblem | None:
    status, intent = text(resource.value, "status"), text(resource.value, "intent")
    if status not in REQUESTS:
        return RowProblem(f"A ServiceRequest that is {status or 'without status'} was passed over.", hint="")
    if intent in NOT_SENT:
        return RowProblem(f"A ServiceRequest that is a {intent} was passed over.", hint="")
    if resource.value.get("doNotPerform") is True:
        return RowProblem("A ServiceRequest not to do something was passed over.", hint="")
    if index.is_overtaken(resource):
        return RowProblem("A ServiceRequest of which the export holds a later version was passed over.", hint="")
    return None


def _standing(resource: Resource, task: Resource | None) -> tuple[ReferralStatus, str]:
    """Return where a referral stands and since when it is closed: who sent it may close it, else its task says."""
    status = REQUESTS[text(resource.value, "status")]
    said = TASKS.get(text(task.value, "status")) if task else None
    if task is None or said is None or (status in CLOSED and said is not status):
        return status, last_updated(resource.value) if status in CLOSED else ""
    ended = day_of(
        period(task.value, "executionPeriod")[1], text(task.value, "lastModified"), last_updated(task.value)
    )
    return said, ended if said in CLOSED else ""


def _resolved(status: ReferralStatus, sent: str, closed: str) -> str:
    """Return the day the need was met; one taken back never held, and one that was declined still stands."""
    if status is CANCELLED:
        return sent
    return (closed or sent) if status is COMPLETED else ""


def _version(resource: Resource, task: Resource | None) -> int | None:
    versions = [version_of(each.value) for each in (resource, task) if each is not None]
    return max((version for version in versions if version is not None), default=None)


def _recipient(resource: Resource, task: Resource | None) -> str:
    """Return whom the child was sent to, if that is an organization or a service of one: a person is not named."""
    asked = [*dicts(task.value if task else {}, "owner"), *dicts(resource.value, "performer")]
    named = (each for each in asked if any(f"{kind}/" in text(each, "reference") for kind in _RECIPIENTS))
    return next((text(each, "display") or text(each, "reference") for each in named), "")


_RECIPIENTS = ("Organization", "HealthcareService")
