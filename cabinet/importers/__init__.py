"""The formats a partner's export may have. A new one is a file beside these and a line in FORMATS."""

from collections.abc import Mapping

from cabinet.importers.attendance import ATTENDANCE
from cabinet.importers.edfi import EDFI
from cabinet.importers.enrollments import ENROLLMENTS
from cabinet.importers.fhir import FHIR
from cabinet.importers.format import Format, Oddity
from cabinet.importers.hsds import HSDS
from cabinet.importers.neighborhoods import NEIGHBORHOODS
from cabinet.importers.oneroster import ONEROSTER

FORMATS: Mapping[str, Format] = {
    "oneroster": ONEROSTER,
    "edfi": EDFI,
    "fhir": FHIR,
    "hsds": HSDS,
    "enrollments": ENROLLMENTS,
    "attendance": ATTENDANCE,
    "neighborhoods": NEIGHBORHOODS,
}

__all__ = ["FORMATS", "Format", "Oddity"]
