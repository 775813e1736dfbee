"""FHIR Encounters and Immunizations as encounters: which of them have a home, and as what."""

from collections.abc import Iterator

from cabinet.errors import RowProblem
from cabinet.importers.documents import text
from cabinet.importers.fhir_codes import Codes, without_home
from cabinet.importers.fhir_index import Index, recorded
from cabinet.importers.fhir_resources import Resource
from cabinet.importers.fhir_values import codes as codes_of
from cabinet.importers.fhir_values import period
from cabinet.importers.format import Oddity
from cabinet.importers.values import date_of, present
from cabinet.intake.rows import Kind, Raw
from cabinet.tables.terms import EncounterKind


def encounter(resource: Resource, index: Index, codes: Codes) -> Iterator[Raw | Oddity]:
    """Yield the row of a finished visit, or why this one has no home here."""
    if problem := _not_done(resource, index, "finished"):
        yield resource.passed_over(problem, "status")
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
    if problem := _not_done(resource, index, "completed"):
        yield resource.passed_over(problem, "status")
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


def _not_done(resource: Resource, index: Index, done: str) -> RowProblem | None:
    """Return why a contact does not count: it is not (or no longer) done."""
    article = "An" if resource.type[:1] in "AEIOU" else "A"
    if (status := text(resource.value, "status")) != done:
        return RowProblem(
            f"{article} {resource.type} that is {status or 'without status'} was passed over.", hint=""
        )
    if index.is_withdrawn(resource):
        return RowProblem(f"{article} {resource.type} that a later version takes back was passed over.", hint="")
    return None
