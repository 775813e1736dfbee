"""What people who export FHIR are told of it."""

from collections.abc import Mapping

from cabinet.errors import CodeUnknown
from cabinet.importers.fhir_codes import PACKAGED, SECTIONS
from cabinet.importers.fhir_elements import ALWAYS, ELEMENTS
from cabinet.importers.guide import Guide, Part
from cabinet.importers.guide_limits import OF_JSON, OF_PACKAGES

BECOMES: Mapping[str, str] = {
    "Patient": "a child",
    "Encounter": "an encounter, if it is finished and its type is a service",
    "Immunization": "an encounter, if it is completed",
    "Observation": "an encounter and a need, if it is a screening, by its code and its result",
    "Condition": "a need, if it is confirmed and the codes name one",
    "ServiceRequest": "a referral, and the need it rests on",
    "Task": "where the referral of its ServiceRequest stands",
    "EpisodeOfCare": "an enrollment, if the codes name a program",
    "CarePlan": "an enrollment, if the codes name a program",
    "Consent": "a consent, kept and not enforced",
}
OF_TASK = ("focus", "basedOn", "status", "executionPeriod", "lastModified", "owner")


def guide(about: str) -> Guide:
    """Return the guide, with the docstring of the reader."""
    read = {**ELEMENTS, "Task": OF_TASK}
    return Guide(
        about=about,
        part="resource",
        parts=[Part(name, becomes, [*ALWAYS[1:], *read[name]]) for name, becomes in BECOMES.items()],
        without_home="Resources of other types, and those that mean nothing here, are counted by their type and"
        " the reason; the elements of those that are taken by their names, a patient's extensions by their"
        " addresses. Patients and consents are kept as received, without narratives, social security numbers and"
        " maiden names.",
        limits=(OF_PACKAGES, OF_JSON),
        errors=(CodeUnknown,),
        packaged=PACKAGED,
        codes=SECTIONS,
    )
