"""FHIR Encounters and Immunizations as encounters: which of them have a home, and as what."""

from collections.abc import Iterator

from cabinet.errors import RowProblem
from cabinet.importers.documents import text
from cabinet.importers.fhir_codes import Codes, without_home
from cabinet.importers.fhir_index import WITHDRAWN, Index, recorded, withdrawn
from cabinet.importers.fhir_resources import Resource
from cabinet.importers.fhir_values import codes as codes_of
from cabinet.importers.fhir_values import period
from cabinet.importers.format import Oddity
from cabinet.importers.values import date_of, present
from cabinet.intake.rows import Kind, Raw
from cabinet.tables.terms import EncounterKind, WithdrawnKind


def encounter(resource: Resource, index: Index, codes: Codes) -> Iterator[Raw | Oddity]:
    """Yield the row of a finished visit, or why this one has no home here."""
    if (not_done := _not_done(resource, index, "finished")) is not None:
        yield not_done
        return
    service_type = codes.service(resource.value, "type", "serviceType")
    if not service_type:
        yield resource.passed_over(without_home("Encounter", resource.value, "type", service_type), "type")
        return
    begins, ends = period(resource.value)
    said = present(
        service_type=service_type,
        kind=codes.find("contact_kinds", service_type) or EncounterKind.VISIT,
        occurred_on=begins or ends,
        code=next(iter(codes_of(resource.value, "type")), ""),
    )
    yield resource.row(Kind.ENCOUNTER, {**recorded(resource, "subject", index), **said})


def immunization(resource: Resource, index: Index, codes: Codes) -> Iterator[Raw | Oddity]:
    """Yield the row of a completed immunization, or why it was passed over."""
    vaccines = codes_of(resource.value, "vaccineCode")
    if (not_done := _not_done(resource, index, "completed")) is not None:
        yield not_done
        return
    if codes.find("vaccines", *vaccines) == "":
        yield resource.passed_over(without_home("Immunization", resource.value, "vaccineCode", ""), "vaccineCode")
        return
    said = present(
        service_type="IMMUNIZATION",
        kind=EncounterKind.IMMUNIZATION,
        # A date in words goes on as it is, so that its row is refused and says so.
        occurred_on=date_of(text(resource.value, "occurrenceDateTime"))
        or text(resource.value, "occurrenceString"),
        code=next((code for code in vaccines if code.startswith("cvx|")), next(iter(vaccines), "")),
    )
    yield resource.row(Kind.ENCOUNTER, {**recorded(resource, "patient", index), **said})


def _not_done(resource: Resource, index: Index, done: str) -> Raw | Oddity | None:
    """Return what takes a contact back that is done no longer, or why one that is not done does not count."""
    status = text(resource.value, "status")
    if status in WITHDRAWN and resource.id:
        return withdrawn(resource, WithdrawnKind.ENCOUNTER)
    article = "An" if resource.type[:1] in "AEIOU" else "A"
    if status != done:
        message = f"{article} {resource.type} that is {status or 'without status'} was passed over."
        return resource.passed_over(RowProblem(message, hint=""), "status")
    if index.is_withdrawn(resource):
        message = f"{article} {resource.type} that a later version takes back was passed over."
        return resource.passed_over(RowProblem(message, hint=""), "status")
    return None
