"""Which elements of a FHIR resource have a home here; what the others say is counted."""

from collections.abc import Iterator, Mapping

from cabinet.errors import RowProblem
from cabinet.importers.fhir_resources import Resource
from cabinet.importers.format import Oddity

ALWAYS = ("resourceType", "id", "meta", "status")
_ANSWERED = ("valueCodeableConcept", "valueQuantity", "valueInteger", "valueBoolean", "interpretation")
ELEMENTS: Mapping[str, tuple[str, ...]] = {
    "Patient": ("identifier", "name", "birthDate", "gender", "address", "extension"),
    "Encounter": ("type", "serviceType", "subject", "period"),
    "Immunization": ("vaccineCode", "patient", "occurrenceDateTime", "occurrenceString"),
    "Observation": (
        *("category", "code", "subject", "component", "dataAbsentReason", *_ANSWERED),
        *("effectiveDateTime", "effectivePeriod", "effectiveInstant", "issued"),
    ),
    "Condition": (
        *("code", "subject", "verificationStatus", "clinicalStatus", "recordedDate"),
        *("onsetDateTime", "onsetPeriod", "abatementDateTime", "abatementPeriod"),
    ),
    "ServiceRequest": (
        *("code", "category", "intent", "doNotPerform", "subject"),
        *("authoredOn", "occurrenceDateTime", "performer"),
    ),
    "EpisodeOfCare": ("type", "patient", "period"),
    "CarePlan": ("category", "activity", "intent", "subject", "period"),
    "Consent": ("patient", "provision", "policyRule", "dateTime"),
}
"""What is read of each type, beside what every resource has."""
KEPT = ("Patient", "Consent")
"""Types that are kept as received, without narratives and what must never be kept."""


def unread(resource: Resource) -> Iterator[Oddity]:
    """Yield an oddity for each element of a resource that has no home here."""
    kept = "; it is kept as received" if resource.type in KEPT else ""
    for element in sorted(resource.value.keys() - {*ALWAYS, *ELEMENTS[resource.type]}):
        why = " and is never kept" if element == "text" else kept
        yield resource.passed_over(
            RowProblem(f"{resource.type}.{element[:60]} has no home here{why}.", hint=""), element
        )
