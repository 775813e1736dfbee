"""A FHIR Observation as a screening: a contact where screening is the service, a need where the result says so."""

from collections.abc import Iterator
from typing import Any

from cabinet.errors import CodeUnknown, RowProblem
from cabinet.importers.documents import dicts, text
from cabinet.importers.fhir_codes import MAX_LABEL, Codes, Result, without_home
from cabinet.importers.fhir_index import Index, recorded, withdrawn
from cabinet.importers.fhir_resources import Resource
from cabinet.importers.fhir_result import result_of
from cabinet.importers.fhir_values import codes as codes_of
from cabinet.importers.fhir_values import day_of, labels, period
from cabinet.importers.format import Oddity
from cabinet.importers.values import present
from cabinet.intake.rows import Kind, Raw
from cabinet.tables.terms import EncounterKind, NeedBasis, WithdrawnKind

DONE = frozenset({"final", "amended", "corrected"})
WRONG = "entered-in-error"


def observation(resource: Resource, index: Index, codes: Codes) -> Iterator[Raw | Oddity]:
    """Yield what a screening gives and calls for; an Observation that is none is counted by its category."""
    value, status = resource.value, text(resource.value, "status")
    asked = [value, *dicts(value, "component")]
    known = [codes.find(section, *codes_of(part, "code")) for part in asked for section in _SECTIONS]
    if not any(known):
        yield _no_screening(resource, next((meaning for meaning in known if meaning is not None), None))
    elif status not in DONE and status != WRONG:
        problem = RowProblem(f"An Observation that is {status or 'without status'} was passed over.", hint="")
        yield resource.passed_over(problem, "status")
    elif "dataAbsentReason" in value:
        yield resource.passed_over(RowProblem("A screening without a result was passed over.", hint=""), "value")
    else:
        yield from _contact(resource, index, codes)
        for part in asked:
            yield from _need(resource, part, index, codes)


_SECTIONS = ("screenings", "screening_needs")


def _no_screening(resource: Resource, meaning: str | None) -> Oddity:
    categories = [code.rpartition("|")[2] for code in codes_of(resource.value, "category")]
    if "survey" in categories:
        return resource.passed_over(without_home("Observation", resource.value, "code", meaning), "code")
    named = f"of category {categories[0]}" if categories else "without a category"
    return resource.passed_over(RowProblem(f"An Observation {named} has no home here.", hint=""), "category")


def _contact(resource: Resource, index: Index, codes: Codes) -> Iterator[Raw | Oddity]:
    coded = codes_of(resource.value, "code")
    service_type = codes.find("screenings", *coded)
    if not service_type:
        return
    if text(resource.value, "status") == WRONG and resource.id:
        yield withdrawn(resource, WithdrawnKind.ENCOUNTER)
        return
    if index.is_withdrawn(resource):
        problem = RowProblem("An Observation that was entered in error was passed over.", hint="")
        yield resource.passed_over(problem, "status")
        return
    said = present(
        service_type=service_type, kind=EncounterKind.SCREENING, occurred_on=_day(resource), code=coded[0]
    )
    yield resource.row(Kind.ENCOUNTER, {**recorded(resource, "subject", index), **said})


def _need(resource: Resource, part: dict[str, Any], index: Index, codes: Codes) -> Iterator[Raw | Oddity]:
    """Yield the need of a positive answer; one taken back never held, and overtakes what was said before."""
    coded = codes_of(part, "code")
    service_type = codes.find("screening_needs", *coded)
    if not service_type:
        return
    is_wrong = text(resource.value, "status") == WRONG or index.is_withdrawn(resource)
    result = result_of(part, coded, codes)
    if result is None and not is_wrong:
        yield _untold(resource, part, coded[0])
    elif result is Result.NEGATIVE and text(resource.value, "status") == "final" and not is_wrong:
        problem = RowProblem(f"A screening {coded[0]} that found no need was passed over.", hint="")
        yield resource.passed_over(problem, "value")
    else:
        stands = result is Result.POSITIVE and not is_wrong
        suffix = "" if part is resource.value else f"/{coded[0]}"
        fields = present(
            service_type=service_type,
            basis=NeedBasis.SCREENING,
            opened=_day(resource),
            resolved="" if stands else _day(resource),
        )
        yield resource.row(Kind.NEED, {**recorded(resource, "subject", index, suffix), **fields})


def _untold(resource: Resource, part: dict[str, Any], question: str) -> Oddity:
    said = (*codes_of(part, "valueCodeableConcept"), *labels(part, "valueCodeableConcept"))
    answer = next(iter(said), "its value")[:MAX_LABEL]
    problem = CodeUnknown(f"Observation.value: {answer} of {question} is neither positive nor negative here.")
    return resource.passed_over(problem, "value")


def _day(resource: Resource) -> str:
    value = resource.value
    begins, ends = period(value, "effectivePeriod")
    instants = (text(value, key) for key in ("effectiveDateTime", "effectiveInstant"))
    return day_of(*instants, begins, ends, text(value, "issued"))
