"""Which elements of a FHIR resource have a home here; what the others say is counted."""

from collections.abc import Iterator, Mapping

from cabinet.errors import RowProblem
from cabinet.importers.documents import dicts, text
from cabinet.importers.fhir_race import RACE_URLS
from cabinet.importers.fhir_resources import Resource
from cabinet.importers.fhir_secrets import is_secret
from cabinet.importers.format import Oddity

MAX_URL = 120
"""Characters of an address that a report shows."""
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
    if resource.type == "Patient":
        yield from _extensions(resource)


def _extensions(resource: Resource) -> Iterator[Oddity]:
    """Yield an oddity for each extension of a patient that is not read: `extension` as a whole counts as read."""
    for extension in dicts(resource.value, "extension"):
        url = text(extension, "url")
        if url not in RACE_URLS:
            why = " and is never kept" if is_secret(extension) else "; it is kept as received"
            problem = RowProblem(f"Patient.extension {url[:MAX_URL]!r} has no home here{why}.", hint="")
            yield resource.passed_over(problem, "extension")
